"""What a therapist decides of double readings of their own reflection, and sees of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.conversation.review.agreement import Said, tally
from bot.conversation.review.double_reading import DoubleReadingRefused
from bot.conversation.review.read_twice import (
    Compared,
    load_read_twice,
    shown_by_all,
)
from bot.conversation.shared_view import Terms, day_in_words, shared_view
from bot.conversation.views import theme_names
from bot.storage.access import own_reflection, turns_of
from bot.storage.audit import Event, record
from bot.storage.columns import new_id
from bot.storage.double_reading_tables import DoubleReader, DoubleReading
from bot.storage.double_readings import exports_of, standing_reading
from bot.storage.models import Account, Reflection
from bot.storage.shares import standing_shares

READERS = 2


@dataclass(frozen=True)
class OwnDoubleReading:
    """What an author sees: who may be asked, who reads it twice now, and what came of it.

    `readers` are names with whether they are done. `settled` are pairs of a finding's id and
    what was settled. `exports` are (day, who, approval) of studies.
    """

    may_read: Sequence[Account]
    stands: bool
    for_study: bool
    begun: str
    readers: Sequence[tuple[str, bool]]
    findings: int
    outcome: dict[str, int] | None
    settled: Sequence[tuple[str, str]]
    exports: Sequence[tuple[str, str, str]]


async def own_double_reading(desk: Desk, author: Account, reflection_id: str) -> OwnDoubleReading:
    """Give an author what there is of double readings of a reflection. Raises `NotFound`."""
    now = desk.clock()
    async with desk.sessions() as session:
        reflection = await own_reflection(session, author, reflection_id)
        shares = await standing_shares(session, reflection, now)
        twice = await load_read_twice(desk, session, reflection, author, now)
        exports = await exports_of(session, reflection)
    outcome = twice.outcome if twice else []
    settled = [(one.finding.id, one.settled) for one in outcome if one.is_different]
    return OwnDoubleReading(
        may_read=[who for _, who in shares],
        stands=twice is not None,
        for_study=twice is not None and twice.reading.for_study,
        begun=day_in_words(twice.reading.begun_at) if twice else "",
        readers=[(who.name, twice.is_done(who.id)) for who in twice.readers.values()]
        if twice
        else [],
        findings=len(twice.findings) if twice else 0,
        outcome=_tally(outcome) if twice and twice.is_finished else None,
        settled=[(finding, _in_words(desk, said)) for finding, said in settled if said],
        exports=[(day_in_words(one.made_at), who.name, one.approval) for one, who in exports],
    )


async def begin_double_reading(
    desk: Desk, author: Account, reflection_id: str, readers: frozenset[str], *, for_study: bool
) -> None:
    """Let two supervisors who read a reflection label it without seeing each other's labels.

    Raises `NotFound` or `DoubleReadingRefused`, and then nothing has changed.
    """
    now = desk.clock()
    async with desk.sessions.begin() as session:
        reflection = await own_reflection(session, author, reflection_id, lock=True)
        if await standing_reading(session, reflection, now) is not None:
            raise DoubleReadingRefused("double_already")
        await _have_something_in_common(desk, session, reflection, author, readers, now)
        # What ended with a share is over for good.
        await _close(session, reflection, now)
        reading = DoubleReading(
            id=new_id(), reflection_id=reflection.id, begun_at=now, for_study=for_study
        )
        session.add(reading)
        await session.flush()
        session.add_all(
            DoubleReader(reading_id=reading.id, supervisor_id=reader) for reader in readers
        )
        await session.flush()
        event = Event.DOUBLE_READING_BEGUN
        for reader in sorted(readers):
            await record(
                session, event, now, by=author.id, reflection=reflection.id, account=reader
            )


async def take_double_reading_back(desk: Desk, author: Account, reflection_id: str) -> None:
    """End a double reading; taking it back again changes nothing. Raises `NotFound`."""
    now = desk.clock()
    async with desk.sessions.begin() as session:
        reflection = await own_reflection(session, author, reflection_id, lock=True)
        if await _close(session, reflection, now):
            event = Event.DOUBLE_READING_TAKEN_BACK
            await record(session, event, now, by=author.id, reflection=reflection.id)


async def _close(session: AsyncSession, reflection: Reflection, now: datetime) -> bool:
    """Take back what was not taken back, and say whether there was any."""
    closed = await session.execute(
        update(DoubleReading)
        .where(DoubleReading.reflection_id == reflection.id, DoubleReading.taken_back_at.is_(None))
        .values(taken_back_at=now)
        .returning(DoubleReading.id)
        .execution_options(synchronize_session=False)
    )
    return bool(closed.all())


async def _have_something_in_common(
    desk: Desk,
    session: AsyncSession,
    reflection: Reflection,
    author: Account,
    readers: frozenset[str],
    now: datetime,
) -> None:
    """Raise `DoubleReadingRefused` unless these are two who are shown a finding both."""
    shares = [
        share for share, who in await standing_shares(session, reflection, now) if who.id in readers
    ]
    if len(readers) != READERS or len(shares) != READERS:
        raise DoubleReadingRefused("double_whom")
    turns = await turns_of(session, reflection)
    views = [shared_view(desk, reflection, author, turns, Terms.of(share)) for share in shares]
    if not shown_by_all(turns, views):
        raise DoubleReadingRefused("double_nothing")


def _tally(outcome: Sequence[Compared]) -> dict[str, int]:
    return tally([one.pair for one in outcome]) | {
        "settled": sum(one.is_different and one.settled is not None for one in outcome)
    }


def _in_words(desk: Desk, said: Said) -> str:
    return theme_names(desk, said.theme, said.subtheme) if said.theme else "no theme"
