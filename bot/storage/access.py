"""The only way to a reflection: who asks decides what is found.

Absent and forbidden look alike, so that nobody learns from an error that something is there.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.storage.models import (
    Account,
    Consent,
    Erasure,
    FollowUp,
    FoundTheme,
    Message,
    Plan,
    RaisedConcern,
    Reflection,
    Share,
    ShareTurn,
    ShareView,
    StepOffer,
    Turn,
)
from bot.storage.shares import standing
from bot.storage.states import Purpose, TurnState


class NotFound(Exception):
    """There is no such reflection, or none that this account may open."""


async def own_reflection(
    session: AsyncSession, account: Account, reflection_id: str, *, lock: bool = False
) -> Reflection:
    """Give a reflection to the therapist it belongs to. Raises `NotFound` for anybody else."""
    query = select(Reflection).where(
        Reflection.id == reflection_id, Reflection.therapist_id == account.id
    )
    found = await session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    return found


async def shared_reflection(
    session: AsyncSession, supervisor: Account, reflection_id: str, now: datetime
) -> tuple[Share, Reflection, Account]:
    """Give a supervisor what is shared with them now: the share, its reflection, its therapist.

    Raises `NotFound`, the same whether it was never there, never shared, or is over.
    """
    query = _shared_with(supervisor, now).where(Share.reflection_id == reflection_id).limit(1)
    found = (await session.execute(query)).first()
    if found is None:
        raise NotFound
    share, reflection, therapist = found
    return share, reflection, therapist


async def own_reflections(session: AsyncSession, account: Account) -> list[Reflection]:
    """Give a therapist's reflections, the one changed last first."""
    query = select(Reflection).where(Reflection.therapist_id == account.id)
    return list(await session.scalars(query.order_by(Reflection.changed_at.desc())))


async def reflections_shared_with(
    session: AsyncSession, supervisor: Account, now: datetime
) -> list[tuple[Share, Reflection, Account]]:
    """Give all that is shared with a supervisor now, the newest share first."""
    rows = await session.execute(_shared_with(supervisor, now))
    return [(share, reflection, therapist) for share, reflection, therapist in rows]


def _shared_with(supervisor: Account, now: datetime) -> Select[Share, Reflection, Account]:
    return (
        select(Share, Reflection, Account)
        .join(Reflection, Reflection.id == Share.reflection_id)
        .join(Account, Account.id == Reflection.therapist_id)
        .where(Share.supervisor_id == supervisor.id, standing(now))
        .options(selectinload(Share.turns))
        .order_by(Share.shared_at.desc())
    )


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


async def first_unanswered(session: AsyncSession, reflection_id: str) -> Turn | None:
    """Give the oldest turn that still waits for the bot."""
    query = select(Turn).where(Turn.reflection_id == reflection_id, Turn.state == TurnState.KEPT)
    found: Turn | None = await session.scalar(query.order_by(Turn.number).limit(1))
    return found


async def reflections_with_unanswered_turns(session: AsyncSession) -> list[str]:
    """Give the ids of all reflections in which a turn waits for the bot."""
    query = select(Turn.reflection_id).where(Turn.state == TurnState.KEPT).distinct()
    return list(await session.scalars(query))


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
    query = _whole_turns().join(Reflection).where(consents, judged).order_by(Turn.kept_at)
    return list(await session.scalars(query))


async def erase(session: AsyncSession, reflection: Reflection) -> None:
    """Delete a reflection and everything made from it, and note that the bot has to forget it."""
    turns = select(Turn.id).where(Turn.reflection_id == reflection.id)
    plans = select(Plan.id).where(Plan.reflection_id == reflection.id)
    shares = select(Share.id).where(Share.reflection_id == reflection.id)
    # A later reflection may have told how this plan went: the link goes, its words stay.
    for doomed in (
        delete(FollowUp).where(FollowUp.plan_id.in_(plans) | FollowUp.turn_id.in_(turns)),
        delete(Plan).where(Plan.reflection_id == reflection.id),
        delete(StepOffer).where(StepOffer.reflection_id == reflection.id),
        delete(FoundTheme).where(FoundTheme.turn_id.in_(turns)),
        delete(RaisedConcern).where(RaisedConcern.turn_id.in_(turns)),
        delete(Message).where(Message.turn_id.in_(turns)),
        delete(ShareView).where(ShareView.share_id.in_(shares)),
        delete(ShareTurn).where(ShareTurn.share_id.in_(shares)),
        delete(Share).where(Share.reflection_id == reflection.id),
        delete(Turn).where(Turn.reflection_id == reflection.id),
        delete(Reflection).where(Reflection.id == reflection.id),
    ):
        await session.execute(doomed.execution_options(synchronize_session=False))
    session.add(Erasure(reflection_id=reflection.id))
