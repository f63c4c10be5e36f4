"""Ask the question that the form has come to, in the wording that suits.

One action a question, named `action_ask_<question>` as Rasa's forms look for them; the
classes are made at the end of this page, since most questions differ in nothing but
their words in `data/library/questions.yml`.
"""

from __future__ import annotations

from abc import abstractmethod
from inspect import isabstract

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from actions.conversation import confirmed_themes, context_of, findings_of, walk_of
from actions.quiet import OFFER_ONLY, SLOT
from actions.reply import Reply
from actions.shelf import shelf
from actions.shield import ShieldedAction
from actions.start import DELETE_AND_START_AGAIN, GO_ON_HERE, KEEP_AND_START_AGAIN
from bot.conversation.records import Asked, Offered
from bot.moderation.choose import offer_steps
from bot.reflection.stages import STAGE_OF, Question, theme_judged_by
from bot.reflection.walk import HIGH_AROUSAL
from bot.themes.findings import Finding, Theme

NONE_OF_THESE = "None of these"
OTHER_STEPS = "Show me others"
TO_SUPERVISION = "Take it to supervision"
SHARE, KEEP = "Share", "Keep"


class AskQuestion(ShieldedAction):
    """Ask one question; subclasses say which and what it needs beside its words."""

    @property
    @abstractmethod
    def question(self) -> Question:
        """The question that is asked: a plain class attribute in the subclasses."""

    def name(self) -> str:
        return f"action_ask_{self.question.value}"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        reply.record(Asked(self.question, STAGE_OF[self.question]))
        if quiet := tracker.get_slot(SLOT):
            offered = self.offer(reply, tracker) if quiet == OFFER_ONLY else []
            return [SlotSet(SLOT, None), *offered]
        is_again = tracker.get_slot("asked") == self.question
        if not is_again:
            self.introduce(reply, tracker)
        words = shelf().wording.of(self.question)
        text = words.again if is_again else words.variant(context_of(tracker).past_reflections)
        reply.say(text.format(**self.filled_in(tracker)))
        return [SlotSet("asked", self.question.value), *self.offer(reply, tracker)]

    def introduce(self, reply: Reply, tracker: Tracker) -> None:
        """Say what comes before the question when it is asked for the first time."""

    def filled_in(self, tracker: Tracker) -> dict[str, str]:
        """Give what the placeholders of the wording stand for."""
        return {}

    def offer(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        """Offer choices, and give the slots that go with them."""
        return []


class AskFollowUp(AskQuestion):
    """Ask how the last plan went."""

    question = Question.FOLLOW_UP

    def filled_in(self, tracker: Tracker) -> dict[str, str]:
        return {"plan": (context_of(tracker).last_plan or "").rstrip(".")}

    def offer(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        reply.offer("Done", "Partly", "Not yet")
        return []


class AskVerdict(AskQuestion):
    """Offer a theme tentatively, with the words it was heard in."""

    def introduce(self, reply: Reply, tracker: Tracker) -> None:
        first = next(q for q in walk_of(tracker).questions() if theme_judged_by(q))
        if first is self.question:
            reply.say(shelf().wording.say("themes_intro"))

    def filled_in(self, tracker: Tracker) -> dict[str, str]:
        finding = self._finding(tracker)
        words = " and ".join(f"“{evidence.text.rstrip(' .,;')}”" for evidence in finding.evidence)
        theme = shelf().taxonomy[finding.theme]
        perhaps = f" (perhaps {theme.subthemes[finding.subtheme]})" if finding.subtheme else ""
        return {"words": words, "theme": theme.name + perhaps}

    def offer(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        reply.offer("Yes", "Not quite", "No")
        return []

    def _finding(self, tracker: Tracker) -> Finding:
        theme = theme_judged_by(self.question)
        return next(finding for finding in findings_of(tracker) if finding.theme == theme)


class AskOwnTheme(AskQuestion):
    """Ask whether the therapist would name something themselves."""

    question = Question.OWN_THEME

    def offer(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        reply.offer(*(_capitalised(shelf().taxonomy[theme].name) for theme in Theme), "None")
        return []


class AskStepChoice(AskQuestion):
    """Offer two or three steps for the confirmed themes."""

    question = Question.STEP_CHOICE

    def offer(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        # Coming back to the question shows the same steps; asking for others empties the slot.
        offered_here = tracker.get_slot("offered") or {"now": [], "before": []}
        steps = offered_here["now"]
        if not steps:
            before = {*context_of(tracker).offered_before, *offered_here["before"]}
            chosen = offer_steps(shelf().steps.values(), confirmed_themes(tracker), before)
            steps = [step.id for step in chosen]
        if not steps:
            reply.say(shelf().wording.say("steps_none_left"))
            reply.offer(TO_SUPERVISION, NONE_OF_THESE)
            return []
        reply.record(Offered(tuple(steps)))
        for number in range(1, len(steps) + 1):
            reply.offer(f"Take {number}", f"Adapt {number}")
        reply.offer(OTHER_STEPS, NONE_OF_THESE, TO_SUPERVISION)
        return [SlotSet("offered", {"now": steps, "before": offered_here["before"]})]


class AskStepAdaptation(AskQuestion):
    """Ask how the step should be changed."""

    question = Question.STEP_ADAPTATION

    def filled_in(self, tracker: Tracker) -> dict[str, str]:
        return {"step": shelf().steps[tracker.get_slot("chosen_step")].step}


class AskPlan(AskQuestion):
    """Ask for the smallest next step."""

    question = Question.PLAN

    def introduce(self, reply: Reply, tracker: Tracker) -> None:
        if not confirmed_themes(tracker):
            reply.say(shelf().wording.say("themes_nothing"))


class AskEnding(AskQuestion):
    """Ask what becomes of the reflection, after a moment of grounding where it is needed."""

    question = Question.ENDING

    def introduce(self, reply: Reply, tracker: Tracker) -> None:
        arousal = tracker.get_slot(Question.AROUSAL_AFTER)
        if isinstance(arousal, int | float) and arousal >= HIGH_AROUSAL:
            reply.say(shelf().wording.say("grounding_after"))

    def offer(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        reply.offer(KEEP, SHARE, ("Delete", "/delete_this"))
        return []


class AskDelete(ShieldedAction):
    """Ask once more before anything is deleted."""

    def name(self) -> str:
        return "action_ask_delete_form_delete_confirmed"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        reply.say(shelf().wording.say("delete_this"))
        reply.offer("Yes", "No")
        return []


class AskStartAgain(ShieldedAction):
    """Ask what becomes of this reflection when a new one is started."""

    def name(self) -> str:
        return "action_ask_start_again_form_start_again_choice"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        reply.say(shelf().wording.say("start_again"))
        for label in (KEEP_AND_START_AGAIN, DELETE_AND_START_AGAIN, GO_ON_HERE):
            reply.offer(_capitalised(label))
        return []


def _capitalised(label: str) -> str:
    return label[0].upper() + label[1:]


def _asks(question: Question) -> type:
    base = AskVerdict if theme_judged_by(question) else AskQuestion
    return type(f"Ask_{question}", (base,), {"question": question, "__doc__": base.__doc__})


# rasa-sdk finds actions by their being subclasses; these need no more than a name.
PLAIN_QUESTIONS = [
    _asks(question)
    for question in Question
    if question not in {own.question for own in AskQuestion.__subclasses__() if not isabstract(own)}
]
