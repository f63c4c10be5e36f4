"""Who supervises whom: what is now, what is to come, and what was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.conversation.accounts.noted import note_change
from bot.conversation.accounts.people import CannotDo, supervise
from bot.conversation.desk import Desk
from bot.conversation.shared_view import end_of
from bot.storage.access import NotFound
from bot.storage.audit import Event
from bot.storage.models import Account, Supervision


@dataclass(frozen=True)
class Pair:
    """A supervision: who, whom, from when and until when (None: until it is ended)."""

    id: str
    therapist: str
    supervisor: str
    since: datetime
    until: datetime | None
    is_over: bool


async def pairs(desk: Desk) -> list[Pair]:
    """Give every supervision there is or was, the one that began last first."""
    now = desk.clock()
    therapist, supervisor = aliased(Account), aliased(Account)
    query = (
        select(Supervision, therapist.name, supervisor.name)
        .join(therapist, therapist.id == Supervision.therapist_id)
        .join(supervisor, supervisor.id == Supervision.supervisor_id)
        .order_by(Supervision.since.desc(), therapist.name, Supervision.id)
    )
    async with desk.sessions() as session:
        return [
            Pair(one.id, whom, who, one.since, one.until, _is_over(one, now))
            for one, whom, who in await session.execute(query)
        ]


async def begin(
    desk: Desk,
    therapist: Account,
    supervisor: Account,
    first: date | None,
    last: date | None,
    *,
    by: str,
) -> None:
    """Begin a supervision, now or on a day to come. Raises `CannotDo`.

    Never earlier: one that is said to have begun before would open again what was shared in a
    supervision that has ended.
    """
    now = desk.clock()
    if first is not None and first < now.date():
        raise CannotDo("A supervision begins today or on a day to come.")
    for account in (therapist, supervisor):
        if account.disabled_at is not None:
            raise CannotDo(f"The account {account.name} is closed; open it first.")
    async with desk.sessions() as session:
        if await _unended(session, therapist, supervisor, now):
            raise CannotDo(
                f"{supervisor.name} supervises {therapist.name} already, or is to; "
                "change the last day of that instead."
            )
    midnight = datetime.combine(first, time.min, UTC) if first else now
    since, until = max(midnight, now), _end(last)
    await supervise(desk, therapist, supervisor, since, until, by=by)


async def set_last_day(desk: Desk, pair_id: str, last: date | None, *, by: str) -> None:
    """Let a supervision end with a day, or now. Raises `NotFound` or `CannotDo`."""
    now = desk.clock()
    until = _end(last) or now
    if until < now:
        raise CannotDo("The last day is over already; leave it empty to end it now.")
    async with desk.sessions.begin() as session:
        pair = await session.get(Supervision, pair_id)
        if pair is None:
            raise NotFound
        if _is_over(pair, now):
            raise CannotDo("This supervision has ended already.")
        # One that would end before it began never takes place.
        pair.until = max(until, pair.since)
        await session.flush()
        await note_change(desk, session, Event.SUPERVISION_CHANGED, pair.therapist_id, by=by)


def _is_over(pair: Supervision, now: datetime) -> bool:
    return pair.until is not None and (pair.until <= now or pair.until <= pair.since)


def _end(last: date | None) -> datetime | None:
    try:
        return end_of(last) if last else None
    except OverflowError:
        raise CannotDo("The last day is too far away; leave it empty for no end.") from None


async def _unended(
    session: AsyncSession, therapist: Account, supervisor: Account, now: datetime
) -> bool:
    query = select(Supervision.id).where(
        Supervision.therapist_id == therapist.id,
        Supervision.supervisor_id == supervisor.id,
        or_(
            Supervision.until.is_(None),
            (Supervision.until > now) & (Supervision.until > Supervision.since),
        ),
    )
    return await session.scalar(query.limit(1)) is not None
