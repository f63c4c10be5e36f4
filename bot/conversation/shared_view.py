"""What a share shows: one function for the supervisor who reads and the author who previews.

Whoever changes what a supervisor sees changes what its author is shown beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.conversation.desk import Desk
from bot.conversation.highlights import pieces_of
from bot.conversation.summary import DISCLAIMER, THEMES_IN, Summary, answers_of, summarise
from bot.conversation.turns import RESUME
from bot.conversation.views import finding_view, theme_for_others
from bot.reflection.stages import ACCOUNT, STAGE_OF, Question
from bot.storage.models import Account, Reflection, Share, Turn
from bot.storage.states import ShareScope, TurnState, Voice


@dataclass(frozen=True)
class Terms:
    """What a share gives: how much, which turns by their ids, until when, with which note.

    `with_course`: also how stirred up the therapist was, and how their last plan went.
    """

    scope: ShareScope
    turns: frozenset[str]
    last_turn: int
    until: datetime | None
    note: str | None
    with_course: bool = True

    @classmethod
    def of(cls, share: Share) -> Terms:
        """Give the terms as they stand in the ledger; the share's turns must be loaded."""
        chosen = frozenset(chosen.turn_id for chosen in share.turns)
        return cls(share.scope, chosen, share.last_turn, share.until, share.note, share.with_course)


@dataclass(frozen=True)
class SharedView:
    """Everything that a supervisor is shown of a reflection, and nothing else."""

    therapist: str
    # The day on which it began: in words, and as 2026-03-02.
    day: str
    began: str
    until: str | None
    note: str | None
    summary: Summary | None
    # What was told, by its stages or in full, each with turn, heading, text, pieces, concerns.
    told: list[dict[str, Any]]
    # Each with theme, name, findings; a finding as `finding_view` gives it, with id and turn.
    themes: list[dict[str, Any]]
    # Each with kind, level, stops, raised, shown, turn.
    concerns: list[dict[str, Any]]
    is_in_full: bool
    # The questions whose answers are in the summary.
    answered: frozenset[Question] = frozenset()
    disclaimer: str = DISCLAIMER

    @property
    def findings(self) -> dict[str, dict[str, Any]]:
        """All findings by their ids, each with the `number` under which it stands on the page."""
        found = [finding for theme in self.themes for finding in theme["findings"]]
        return {finding["id"]: finding | {"number": n} for n, finding in enumerate(found, start=1)}


def shared_view(
    desk: Desk, reflection: Reflection, therapist: Account, turns: Sequence[Turn], terms: Terms
) -> SharedView:
    """Give what `terms` show of a reflection with these whole turns.

    What is about the therapist's own life or fitness is in it only where they chose the turn.
    """
    then = [turn for turn in turns if turn.number <= terms.last_turn]
    is_in_full = terms.scope is not ShareScope.SUMMARY
    in_full = worth_showing([turn for turn in then if turn.id in terms.turns])
    answers: dict[Question, Turn] = {}
    summary = None
    if terms.scope is not ShareScope.TURNS:
        left_out = about_the_therapist(then) - terms.turns
        answers = answers_of(then, left_out)
        summary = summarise(desk, reflection, then, (), left_out=left_out, for_author=False)
        if not terms.with_course:
            summary = replace(summary, arousal_before=None, arousal_after=None, follow_up=None)
            answers.pop(Question.FOLLOW_UP, None)
    told = in_full if is_in_full else [answers[q] for q in ACCOUNT if q in answers]
    heard_in = {turn.id: turn for turn in (answers[q] for q in THEMES_IN if q in answers)}
    heard_in |= {turn.id: turn for turn in told}
    return SharedView(
        therapist=therapist.name,
        day=day_in_words(reflection.started_at),
        began=reflection.started_at.date().isoformat(),
        until=last_day(terms.until),
        note=terms.note,
        summary=summary,
        told=[_told(desk, turn) for turn in told],
        themes=_themes(desk, heard_in.values()),
        concerns=[one for turn in (then if summary else in_full) for one in concerns_of(turn)],
        is_in_full=is_in_full,
        answered=frozenset(answers),
    )


def worth_showing(turns: Sequence[Turn]) -> list[Turn]:
    """Give the turns in which the therapist said something."""
    return [turn for turn in turns if turn.number > 0 and turn.text.strip()]


def about_the_therapist(turns: Sequence[Turn]) -> frozenset[str]:
    """Give the ids of turns about the therapist's own life or fitness.

    Those that raised such a concern, and those said while the reflection was stopped for it.
    """
    found = set()
    is_stopped_for_it = False
    for turn in turns:
        is_settled = turn.state is TurnState.SETTLED
        if any(concern.kind.is_about_the_therapist for concern in turn.concerns):
            found.add(turn.id)
            is_stopped_for_it = is_settled or turn.state is TurnState.HELD
        elif is_stopped_for_it and is_settled and turn.payload != RESUME:
            found.add(turn.id)
        else:
            is_stopped_for_it = False
    return frozenset(found)


def heading_of(desk: Desk, turn: Turn) -> str | None:
    """Give the name of the stage whose question a turn answers."""
    return desk.wording.stages[STAGE_OF[turn.question]].name if turn.question else None


def last_day(until: datetime | None) -> str | None:
    """Give the last day on which a share stands, in words."""
    return day_in_words(until - timedelta(microseconds=1)) if until else None


def end_of(day: date) -> datetime:
    """Give the moment at which a day is over (UTC). Raises `OverflowError` for the last day."""
    return datetime.combine(day + timedelta(days=1), time.min, UTC)


def day_in_words(moment: date) -> str:
    """Give a day as "3 March 2026"."""
    return f"{moment.day} {moment:%B %Y}"


def moment_in_words(moment: datetime) -> str:
    """Give a moment as "3 March 2026, 18:05" (UTC)."""
    return f"{day_in_words(moment)}, {moment:%H:%M}"


def concerns_of(turn: Turn) -> list[dict[str, Any]]:
    """Give the concerns of a turn, but for those about the therapist, with what was shown."""
    others = [one for one in turn.concerns if not one.kind.is_about_the_therapist]
    others.sort(key=lambda one: (one.level.rank, one.kind.rank))
    # One answer is given to all concerns of a turn: then it speaks of the therapist as well.
    is_mixed = len(others) < len(turn.concerns)
    said = [message.text for message in turn.messages if message.voice is Voice.SAFETY]
    return [
        {
            "kind": concern.kind.value,
            "level": concern.level.value,
            "stops": concern.level.stops,
            "raised": moment_in_words(concern.raised_at),
            "shown": [] if is_mixed else said,
            "turn": turn.number,
        }
        for concern in others
    ]


def _told(desk: Desk, turn: Turn) -> dict[str, Any]:
    # Not what was said to it: the assistant quotes other turns, and earlier reflections.
    return {
        "turn": turn.number,
        "heading": heading_of(desk, turn),
        "text": turn.text,
        "pieces": pieces_of(turn.text, turn.findings),
        "concerns": concerns_of(turn),
    }


def _themes(desk: Desk, turns: Iterable[Turn]) -> list[dict[str, Any]]:
    """Give the themes heard in these turns, each with all its findings, the surest first."""
    in_order = sorted(turns, key=lambda turn: turn.number)
    found = [(turn, finding) for turn in in_order for finding in turn.findings]
    found.sort(key=lambda each: -(each[1].confidence or 1.0))
    return [
        {
            "theme": theme.value,
            "name": theme_for_others(desk, theme),
            "findings": [
                finding_view(desk, finding) | {"id": finding.id, "turn": turn.number}
                for turn, finding in found
                if finding.theme is theme
            ],
        }
        for theme in desk.taxonomy
        if any(finding.theme is theme for _, finding in found)
    ]
