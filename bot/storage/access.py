"""The only way to a reflection: who asks decides what is found.

Absent and forbidden look alike, so that nobody learns from an error that something is there.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.storage.erasing import is_erased
from bot.storage.holding import hold_reflection
from bot.storage.models import (
    Account,
    Consent,
    FoundTheme,
    Reflection,
    Share,
    Turn,
)
from bot.storage.sealed import KEYRING
from bot.storage.shares import standing
from bot.storage.states import Purpose, TurnState


class NotFound(Exception):
    """There is no such reflection, or none that this account may open."""


async def own_reflection(
    session: AsyncSession, account: Account, reflection_id: str, *, lock: bool = False
) -> Reflection:
    """Give a reflection to the therapist it belongs to. Raises `NotFound` for anybody else.

    With `lock` nobody else changes it until the end of the transaction.
    """
    if lock:
        await hold_reflection(session, reflection_id)
    query = select(Reflection).where(
        Reflection.id == reflection_id, Reflection.therapist_id == account.id, stands()
    )
    found = await session.scalar(query)
    if found is None:
        raise NotFound
    return found


async def shared_reflection(
    session: AsyncSession, supervisor: Account, reflection_id: str, now: datetime
) -> tuple[Share, Reflection, Account]:
    """Give a supervisor what is shared with them now: the share, its reflection, its therapist.

    Raises `NotFound`, the same whether it was never there, never shared, or is over.
    """
    query = shared_with(supervisor, now).where(Share.reflection_id == reflection_id).limit(1)
    found = (await session.execute(query)).first()
    if found is None or not can_be_read(session, reflection_id):
        raise NotFound
    share, reflection, therapist = found
    return share, reflection, therapist


async def own_reflections(session: AsyncSession, account: Account) -> list[Reflection]:
    """Give a therapist's reflections, the one changed last first."""
    query = select(Reflection).where(Reflection.therapist_id == account.id, stands())
    found = await session.scalars(query.order_by(Reflection.changed_at.desc()))
    return [reflection for reflection in found if can_be_read(session, reflection.id)]


def shared_with(supervisor: Account, now: datetime) -> Select[Share, Reflection, Account]:
    """Give the query for what is shared with a supervisor now, the newest share first."""
    return (
        select(Share, Reflection, Account)
        .join(Reflection, Reflection.id == Share.reflection_id)
        .join(Account, Account.id == Reflection.therapist_id)
        .where(Share.supervisor_id == supervisor.id, standing(now), stands())
        .options(selectinload(Share.turns))
        .order_by(Share.shared_at.desc(), Share.id.desc())
    )


def stands() -> ColumnElement[bool]:
    """Give the condition that a reflection is neither erased nor about to be."""
    return ~is_erased(Reflection.id)


def can_be_read(session: AsyncSession, reflection_id: str) -> bool:
    """Say whether a reflection has its key.

    A database that was put back from a backup may hold what was erased since, without one.
    """
    return bool(session.info[KEYRING].has(reflection_id))


def _whole_turns() -> Select[Turn]:
    return select(Turn).options(
        selectinload(Turn.reflection),
        selectinload(Turn.messages),
        selectinload(Turn.findings),
        selectinload(Turn.concerns),
        selectinload(Turn.step_offers),
    )


async def turns_of(session: AsyncSession, reflection: Reflection) -> list[Turn]:
    """Give the turns of a reflection in order, each with all that it led to."""
    query = _whole_turns().where(Turn.reflection_id == reflection.id).order_by(Turn.number)
    return list(await session.scalars(query.execution_options(populate_existing=True)))


async def whole_turn(session: AsyncSession, turn_id: str) -> Turn | None:
    """Give one turn with all that it led to."""
    query = _whole_turns().where(Turn.id == turn_id)
    found: Turn | None = await session.scalar(query.execution_options(populate_existing=True))
    return found


async def turn_before(session: AsyncSession, turn: Turn) -> Turn | None:
    """Give the turn before this one in its reflection, with all that it led to."""
    query = _whole_turns().where(
        Turn.reflection_id == turn.reflection_id, Turn.number == turn.number - 1
    )
    found: Turn | None = await session.scalar(query)
    return found


async def turn_after(session: AsyncSession, turn: Turn) -> Turn | None:
    """Give the turn after this one in its reflection, without what it led to."""
    found: Turn | None = await session.scalar(
        select(Turn).where(Turn.reflection_id == turn.reflection_id, Turn.number == turn.number + 1)
    )
    return found


async def first_unanswered(session: AsyncSession, reflection_id: str) -> Turn | None:
    """Give the oldest turn that still waits for the bot."""
    query = select(Turn).where(Turn.reflection_id == reflection_id, _waits())
    found: Turn | None = await session.scalar(query.order_by(Turn.number).limit(1))
    return found


async def reflections_with_unanswered_turns(session: AsyncSession) -> list[str]:
    """Give the ids of all reflections in which a turn waits for the bot."""
    query = select(Turn.reflection_id).where(_waits()).distinct()
    return [found for found in await session.scalars(query) if can_be_read(session, found)]


async def waiting_turns(session: AsyncSession) -> tuple[int, datetime | None]:
    """Give how many turns wait for the bot, and since when the oldest does."""
    query = select(func.count(), func.min(Turn.kept_at)).where(_waits())
    count, oldest = (await session.execute(query)).one()
    return count, oldest


def _waits() -> ColumnElement[bool]:
    return (Turn.state == TurnState.KEPT) & ~is_erased(Turn.reflection_id)


async def unless_erased(session: AsyncSession, reflection_id: str) -> Reflection | None:
    """Give a reflection to the gateway itself, unless it is erased or about to be."""
    found: Reflection | None = await session.scalar(
        select(Reflection).where(Reflection.id == reflection_id, stands())
    )
    return found


async def judged_turns_of_consenting_authors(session: AsyncSession) -> list[Turn]:
    """Give the turns with a verdict on a finding, of authors who let verdicts become examples."""
    consents = (
        select(Consent.id)
        .where(
            Consent.account_id == Reflection.therapist_id,
            Consent.purpose == Purpose.CORRECTIONS,
            Consent.withdrawn_at.is_(None),
        )
        .exists()
    )
    judged = (
        select(FoundTheme.id)
        .where(FoundTheme.turn_id == Turn.id, FoundTheme.judged_at.is_not(None))
        .exists()
    )
    query = _whole_turns().join(Reflection).where(consents, judged, stands())
    found = await session.scalars(query.order_by(Turn.kept_at))
    return [turn for turn in found if can_be_read(session, turn.reflection_id)]
