"""A double reading as it stands now: which findings both readers are shown, and what each said.

It is loaded anew for every page. What one of the two said is compared with the other's only once
both are done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.conversation.review.agreement import Pair, Said
from bot.conversation.shared_view import SharedView, Terms, shared_view
from bot.storage.access import NotFound, shared_reflection, turns_of
from bot.storage.double_reading_tables import DoubleReading, Settlement
from bot.storage.double_readings import (
    Readers,
    counted_labels,
    labels_since,
    settlements_of,
    standing_reading,
)
from bot.storage.models import Account, FoundTheme, Reflection, Share, Turn
from bot.storage.review_tables import Label
from bot.storage.states import Opinion


@dataclass(frozen=True)
class Compared:
    """A finding with what the two readers said of it, and what each would settle on, in order."""

    finding: FoundTheme
    said: Mapping[str, Said]
    proposals: Mapping[str, Sequence[Said]]

    @property
    def pair(self) -> Pair:
        """What was said, in the order of the readers' ids."""
        one, other = (said for _, said in sorted(self.said.items()))
        return one, other

    @property
    def is_different(self) -> bool:
        """Say whether the two said something else."""
        return self.pair[0] != self.pair[1]

    @property
    def settled(self) -> Said | None:
        """What both said, or both would settle on by now; None where there is no such thing."""
        if not self.is_different:
            return self.pair[0]
        last = [proposals[-1] for proposals in self.proposals.values() if proposals]
        return last[0] if len(last) == len(self.said) and last[0] == last[1] else None


@dataclass(frozen=True)
class ReadTwice:
    """A double reading that stands: what both are shown, and each reader's labels by finding.

    `labels` of a reader who is done are those that are counted; of another their newest.
    """

    reading: DoubleReading
    reflection: Reflection
    readers: Readers
    views: Mapping[str, SharedView]
    # Those that both shares show, in the order in which they were told.
    findings: Sequence[FoundTheme]
    labels: Mapping[str, Mapping[str, Label]]

    def is_done(self, reader_id: str) -> bool:
        """Say whether a reader said that they are done."""
        return any(
            one.supervisor_id == reader_id and one.done_at is not None
            for one in self.reading.readers
        )

    @property
    def is_finished(self) -> bool:
        """Say whether both are done: only then may one be shown what the other said."""
        return all(one.done_at is not None for one in self.reading.readers)

    def other(self, reader_id: str) -> Account:
        """Give the other one of the two."""
        return next(who for one, (_, who) in self.readers.items() if one != reader_id)

    def unlabelled(self, reader_id: str) -> list[FoundTheme]:
        """Give the findings of which a reader has said nothing yet."""
        return [one for one in self.findings if one.id not in self.labels[reader_id]]


def said_of(finding: FoundTheme, label: Label) -> Said:
    """Give what a finding is after a label."""
    if label.opinion is Opinion.AGREE:
        return Said(finding.theme, finding.subtheme)
    return Said(label.theme, label.subtheme)


async def load_read_twice(
    desk: Desk, session: AsyncSession, reflection: Reflection, therapist: Account, now: datetime
) -> ReadTwice | None:
    """Give the double reading of a reflection that stands now, if there is one."""
    found = await standing_reading(session, reflection, now)
    if found is None:
        return None
    reading, readers = found
    turns = await turns_of(session, reflection)
    views = {
        reader: shared_view(desk, reflection, therapist, turns, Terms.of(share))
        for reader, (share, _) in readers.items()
    }
    return ReadTwice(
        reading=reading,
        reflection=reflection,
        readers=readers,
        views=views,
        findings=shown_by_all(turns, views.values()),
        labels=await _labels(session, reading),
    )


async def open_read_twice(
    desk: Desk, session: AsyncSession, supervisor: Account, reflection_id: str, now: datetime
) -> tuple[Share, ReadTwice]:
    """Give a supervisor the double reading of which they are one. Raises `NotFound`."""
    share, reflection, therapist = await shared_reflection(session, supervisor, reflection_id, now)
    found = await load_read_twice(desk, session, reflection, therapist, now)
    if found is None or supervisor.id not in found.readers:
        raise NotFound
    return share, found


async def compare(session: AsyncSession, twice: ReadTwice) -> list[Compared]:
    """Give the findings of which both said something; none before both are done."""
    if not twice.is_finished:
        return []
    settlements = await settlements_of(session, twice.reading)
    return [
        Compared(
            finding=finding,
            said={
                reader: said_of(finding, labels[finding.id])
                for reader, labels in twice.labels.items()
            },
            proposals={
                reader: _proposals(settlements, reader, finding) for reader in twice.readers
            },
        )
        for finding in twice.findings
        if all(finding.id in labels for labels in twice.labels.values())
    ]


def shown_by_all(turns: Sequence[Turn], views: Iterable[SharedView]) -> list[FoundTheme]:
    """Give the findings that stand in all of these views, in the order in which they were told."""
    shown = set.intersection(*(set(view.findings) for view in views))
    found = [(turn.number, one) for turn in turns for one in turn.findings if one.id in shown]
    return [one for _, one in sorted(found, key=lambda each: (each[0], _begin(each[1])))]


def _begin(finding: FoundTheme) -> tuple[int, str]:
    return min((words["start"] for words in finding.evidence), default=0), finding.id


async def _labels(session: AsyncSession, reading: DoubleReading) -> dict[str, dict[str, Label]]:
    counted = await counted_labels(session, reading)
    done = {one.supervisor_id for one in reading.readers if one.done_at is not None}
    labels: dict[str, dict[str, Label]] = {one.supervisor_id: {} for one in reading.readers}
    for label in await labels_since(session, reading):
        if label.supervisor_id not in done or label.id in counted:
            labels[label.supervisor_id][label.finding_id] = label
    return labels


def _proposals(settlements: Sequence[Settlement], reader: str, finding: FoundTheme) -> list[Said]:
    return [
        Said(one.theme, one.subtheme)
        for one in settlements
        if one.supervisor_id == reader and one.finding_id == finding.id
    ]
