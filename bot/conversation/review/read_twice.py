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
from bot.storage.access import (
    NotFound,
    can_be_read,
    shared_reflection,
    shared_with,
    turns_of,
)
from bot.storage.batches import turns_in
from bot.storage.double_reading_tables import DoubleReading, Settlement
from bot.storage.double_readings import (
    Standing,
    reflections_read_twice_by,
    standing_reading,
    standing_readings,
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

    standing: Standing
    reflection: Reflection
    views: Mapping[str, SharedView]
    # Those that both shares show, in the order in which they were told.
    findings: Sequence[FoundTheme]
    labels: Mapping[str, Mapping[str, Label]]

    @property
    def reading(self) -> DoubleReading:
        """The row that says so."""
        return self.standing.reading

    @property
    def readers(self) -> Mapping[str, Account]:
        """The two, by their ids."""
        return {reader: who for reader, (_, who) in self.standing.readers.items()}

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
        return next(who for one, who in self.readers.items() if one != reader_id)

    def unlabelled(self, reader_id: str) -> list[FoundTheme]:
        """Give the findings of which a reader has said nothing yet."""
        return [one for one in self.findings if one.id not in self.labels[reader_id]]

    @property
    def outcome(self) -> list[Compared]:
        """The findings of which both said something; none before both are done."""
        if not self.is_finished:
            return []
        return [
            Compared(
                finding=finding,
                said={
                    reader: said_of(finding, labels[finding.id])
                    for reader, labels in self.labels.items()
                },
                proposals={
                    reader: _proposals(self.standing.settlements, reader, finding)
                    for reader in self.readers
                },
            )
            for finding in self.findings
            if all(finding.id in labels for labels in self.labels.values())
        ]


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
    turns = await turns_of(session, reflection)
    return _read_twice(desk, found, reflection, therapist, turns)


async def open_read_twice(
    desk: Desk, session: AsyncSession, supervisor: Account, reflection_id: str, now: datetime
) -> tuple[Share, ReadTwice]:
    """Give a supervisor the double reading of which they are one. Raises `NotFound`."""
    share, reflection, therapist = await shared_reflection(session, supervisor, reflection_id, now)
    found = await load_read_twice(desk, session, reflection, therapist, now)
    if found is None or supervisor.id not in found.readers:
        raise NotFound
    return share, found


async def all_read_twice(desk: Desk, session: AsyncSession, supervisor: Account) -> list[ReadTwice]:
    """Give every double reading with a supervisor that stands now, the newest first.

    What was withdrawn, is over or was taken back is as if it had never been.
    """
    now = desk.clock()
    wanted = await reflections_read_twice_by(session, supervisor)
    shared = await session.execute(
        shared_with(supervisor, now).where(Share.reflection_id.in_(wanted))
    )
    opened = {
        reflection.id: (reflection, therapist)
        for _, reflection, therapist in shared
        if can_be_read(session, reflection.id)
    }
    standing = await standing_readings(session, opened.keys(), now)
    turns = await turns_in(session, standing.keys())
    return [
        _read_twice(desk, standing[one], *opened[one], turns[one])
        for one in wanted
        if one in standing and supervisor.id in standing[one].readers
    ]


def shown_by_all(turns: Sequence[Turn], views: Iterable[SharedView]) -> list[FoundTheme]:
    """Give the findings that stand in all of these views, in the order in which they were told."""
    shown = set.intersection(*(set(view.findings) for view in views))
    found = [(turn.number, one) for turn in turns for one in turn.findings if one.id in shown]
    return [one for _, one in sorted(found, key=lambda each: (each[0], _begin(each[1])))]


def _read_twice(
    desk: Desk,
    found: Standing,
    reflection: Reflection,
    therapist: Account,
    turns: Sequence[Turn],
) -> ReadTwice:
    views = {
        reader: shared_view(desk, reflection, therapist, turns, Terms.of(share))
        for reader, (share, _) in found.readers.items()
    }
    return ReadTwice(
        standing=found,
        reflection=reflection,
        views=views,
        findings=shown_by_all(turns, views.values()),
        labels={
            reader: {label.finding_id: label for label in found.labels.get(reader, ())}
            for reader in found.readers
        },
    )


def _begin(finding: FoundTheme) -> tuple[int, str]:
    return min((words["start"] for words in finding.evidence), default=0), finding.id


def _proposals(settlements: Sequence[Settlement], reader: str, finding: FoundTheme) -> list[Said]:
    return [
        Said(one.theme, one.subtheme)
        for one in settlements
        if one.supervisor_id == reader and one.finding_id == finding.id
    ]
