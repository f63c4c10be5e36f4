"""What a share shows: one function for the supervisor who reads and the author who previews.

Whoever changes what a supervisor sees changes what its author is shown beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.conversation.desk import Desk
from bot.conversation.summary import DISCLAIMER, Summary, summarise
from bot.conversation.turns import RESUME
from bot.reflection.stages import STAGE_OF
from bot.storage.models import Account, Reflection, Share, Turn
from bot.storage.states import ShareScope, TurnState


@dataclass(frozen=True)
class Terms:
    """What a share gives: how much, which turns by their ids, until when, with which note."""

    scope: ShareScope
    turns: frozenset[str]
    last_turn: int
    until: datetime | None
    note: str | None

    @classmethod
    def of(cls, share: Share) -> Terms:
        """Give the terms as they stand in the ledger; the share's turns must be loaded."""
        chosen = frozenset(chosen.turn_id for chosen in share.turns)
        return cls(share.scope, chosen, share.last_turn, share.until, share.note)


@dataclass(frozen=True)
class SharedView:
    """Everything that a supervisor is shown of a reflection, and nothing else."""

    therapist: str
    day: str
    until: str | None
    note: str | None
    summary: Summary | None
    turns: list[dict[str, Any]]
    disclaimer: str = DISCLAIMER


def shared_view(
    desk: Desk, reflection: Reflection, therapist: Account, turns: Sequence[Turn], terms: Terms
) -> SharedView:
    """Give what `terms` show of a reflection with these whole turns.

    What is about the therapist's own life or fitness is in it only where they chose the turn.
    """
    then = [turn for turn in turns if turn.number <= terms.last_turn]
    summary = None
    if terms.scope is not ShareScope.TURNS:
        left_out = about_the_therapist(then) - terms.turns
        summary = summarise(desk, reflection, then, (), left_out=left_out, for_author=False)
    in_full = [] if terms.scope is ShareScope.SUMMARY else worth_showing(then)
    return SharedView(
        therapist=therapist.name,
        day=day_in_words(reflection.started_at),
        until=last_day(terms.until),
        note=terms.note,
        summary=summary,
        turns=[_turn_in_full(desk, turn) for turn in in_full if turn.id in terms.turns],
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


def day_in_words(moment: datetime) -> str:
    """Give a day as "3 March 2026"."""
    return f"{moment.day} {moment:%B %Y}"


def _turn_in_full(desk: Desk, turn: Turn) -> dict[str, Any]:
    # Not what was said to it: the assistant quotes other turns, and earlier reflections.
    return {
        "heading": heading_of(desk, turn),
        "text": turn.text,
        "concerns": [
            {"kind": concern.kind.value, "level": concern.level.value}
            for concern in turn.concerns
            if not concern.kind.is_about_the_therapist
        ],
    }
