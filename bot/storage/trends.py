"""What counts for a team, and the figures that were published: decided once, or taken back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.access import can_be_read, stands
from bot.storage.models import (
    Account,
    Consent,
    Reflection,
    Supervision,
    Team,
    TeamMember,
)
from bot.storage.states import Purpose, Role
from bot.storage.trend_tables import TeamTrend, TeamTrendMark


async def consenting_reflections(
    session: AsyncSession, begin: datetime, end: datetime
) -> list[tuple[Reflection, Account]]:
    """Give what was begun in a time by therapists who had said yes before they began it.

    And who say it still: a yes that was taken back and given again is a new one.
    """
    said_yes = (
        select(Consent.id)
        .where(
            Consent.account_id == Reflection.therapist_id,
            Consent.purpose == Purpose.TEAM_TRENDS,
            Consent.withdrawn_at.is_(None),
            Consent.given_at < Reflection.started_at,
        )
        .exists()
    )
    query = (
        select(Reflection, Account)
        .join(Account, Account.id == Reflection.therapist_id)
        .where(
            Reflection.started_at >= begin,
            Reflection.started_at < end,
            # Who cannot sign in cannot take it back.
            Account.disabled_at.is_(None),
            said_yes,
            stands(),
        )
        .order_by(Reflection.id)
    )
    rows = await session.execute(query)
    return [(one, account) for one, account in rows if can_be_read(session, one.id)]


async def members_by_team(session: AsyncSession) -> dict[str, frozenset[str]]:
    """Give the accounts of therapists in each team; a team may be empty."""
    query = (
        select(Team.id, Account.id)
        .outerjoin(TeamMember, TeamMember.team_id == Team.id)
        .outerjoin(
            Account, and_(Account.id == TeamMember.account_id, Account.role == Role.THERAPIST)
        )
    )
    found: dict[str, set[str]] = {}
    for team_id, account_id in await session.execute(query):
        found.setdefault(team_id, set()).update({account_id} - {None})
    return {team_id: frozenset(members) for team_id, members in found.items()}


async def is_decided(session: AsyncSession, month: str) -> bool:
    """Say whether a month was counted: then it never is again, for no team."""
    query = select(TeamTrend.team_id).where(TeamTrend.month == month)
    return await session.scalar(query.limit(1)) is not None


async def months_with_figures(session: AsyncSession) -> list[str]:
    """Give the months of which figures stand, for any team."""
    return list(await session.scalars(select(TeamTrendMark.month).distinct()))


async def count_marks(session: AsyncSession, codes: Collection[str]) -> int:
    """Give in how many figures that stand something is counted, by all its codes."""
    query = select(func.count()).where(TeamTrendMark.code.in_(codes))
    return await session.scalar(query) or 0


async def take_back(session: AsyncSession, codes: Collection[str]) -> None:
    """Withhold for good every team's month in which one of these codes is counted."""
    query = select(TeamTrendMark.team_id, TeamTrendMark.month).where(TeamTrendMark.code.in_(codes))
    for team_id, month in (await session.execute(query.distinct())).all():
        for table, statement in (
            (TeamTrend, update(TeamTrend).values(figures=None)),
            (TeamTrendMark, delete(TeamTrendMark)),
        ):
            this = (table.team_id == team_id) & (table.month == month)
            await session.execute(
                statement.where(this).execution_options(synchronize_session=False)
            )


async def take_back_all(session: AsyncSession) -> None:
    """Withhold every team's month for good."""
    for statement in (update(TeamTrend).values(figures=None), delete(TeamTrendMark)):
        await session.execute(statement.execution_options(synchronize_session=False))


async def trends_for(
    session: AsyncSession, supervisor: Account, now: datetime
) -> list[tuple[Team, TeamTrend]]:
    """Give what was decided of the teams of a supervisor, the newest month first.

    Theirs are those in which they supervise somebody now, or are themselves.
    """
    supervised = select(Supervision.therapist_id).where(
        Supervision.supervisor_id == supervisor.id,
        Supervision.since <= now,
        or_(Supervision.until.is_(None), Supervision.until > now),
    )
    theirs = select(TeamMember.team_id).where(
        or_(TeamMember.account_id == supervisor.id, TeamMember.account_id.in_(supervised))
    )
    query = (
        select(Team, TeamTrend)
        .join(TeamTrend, TeamTrend.team_id == Team.id)
        .where(Team.id.in_(theirs))
        .order_by(Team.name, TeamTrend.month.desc())
    )
    return [(team, trend) for team, trend in await session.execute(query)]
