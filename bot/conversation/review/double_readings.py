"""All double readings of a supervisor: where each stands, and how alike a pair labels in total."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.conversation.desk import Desk
from bot.conversation.review.agreement import Agreement, Pair, agreement, tally
from bot.conversation.review.read_twice import Compared, ReadTwice, all_read_twice
from bot.conversation.shared_view import day_in_words
from bot.storage.models import Account


class Where(StrEnum):
    """Where a double reading stands for one of its readers. None tells how far the other is."""

    TO_READ = "to_read"
    DONE = "done"
    TO_SETTLE = "to_settle"
    SETTLED = "settled"


@dataclass(frozen=True)
class Line:
    """A double reading in the list; `other` only once both are done."""

    reflection: str
    therapist: str
    day: str
    where: Where
    labelled: int
    findings: int
    unsettled: int
    other: str | None


@dataclass(frozen=True)
class PairShown:
    """All that a supervisor and another one finished; `agreement` only where there is enough."""

    other: str
    reflections: int
    tally: dict[str, int]
    agreement: Agreement | None

    @property
    def findings(self) -> int:
        """How many findings both labelled."""
        return sum(self.tally.values())


@dataclass(frozen=True)
class DoubleReadings:
    """The page: every double reading that stands, the newest first, and the pairs."""

    lines: Sequence[Line]
    pairs: Sequence[PairShown]

    def that_stand(self, *where: Where) -> list[Line]:
        """Give the lines that stand at one of these."""
        return [line for line in self.lines if line.where in where]


async def read_double_readings(desk: Desk, supervisor: Account) -> DoubleReadings:
    """Give a supervisor's double readings, and the agreement with each other reader."""
    lines: list[Line] = []
    finished: dict[str, tuple[str, list[list[Pair]]]] = {}
    async with desk.sessions() as session:
        found = await all_read_twice(desk, session, supervisor)
    for twice in found:
        outcome = twice.outcome
        lines.append(_line(supervisor, twice, outcome))
        if twice.is_finished:
            other = twice.other(supervisor.id)
            _, theirs = finished.setdefault(other.id, (other.name, []))
            theirs.append([_from(supervisor, one) for one in outcome])
    # In a thread: it draws thousands of times, and others are waiting.
    pairs = await asyncio.to_thread(_pairs, finished)
    return DoubleReadings(lines, pairs)


def _line(supervisor: Account, twice: ReadTwice, outcome: Sequence[Compared]) -> Line:
    unsettled = sum(one.settled is None for one in outcome)
    if twice.is_finished:
        where = Where.TO_SETTLE if unsettled else Where.SETTLED
    else:
        where = Where.DONE if twice.is_done(supervisor.id) else Where.TO_READ
    view = twice.views[supervisor.id]
    return Line(
        reflection=twice.reflection.id,
        therapist=view.therapist,
        day=day_in_words(twice.reflection.started_at),
        where=where,
        labelled=len(twice.findings) - len(twice.unlabelled(supervisor.id)),
        findings=len(twice.findings),
        unsettled=unsettled,
        other=twice.other(supervisor.id).name if twice.is_finished else None,
    )


def _from(supervisor: Account, one: Compared) -> Pair:
    """Give a pair with this supervisor's label first."""
    (theirs,) = [said for reader, said in one.said.items() if reader != supervisor.id]
    return one.said[supervisor.id], theirs


def _pairs(finished: dict[str, tuple[str, list[list[Pair]]]]) -> list[PairShown]:
    return [
        PairShown(
            other=name,
            reflections=sum(1 for reading in readings if reading),
            tally=tally([pair for reading in readings for pair in reading]),
            agreement=agreement(readings),
        )
        for name, readings in sorted(finished.values(), key=lambda each: each[0])
    ]
