"""The summary of a reflection: in the therapist's own words, to read, copy and download."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from bot.conversation.desk import Desk
from bot.conversation.exporting.markdown import as_markdown
from bot.conversation.exporting.paper import (
    Block,
    Paper,
    heading,
    item,
    note,
    paragraph,
    quote,
    section,
)
from bot.conversation.views import finding_view, offer_view, reflection_view
from bot.reflection.stages import ACCOUNT, STAGE_OF, Question
from bot.storage.models import Reflection, Turn
from bot.themes.findings import Theme

_VERDICTS = {"yes": "fits", "not_quite": "fits not quite", "no": "does not fit", None: "not judged"}
RESPONSES = {
    "picked": "taken",
    "adapted": "adapted",
    "refused": "left",
    "to_supervision": "for supervision",
    None: "no answer",
}
# The answers whose themes a summary gives.
THEMES_IN = (*ACCOUNT, Question.OWN_THEME)
DISCLAIMER = (
    "Written with Ballast, a program. Themes are what it may have heard, not a judgement of "
    "anybody; names were masked, but a rare story can still be recognised."
)


@dataclass(frozen=True)
class Summary:
    """What a reflection came to. Texts are the therapist's, masked."""

    reflection: dict[str, Any]
    account: list[dict[str, str]]
    themes: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    plan: str | None
    supervision_question: str | None
    follow_up: str | None
    arousal_before: float | None
    arousal_after: float | None
    concerns: list[dict[str, str]]
    shared_with: list[str]

    def as_dict(self) -> dict[str, Any]:
        """Give the summary for JSON, with its Markdown."""
        return vars(self) | {"markdown": self.as_markdown()}

    def as_markdown(self) -> str:
        """Give the summary as a Markdown page."""
        return as_markdown(self._paper())

    def _paper(self) -> Paper:
        course = course_of(self)
        blocks = [paragraph(course)] if course else []
        for part in self.account:
            blocks += section(part["heading"], part["text"])
        if self.themes:
            blocks += [heading("Themes"), *(b for theme in self.themes for b in _theme(theme))]
        blocks += [*steps_of(self, "In your words"), *ends_of(self)]
        if self.concerns:
            blocks += [heading("Safety")]
            blocks += [
                item(f"{one['kind'].replace('_', ' ')} ({one['level']})") for one in self.concerns
            ]
        began = self.reflection["started_at"][:10]
        return Paper(f"Reflection of {began}", [*blocks, note(DISCLAIMER)])


def course_of(summary: Summary) -> str | None:
    """Say how stirred up the therapist was before and after, where one of the two is known."""
    before_and_after = (summary.arousal_before, summary.arousal_after)
    if before_and_after == (None, None):
        return None
    told = " → ".join("–" if value is None else f"{value:g}" for value in before_and_after)
    return f"How stirred up, 0 to 10: {told}"


def steps_of(summary: Summary, whose_words: str) -> list[Block]:
    """Give the steps that were offered, each with what became of it and its source."""
    steps = [
        item(
            f"{step['text']} ({RESPONSES[step['response']]})",
            [
                *([f"{whose_words}: {step['adapted']}"] if step.get("adapted") else []),
                f"Source: {step['source']}",
            ],
        )
        for step in summary.steps
    ]
    return [heading("Steps"), *steps] if steps else []


def ends_of(summary: Summary) -> list[Block]:
    """Give what a reflection ended in: the plan, the question, how the last plan went."""
    return [
        *section("Plan", summary.plan),
        *section("Question for supervision", summary.supervision_question),
        *section("How the last plan went", summary.follow_up),
    ]


def summarise(
    desk: Desk,
    reflection: Reflection,
    turns: Sequence[Turn],
    readers: Sequence[str],
    *,
    left_out: Collection[str] = (),
    for_author: bool,
) -> Summary:
    """Sum up a reflection; of several answers to one question the last counts.

    What a therapist wrote of their own life or fitness goes to nobody unless they ask for it,
    so a summary for somebody else leaves those concerns out, and the words of the turns whose
    ids are in `left_out`. An answer that is left out is not replaced by an earlier one.
    """
    answers = answers_of(turns, left_out)
    shown = {turn.id: turn for turn in turns if turn.id not in left_out}

    def words(question: Question) -> str | None:
        return answers[question].text if question in answers else None

    return Summary(
        reflection=reflection_view(desk, reflection),
        account=[
            {"heading": desk.wording.stages[STAGE_OF[q]].name, "text": answers[q].text}
            for q in ACCOUNT
            if q in answers
        ],
        themes=_themes(desk, [answers[q] for q in THEMES_IN if q in answers]),
        steps=[
            offer_view(desk, offer) | {"adapted": _adapted(shown.get(offer.adapted_in or ""))}
            for turn in turns
            for offer in turn.step_offers
        ],
        plan=words(Question.PLAN),
        supervision_question=words(Question.SUPERVISION_QUESTION),
        follow_up=words(Question.FOLLOW_UP),
        arousal_before=reflection.arousal_before,
        arousal_after=reflection.arousal_after,
        concerns=[
            {"kind": concern.kind.value, "level": concern.level.value}
            for turn in turns
            for concern in turn.concerns
            if for_author or not concern.kind.is_about_the_therapist
        ],
        shared_with=list(readers),
    )


def answers_of(turns: Sequence[Turn], left_out: Collection[str] = ()) -> dict[Question, Turn]:
    """Give the last answer to each question, unless its turn's id is in `left_out`."""
    last = {turn.question: turn for turn in turns if turn.question}
    return {question: turn for question, turn in last.items() if turn.id not in left_out}


def _themes(desk: Desk, told: Sequence[Turn]) -> list[dict[str, Any]]:
    found = [finding for turn in told for finding in turn.findings]
    themes = []
    for theme in Theme:
        of_theme = sorted(
            (finding for finding in found if finding.theme is theme),
            key=lambda finding: -(finding.confidence or 1.0),
        )
        if of_theme:
            evidence = [words for finding in of_theme for words in finding.evidence]
            themes.append(finding_view(desk, of_theme[0]) | {"evidence": evidence})
    return themes


def _adapted(turn: Turn | None) -> str | None:
    return turn.text if turn else None


def _theme(theme: dict[str, Any]) -> list[Block]:
    name = theme["theme_name"][0].upper() + theme["theme_name"][1:]
    perhaps = f"perhaps {theme['subtheme_name']} " if theme["subtheme_name"] else ""
    told = paragraph(f"{perhaps}({_VERDICTS[theme['verdict']]})", strong=name)
    return [told, *(quote(words["text"]) for words in theme["evidence"])]
