"""What one of two readers does in a double reading: label, be done, settle what differs.

Until both are done nothing here tells one of the other: not what they said, not how far they
are, not who they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from bot.conversation.desk import Desk
from bot.conversation.refused import Refused
from bot.conversation.review.agreement import Said
from bot.conversation.review.read_twice import Compared, open_read_twice
from bot.conversation.review.writing import label_finding
from bot.conversation.shared_view import SharedView
from bot.storage.access import NotFound, shared_reflection
from bot.storage.audit import Event, record
from bot.storage.double_reading_tables import CountedLabel, DoubleReader, Settlement
from bot.storage.double_readings import standing_reading
from bot.storage.models import Account
from bot.storage.review_tables import Label
from bot.storage.shares import note_view
from bot.storage.states import Opinion
from bot.themes.findings import Theme


class DoubleReadingRefused(Refused):
    """What was asked for cannot be done; `notice` says why."""


@dataclass(frozen=True)
class MyReading:
    """A reader's page: what they are shown, the findings to label, and their own labels.

    `outcome` is empty, and `other` None, until both are done.
    """

    me: Account
    view: SharedView
    # As the page shows them, in the order in which they were told.
    findings: Sequence[dict[str, Any]]
    labels: dict[str, Label]
    is_done: bool
    other: Account | None
    outcome: Sequence[Compared]

    @property
    def unlabelled(self) -> list[str]:
        """The ids of findings that wait for a label."""
        return [one["id"] for one in self.findings if one["id"] not in self.labels]

    def told_in(self, turn: int) -> dict[str, Any] | None:
        """Give a turn where its words are shown to this reader."""
        return next((told for told in self.view.told if told["turn"] == turn), None)


async def is_read_twice(desk: Desk, supervisor: Account, reflection_id: str) -> bool:
    """Say whether a supervisor is one of two readers of what is shared with them.

    Raises `NotFound`.
    """
    now = desk.clock()
    async with desk.sessions() as session:
        _, reflection, _ = await shared_reflection(session, supervisor, reflection_id, now)
        found = await standing_reading(session, reflection, now)
    return found is not None and supervisor.id in found.readers


async def read_mine(desk: Desk, supervisor: Account, reflection_id: str) -> MyReading:
    """Give a reader their page, once that they looked is written down. Raises `NotFound`."""
    now = desk.clock()
    async with desk.sessions.begin() as session:
        share, twice = await open_read_twice(desk, session, supervisor, reflection_id, now)
        await note_view(session, share, now)
    view = twice.views[supervisor.id]
    shown = view.findings
    return MyReading(
        me=supervisor,
        view=view,
        findings=[shown[finding.id] for finding in twice.findings],
        labels=dict(twice.labels[supervisor.id]),
        is_done=twice.is_done(supervisor.id),
        other=twice.other(supervisor.id) if twice.is_finished else None,
        outcome=twice.outcome,
    )


async def label_in_reading(
    desk: Desk,
    supervisor: Account,
    reflection_id: str,
    finding_id: str,
    opinion: Opinion,
    instead: tuple[Theme, str | None] | None = None,
) -> None:
    """Keep a reader's opinion of a finding that both are shown, as the label that it is anyway.

    Raises `NotFound`, `CommentRefused` for a relabelling without a theme, or
    `DoubleReadingRefused` once they are done.
    """
    now = desk.clock()
    async with desk.sessions() as session:
        _, twice = await open_read_twice(desk, session, supervisor, reflection_id, now)
    if finding_id not in {finding.id for finding in twice.findings}:
        raise NotFound
    if twice.is_done(supervisor.id):
        raise DoubleReadingRefused("double_done")
    await label_finding(desk, supervisor, reflection_id, finding_id, opinion, instead)


async def be_done(desk: Desk, supervisor: Account, reflection_id: str) -> None:
    """Count a reader's labels as they are now, once; later ones are kept and not counted.

    Raises `NotFound`, or `DoubleReadingRefused` while a finding waits for a label.
    """
    now = desk.clock()
    async with desk.sessions.begin() as session:
        _, twice = await open_read_twice(desk, session, supervisor, reflection_id, now)
        if twice.is_done(supervisor.id):
            return
        if twice.unlabelled(supervisor.id):
            raise DoubleReadingRefused("double_unlabelled")
        marked = await session.execute(
            update(DoubleReader)
            .where(
                DoubleReader.reading_id == twice.reading.id,
                DoubleReader.supervisor_id == supervisor.id,
                DoubleReader.done_at.is_(None),
            )
            .values(done_at=now)
            .returning(DoubleReader.reading_id)
            .execution_options(synchronize_session=False)
        )
        # The same form may come twice at the same moment.
        if not marked.all():
            return
        session.add_all(
            CountedLabel(
                label_id=twice.labels[supervisor.id][one.id].id, reading_id=twice.reading.id
            )
            for one in twice.findings
        )
        await session.flush()
        event = Event.DOUBLE_READING_DONE
        await record(session, event, now, by=supervisor.id, reflection=reflection_id)


async def settle(
    desk: Desk, supervisor: Account, reflection_id: str, finding_id: str, said: Said
) -> None:
    """Keep what a reader would settle on for a finding on which the two differ.

    It is settled while the last that both said is the same; the same again changes nothing.
    Raises `NotFound`, also before both are done.
    """
    now = desk.clock()
    async with desk.sessions.begin() as session:
        _, twice = await open_read_twice(desk, session, supervisor, reflection_id, now)
        compared = _differing(twice.outcome, finding_id)
        before = compared.proposals[supervisor.id]
        if before and before[-1] == said:
            return
        session.add(
            Settlement(
                reading_id=twice.reading.id,
                reflection_id=reflection_id,
                supervisor_id=supervisor.id,
                said_at=now,
                finding_id=finding_id,
                theme=said.theme,
                subtheme=said.subtheme,
            )
        )
        await session.flush()
        event = Event.DOUBLE_READING_SETTLED
        await record(session, event, now, by=supervisor.id, reflection=reflection_id)


def _differing(outcome: Sequence[Compared], finding_id: str) -> Compared:
    found = next(
        (one for one in outcome if one.finding.id == finding_id and one.is_different), None
    )
    if found is None:
        raise NotFound
    return found
