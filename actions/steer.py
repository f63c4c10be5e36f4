"""Answer the words that steer: skip, back, pause, why, a person, and the rest.

After each of these the form comes back to the question at hand, unless the action sets
the slot `quiet`.
"""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from actions.conversation import context_of, intent_of, requested, walk_of
from actions.quiet import leave_unspoken, offer_without_words
from actions.reply import Reply
from actions.shelf import contacts_of, shelf
from actions.shield import ShieldedAction
from bot.conversation.records import Answered, Chose, Paused, TookPath
from bot.reflection.changing import MAY_BE_CHANGED, called, change_payload
from bot.reflection.stages import Path, Question
from bot.reflection.walk import SKIPPED
from bot.safety.contacts import people_to_call

# A "don't know" is an answer where something is asked that one may well not know.
MAY_BE_UNKNOWN = (Question.PARENT, Question.CHILD, Question.SENSE, Question.SUPERVISION_QUESTION)


class Skip(ShieldedAction):
    """Pass over the question at hand; one gone back to gets its earlier answer back."""

    def name(self) -> str:
        return "action_skip"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        question = requested(tracker)
        if question is None:
            return []
        set_aside = tracker.get_slot("set_aside") or {}
        if question in set_aside:
            # With a choice of steps comes back what was made of it.
            together = {
                question,
                *([Question.STEP_ADAPTATION] if question is Question.STEP_CHOICE else []),
            }
            back = [SlotSet(q, answer) for q, answer in set_aside.items() if q in together]
            rest = {q: answer for q, answer in set_aside.items() if q not in together}
            return [*back, SlotSet("set_aside", rest)]
        reply.say(shelf().wording.say("skip"))
        if question is Question.STEP_CHOICE:
            reply.record(Chose("refused"))
        elif question is Question.STEP_ADAPTATION:
            # Not adapting it leaves the step as it is.
            reply.record(Chose("picked", (tracker.get_slot("chosen_step"),)))
        return [SlotSet(question, SKIPPED)]


class Back(ShieldedAction):
    """Go back to the question before this one."""

    def name(self) -> str:
        return "action_back"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        previous = walk_of(tracker).previous_question(requested(tracker))
        if previous is None:
            reply.say(shelf().wording.say("back_at_start"))
            return []
        reply.say(shelf().wording.say("back"))
        return _reopen(tracker, previous)


class ChangeAnswer(ShieldedAction):
    """Reopen the answer that was named, or ask which."""

    def name(self) -> str:
        return "action_change_answer"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        named = next(tracker.get_latest_entity_values("question"), None)
        answered = [
            question
            for question in walk_of(tracker).questions()
            if tracker.get_slot(question) is not None and question in MAY_BE_CHANGED
        ]
        if named in answered:
            return _reopen(tracker, Question(named))
        if not answered:
            reply.say(shelf().wording.say("change_answer_none"))
            return []
        reply.say(shelf().wording.say("change_answer"))
        for question in answered:
            reply.offer((called(question, shelf().wording), change_payload(question)))
        return [leave_unspoken()]


def _reopen(tracker: Tracker, question: Question) -> list[EventType]:
    set_aside = dict(tracker.get_slot("set_aside") or {})
    set_aside[question.value] = tracker.get_slot(question)
    events = [SlotSet("set_aside", set_aside), SlotSet(question, None), SlotSet("asked", None)]
    adaptation = tracker.get_slot(Question.STEP_ADAPTATION)
    if question is Question.STEP_CHOICE and adaptation is not None:
        set_aside[Question.STEP_ADAPTATION.value] = adaptation
        events.append(SlotSet(Question.STEP_ADAPTATION, None))
    return events


class Pause(ShieldedAction):
    """Leave the reflection for now."""

    def name(self) -> str:
        return "action_pause"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        reply.say(shelf().wording.say("pause"))
        reply.record(Paused())
        reply.offer(("Resume", "/resume"))
        return [leave_unspoken()]


class Stop(ShieldedAction):
    """End for today. The reflection is kept and can be taken up again."""

    def name(self) -> str:
        return "action_stop"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        reply.say(shelf().wording.say("stop"))
        reply.record(Paused())
        reply.offer(("Resume", "/resume"), ("Delete this", "/delete_this"))
        return [leave_unspoken()]


class ShortPath(ShieldedAction):
    """Go on along the short path."""

    def name(self) -> str:
        return "action_short_path"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        if tracker.get_slot("path") == Path.SHORT:
            reply.say(shelf().wording.say("short_path_already"))
            return []
        reply.say(shelf().wording.say("short_path"))
        reply.record(TookPath(Path.SHORT))
        return [SlotSet("path", Path.SHORT.value)]


class ExplainQuestion(ShieldedAction):
    """Say why the question at hand is asked, or give an example of an answer."""

    def name(self) -> str:
        return "action_explain_question"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        if question := requested(tracker):
            words = shelf().wording.of(question)
            reply.say(words.example if intent_of(tracker) == "example" else words.why)
        return []


class Overwhelmed(ShieldedAction):
    """Leave the questions and offer a moment of grounding."""

    def name(self) -> str:
        return "action_overwhelmed"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        reply.say(shelf().wording.say("overwhelmed"))
        reply.offer(
            ("Go on", "/resume"), ("Pause", "/pause"), ("Talk to a person", "/talk_to_person")
        )
        return [leave_unspoken()]


class Silence(ShieldedAction):
    """Take silence without hurry, and "I don't know" as an answer where it is one."""

    def name(self) -> str:
        return "action_silence"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        question = requested(tracker)
        text = str(tracker.latest_message.get("text") or "")
        if question in MAY_BE_UNKNOWN and len(text.split()) > 1:
            reply.record(Answered(question))
            return [SlotSet(question, text)]
        reply.say(shelf().wording.say("silence"))
        reply.offer(("Skip", "/skip"), ("Pause", "/pause"))
        return [offer_without_words()]


class TalkToPerson(ShieldedAction):
    """Show whom to call."""

    def name(self) -> str:
        return "action_talk_to_person"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        reply.say(shelf().wording.say("talk_to_person"))
        reply.say("\n".join(people_to_call(contacts_of(context_of(tracker).country))))
        return []


class Answer(ShieldedAction):
    """Answer what the library has words for under the name of the intent."""

    def name(self) -> str:
        return "action_answer"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        reply.say(shelf().wording.say(intent_of(tracker)))
        return []


class NotUnderstood(ShieldedAction):
    """The last resort, when no rule fits."""

    def name(self) -> str:
        return "action_not_understood"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        reply.say(shelf().wording.say("not_understood"))
        return []
