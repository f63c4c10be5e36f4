"""The summary of a reflection: in the therapist's own words, to read, copy and download."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from bot.conversation.desk import Desk
from bot.conversation.views import finding_view, offer_view, reflection_view
from bot.reflection.stages import ACCOUNT, STAGE_OF, Question
from bot.storage.models import Reflection, Turn
from bot.themes.findings import Theme

_VERDICTS = {"yes": "fits", "not_quite": "fits not quite", "no": "does not fit", None: "not judged"}
_RESPONSES = {
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
        began = self.reflection["started_at"][:10]
        lines = [f"# Reflection of {began}", ""]
        if self.arousal_before is not None or self.arousal_after is not None:
            lines += [
                f"How stirred up, 0 to 10: {_span(self.arousal_before, self.arousal_after)}",
                "",
            ]
        for part in self.account:
            lines += [f"## {part['heading']}", "", part["text"], ""]
        if self.themes:
            lines += ["## Themes", ""]
            for theme in self.themes:
                lines += [_theme_line(theme), *_quotes(theme), ""]
        if self.steps:
            lines += ["## Steps", ""]
            for step in self.steps:
                lines += [f"- {step['text']} ({_RESPONSES[step['response']]})"]
                lines += [f"  In your words: {step['adapted']}"] if step.get("adapted") else []
                lines += [f"  Source: {step['source']}"]
            lines += [""]
        for heading, text in (
            ("Plan", self.plan),
            ("Question for supervision", self.supervision_question),
            ("How the last plan went", self.follow_up),
        ):
            if text:
                lines += [f"## {heading}", "", text, ""]
        if self.concerns:
            lines += ["## Safety", ""]
            lines += [f"- {c['kind'].replace('_', ' ')} ({c['level']})" for c in self.concerns]
            lines += [""]
        return "\n".join([*lines, f"*{DISCLAIMER}*", ""])


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


def _span(before: float | None, after: float | None) -> str:
    return " → ".join("–" if value is None else f"{value:g}" for value in (before, after))


def _theme_line(theme: dict[str, Any]) -> str:
    name = theme["theme_name"][0].upper() + theme["theme_name"][1:]
    perhaps = f", perhaps {theme['subtheme_name']}" if theme["subtheme_name"] else ""
    return f"**{name}**{perhaps} ({_VERDICTS[theme['verdict']]})"


def _quotes(theme: dict[str, Any]) -> list[str]:
    return [f"> {words['text']}" for words in theme["evidence"]]
