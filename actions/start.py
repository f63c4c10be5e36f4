"""Begin a reflection, come back to it, and end it."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions.conversation import context_of, read_context
from actions.reply import Reply
from actions.shelf import shelf
from actions.shield import ShieldedAction
from bot.conversation.records import Closed, Ending, StartAgain, TookPath
from bot.reflection.stages import Path, Question

KEEP_AND_START_AGAIN = "keep this one and start a new one"
DELETE_AND_START_AGAIN = "delete this one and start a new one"
GO_ON_HERE = "go on here"


class StartReflection(ShieldedAction):
    """Say what this is and who sees it, and take in what the gateway knows."""

    def name(self) -> str:
        return "action_start_reflection"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        raw = (tracker.latest_message.get("metadata") or {}).get("context")
        context = read_context(raw)
        reply.say(
            shelf().wording.say("opening_returning" if context.past_reflections else "opening")
        )
        if context.path is Path.SHORT:
            reply.say(shelf().wording.say("short_path"))
        reply.record(TookPath(context.path))
        return [SlotSet("context", raw), SlotSet("path", context.path.value)]


class WelcomeBack(ShieldedAction):
    """Take the reflection up where it was left."""

    def name(self) -> str:
        return "action_welcome_back"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        reply.say(shelf().wording.say("resume"))
        return []


class CloseReflection(ShieldedAction):
    """Thank, and do with the reflection what the therapist chose."""

    def name(self) -> str:
        return "action_close_reflection"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        wants_to_share = tracker.get_slot(Question.ENDING) == "share"
        reply.say(shelf().wording.say("closing"))
        ending: Ending = "keep"
        context = context_of(tracker)
        if wants_to_share and context.has_several_supervisors:
            # Asked whether, not with whom: it is shared where a name can be chosen.
            reply.say(shelf().wording.say("share_choose"))
        elif wants_to_share and context.has_supervisor:
            ending = "share"
            reply.say(shelf().wording.say("shared"))
        elif wants_to_share:
            reply.say(shelf().wording.say("share_nobody"))
        else:
            reply.say(shelf().wording.say("kept"))
        reply.record(Closed(ending))
        return [SlotSet("is_closed", True)]


class AfterClosing(ShieldedAction):
    """Answer whatever is said once the reflection is over."""

    def name(self) -> str:
        return "action_after_closing"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        reply.say(shelf().wording.say("closed_already"))
        return []


class DeleteOrKeep(ShieldedAction):
    """Delete the reflection if the therapist said yes twice, and go on otherwise."""

    def name(self) -> str:
        return "action_delete_or_keep"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        forget_answer = SlotSet("delete_confirmed", None)
        if tracker.get_slot("delete_confirmed") == "yes":
            reply.say(shelf().wording.say("deleted"))
            reply.record(Closed("delete"))
            return [forget_answer, SlotSet("is_closed", True)]
        reply.say(shelf().wording.say("not_deleted"))
        return [forget_answer, *_back_to_the_reflection(tracker)]


class StartAgainOrGoOn(ShieldedAction):
    """Start a new reflection, keeping or deleting this one, or go on here."""

    def name(self) -> str:
        return "action_start_again_or_go_on"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        choice = tracker.get_slot("start_again_choice")
        forget_answer = SlotSet("start_again_choice", None)
        if choice == GO_ON_HERE:
            reply.say(shelf().wording.say("start_again_cancelled"))
            return [forget_answer, *_back_to_the_reflection(tracker)]
        is_deleted = choice == DELETE_AND_START_AGAIN
        reply.say(shelf().wording.say("deleted" if is_deleted else "kept"))
        reply.record(Closed("delete" if is_deleted else "keep"))
        reply.record(StartAgain())
        return [forget_answer, SlotSet("is_closed", True)]


def _back_to_the_reflection(tracker: Tracker) -> list[EventType]:
    if tracker.get_slot("is_closed"):
        return []
    return [FollowupAction("reflection_form")]
