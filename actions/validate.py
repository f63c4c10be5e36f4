"""Take the answer to the question at hand, and decide what is asked next."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from actions.conversation import findings_in_message, intent_of, requested, told, walk_of
from actions.quiet import OFFER_ONLY, SLOT
from actions.reply import Reply
from actions.shelf import shelf
from actions.shield import ShieldedAction
from actions.start import DELETE_AND_START_AGAIN, GO_ON_HERE, KEEP_AND_START_AGAIN
from bot.conversation.records import Answered, Chose, Heard, Judged, OwnTheme, Scored
from bot.reflection.answers import is_an_answer
from bot.reflection.scale import read_scale
from bot.reflection.stages import ACCOUNT, SCALES, Kind, Question, kind_of, theme_judged_by
from bot.reflection.step_choice import StepChoice, read_step_choice
from bot.reflection.verdicts import Verdict, is_plain_yes, read_verdict
from bot.reflection.walk import ADAPT, SKIPPED
from bot.themes.findings import Theme, is_somebody_elses

# A therapist who has to get it out first tells what happened where a number or a word on
# the last plan was asked for. From so many words on it is taken as the account; with a
# number in its first words ("about a 6, my shoulders are up") it is still an answer.
WORDS_OF_AN_ACCOUNT = {Kind.SCALE: 8, Kind.FREE: 30}
FIRST_WORDS = 8

# To "what happened?" these say nothing yet, the first time.
SHORT = 3
SAYS_NOTHING_YET = ("affirm", "deny", "scale", "not_quite")

# What is asked here is about somebody else, so a bare feeling is theirs ("ashamed, I guess").
ABOUT_OTHERS = (Question.PARENT, Question.CHILD)

_NEGATED = re.compile(
    r"\b(?:not|no|never|nobody|nothing|cannot|(?:ca|do|wo|would|should)n['’]?t|rather)\b"
)

Changes = dict[str, Any]


class ValidateReflectionForm(ShieldedAction):
    """Read the answer, record it, and name the next question to the form."""

    def name(self) -> str:
        return "validate_reflection_form"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        # Rasa hands over every slot set in this turn, and at the form's activation all that
        # are filled; only the question at hand has just been answered.
        question = requested(tracker)
        changes: Changes = {}
        if question is not None and question in tracker.slots_to_validate():
            changes = self._take(question, told(tracker, question), reply, tracker)
        if "heard" in changes:
            tracker.slots["heard"] = changes["heard"]
        if "path" in changes:
            tracker.slots["path"] = changes["path"]
        upcoming = walk_of(tracker, **changes).next_question()
        events = [SlotSet(slot, value) for slot, value in changes.items()]
        return [*events, SlotSet("requested_slot", upcoming.value if upcoming else None)]

    def _take(self, question: Question, text: str, reply: Reply, tracker: Tracker) -> Changes:
        if _is_misplaced_account(question, text, tracker):
            return {question.value: None, **_account(Question.DESCRIBE, text, reply, tracker)}
        match kind_of(question):
            case Kind.FREE:
                taken = _take_free_text(question, text, reply, tracker)
            case Kind.SCALE:
                taken = _take_scale(question, text, reply)
            case Kind.VERDICT:
                taken = _take_verdict(question, text, reply, tracker)
            case Kind.CHOICE:
                taken = _CHOICES[question](text, reply, tracker)
        if taken is None:
            return _nudge(question, reply)
        set_aside = {
            q: a for q, a in (tracker.get_slot("set_aside") or {}).items() if q != question
        }
        return taken | {"set_aside": set_aside, "nudged": None}


def _nudge(question: Question, reply: Reply) -> Changes:
    """Ask again, more gently; the question itself stays unspoken for this turn."""
    reply.say(shelf().wording.of(question).nudge)
    return {question.value: None, "nudged": question.value, SLOT: OFFER_ONLY}


def _was_nudged(question: Question, tracker: Tracker) -> bool:
    return bool(tracker.get_slot("nudged") == question)


def _is_misplaced_account(question: Question, text: str, tracker: Tracker) -> bool:
    if question not in (*SCALES[:2], Question.FOLLOW_UP) or tracker.get_slot(Question.DESCRIBE):
        return False
    words = text.split()
    if question in SCALES and read_scale(" ".join(words[:FIRST_WORDS])) is not None:
        return False
    return len(words) >= WORDS_OF_AN_ACCOUNT[kind_of(question)]


def _account(question: Question, text: str, reply: Reply, tracker: Tracker) -> Changes:
    """Take an answer that tells something, with the themes heard in it."""
    findings = findings_in_message(tracker)
    if question in ABOUT_OTHERS:
        findings = tuple(finding for finding in findings if not is_somebody_elses(finding))
    reply.record(Answered(question))
    reply.record(Heard(findings))
    heard = dict(tracker.get_slot("heard") or {})
    heard[question.value] = [finding.as_dict() for finding in findings]
    return {question.value: text, "heard": heard}


def _take_free_text(
    question: Question, text: str, reply: Reply, tracker: Tracker
) -> Changes | None:
    is_short = len(text.split()) <= SHORT
    says_nothing_yet = is_short and intent_of(tracker) in SAYS_NOTHING_YET
    if question is Question.FOLLOW_UP and is_short and read_scale(text) is not None:
        # The number that is asked for next; the plan is passed over.
        reply.record(Scored(Question.AROUSAL_BEFORE, float(read_scale(text) or 0)))
        return {question.value: SKIPPED, Question.AROUSAL_BEFORE.value: read_scale(text)}
    if (
        says_nothing_yet
        and question is not Question.FOLLOW_UP
        and not _was_nudged(question, tracker)
    ):
        return None
    if question in ACCOUNT:
        return _account(question, text, reply, tracker)
    reply.record(Answered(question))
    if question is Question.STEP_ADAPTATION:
        reply.record(Chose("adapted", (tracker.get_slot("chosen_step"),)))
    return {question.value: text}


def _take_scale(question: Question, text: str, reply: Reply) -> Changes | None:
    value = read_scale(" ".join(text.split()[:FIRST_WORDS]))
    if value is None:
        value = read_scale(text)
    if value is None:
        return None
    reply.record(Scored(question, value))
    return {question.value: value}


def _take_verdict(question: Question, text: str, reply: Reply, tracker: Tracker) -> Changes | None:
    verdict = read_verdict(text)
    if verdict is None and _was_nudged(question, tracker):
        # Said twice in other words than these three: the words are what counts.
        verdict = Verdict.NOT_QUITE
    if verdict is None:
        return None
    reply.record(Answered(question))
    reply.record(Judged(Theme(theme_judged_by(question) or ""), verdict))
    reply.say(shelf().wording.say(f"verdict_{verdict}"))
    return {question.value: verdict.value}


def _take_own_theme(text: str, reply: Reply, tracker: Tracker) -> Changes | None:
    reply.record(Answered(Question.OWN_THEME))
    if is_an_answer(Question.OWN_THEME, text, 0):
        return {Question.OWN_THEME.value: "none"}
    lowered = text.lower()
    for theme, words in shelf().taxonomy.items():
        if words.name in lowered or theme.value.replace("_", " ") in lowered:
            reply.record(OwnTheme(theme))
            return {Question.OWN_THEME.value: theme.value}
    heard = findings_in_message(tracker)
    if heard:
        reply.record(OwnTheme(heard[0].theme))
        return {Question.OWN_THEME.value: heard[0].theme.value}
    return {Question.OWN_THEME.value: text}


def _take_step_choice(text: str, reply: Reply, tracker: Tracker) -> Changes | None:
    offered = tracker.get_slot("offered") or {"now": [], "before": []}
    steps: list[str] = offered["now"]
    slot = Question.STEP_CHOICE.value
    match read_step_choice(text, len(steps)):
        case StepChoice(response="take", number=int(number)):
            reply.say(shelf().wording.say("steps_taken"))
            reply.record(Chose("picked", (steps[number - 1],)))
            return {slot: "take", "chosen_step": steps[number - 1]}
        case StepChoice(response="adapt", number=int(number)):
            return {slot: ADAPT, "chosen_step": steps[number - 1]}
        case StepChoice(response="supervision"):
            reply.say(shelf().wording.say("steps_to_supervision"))
            reply.record(Chose("to_supervision"))
            return {slot: "supervision"}
        case StepChoice(response="others"):
            return {
                slot: None,
                "asked": None,
                "offered": {"now": [], "before": [*offered["before"], *steps]},
            }
        case None if not _was_nudged(Question.STEP_CHOICE, tracker):
            return None
    reply.say(shelf().wording.say("steps_refused"))
    reply.record(Chose("refused"))
    return {slot: "none"}


def _take_ending(text: str, reply: Reply, tracker: Tracker) -> Changes | None:
    lowered = text.lower()
    is_plain = "?" not in text and not _NEGATED.search(lowered)
    if re.search(r"\bshare\b", lowered) and is_plain:
        return {Question.ENDING.value: "share"}
    wants_to_keep = re.search(r"\b(?:keep|kept|mine|me|private|no)\b", lowered)
    if wants_to_keep or _was_nudged(Question.ENDING, tracker):
        return {Question.ENDING.value: "keep"}
    return None


_CHOICES = {
    Question.OWN_THEME: _take_own_theme,
    Question.STEP_CHOICE: _take_step_choice,
    Question.ENDING: _take_ending,
}


class ValidateDeleteForm(ShieldedAction):
    """Only a plain yes deletes."""

    def name(self) -> str:
        return "validate_delete_form"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        if "delete_confirmed" not in tracker.slots_to_validate():
            return []
        is_yes = is_plain_yes(told(tracker, "delete_confirmed"))
        return [SlotSet("delete_confirmed", "yes" if is_yes else "no")]


class ValidateStartAgainForm(ShieldedAction):
    """Read which of the three it is; anything unclear goes on here."""

    def name(self) -> str:
        return "validate_start_again_form"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        if "start_again_choice" not in tracker.slots_to_validate():
            return []
        text = told(tracker, "start_again_choice").lower()
        choice = GO_ON_HERE
        if "delete" in text and not _NEGATED.search(text):
            choice = DELETE_AND_START_AGAIN
        elif "delete" not in text and ("keep" in text or "new" in text):
            choice = KEEP_AND_START_AGAIN
        return [SlotSet("start_again_choice", choice)]
