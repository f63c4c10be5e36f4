"""Count the month that is over, for all teams at once, and never again.

What is decided stays decided: whoever joins, leaves, says yes or writes later changes nothing of
it, so that nobody can be worked out of a before and an after.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.conversation.review.over_time import themes_heard
from bot.conversation.shared_view import Terms, shared_view
from bot.conversation.trends.taking_back import trend_code
from bot.conversation.trends.withholding import Counted, Figures, figures_of, may_stand_together
from bot.privacy.sealing.problems import KeyGone
from bot.storage.audit import GATEWAY, Event, record
from bot.storage.batches import turns_in
from bot.storage.models import Account, Reflection, Turn
from bot.storage.states import ShareScope
from bot.storage.trend_tables import TeamTrend, TeamTrendMark
from bot.storage.trends import consenting_reflections, is_decided, members_by_team

log = structlog.get_logger()

_LOOK_EVERY_SECONDS = 3600.0


@dataclass(frozen=True)
class _Who:
    """Whose reflections count, and who is in which team, at one moment."""

    reflections: frozenset[tuple[str, str]]
    members: dict[str, frozenset[str]]


class _ChangedMeanwhile(Exception):
    """Somebody withdrew, erased, joined or left while it was counted."""


class Publishing:
    """The task that counts a month once it is over."""

    def __init__(self, desk: Desk) -> None:
        """Begin with nothing to do."""
        self._desk = desk
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look now, and then every hour."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop; what is not counted yet is counted later."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                async with self._desk.copies.hold("publishing"):
                    await publish_last_month(self._desk)
            except (SQLAlchemyError, OSError) as fault:
                log.warning("trends.wait", kind=type(fault).__name__)
            await asyncio.sleep(_LOOK_EVERY_SECONDS)


async def publish_last_month(desk: Desk) -> bool:
    """Count the last month that is over (UTC); say whether it was decided by this call.

    A month in which nobody looked is not made up for.
    """
    begin, end = _last_month(desk.clock())
    month = f"{begin:%Y-%m}"
    async with desk.sessions() as session:
        if await is_decided(session, month):
            return False
        rows = await consenting_reflections(session, begin, end)
        who = _Who(_pairs(rows), await members_by_team(session))
        turns = await turns_in(session, [reflection.id for reflection, _ in rows])
    counted = [
        (reflection.id, one)
        for reflection, account in rows
        if (one := await asyncio.to_thread(_count, desk, reflection, account, turns[reflection.id]))
    ]
    try:
        async with desk.sessions.begin() as session:
            # First, though it is held until the end: who withdraws or erases records as well, and
            # so has either done it before this looks again, or takes back what is written here.
            details = {"teams": len(who.members), "year": begin.year, "month": begin.month}
            await record(
                session, Event.TRENDS_DECIDED, desk.clock(), by=GATEWAY, details={**details}
            )
            await _see_that_nothing_changed(session, month, begin, end, who)
            _write(desk, session, month, who, counted)
    except _ChangedMeanwhile:
        return False
    return bool(who.members)


def _write(
    desk: Desk,
    session: AsyncSession,
    month: str,
    who: _Who,
    counted: Sequence[tuple[str, Counted]],
) -> None:
    """Write what is decided of every team; the caller commits it as one."""
    by_team = {
        team: [(reflection_id, one) for reflection_id, one in counted if one.therapist in members]
        for team, members in who.members.items()
    }
    shown = may_stand_together(
        {team: frozenset(one.therapist for _, one in its) for team, its in by_team.items()}
    )
    for team, its in by_team.items():
        figures = figures_of([one for _, one in its]) if team in shown else None
        session.add(
            TeamTrend(
                team_id=team,
                month=month,
                decided_at=desk.clock(),
                figures=_as_text(figures) if figures else None,
            )
        )
        if figures:
            ids = {reflection_id for reflection_id, _ in its} | {one.therapist for _, one in its}
            session.add_all(
                TeamTrendMark(team_id=team, month=month, code=trend_code(desk, month, one))
                for one in ids
            )


async def _see_that_nothing_changed(
    session: AsyncSession, month: str, begin: datetime, end: datetime, who: _Who
) -> None:
    now = _Who(
        _pairs(await consenting_reflections(session, begin, end)), await members_by_team(session)
    )
    if not who.members or now != who or await is_decided(session, month):
        raise _ChangedMeanwhile


def _pairs(rows: Sequence[tuple[Reflection, Account]]) -> frozenset[tuple[str, str]]:
    return frozenset((reflection.id, account.id) for reflection, account in rows)


def _count(
    desk: Desk, reflection: Reflection, account: Account, turns: Sequence[Turn]
) -> Counted | None:
    """Give what counts of a reflection; None where nothing was told.

    What is about the therapist's own life or fitness is left out, as it is of a share.
    """
    last = max((turn.number for turn in turns), default=0)
    terms = Terms(ShareScope.SUMMARY, frozenset(), last, None, None)
    try:
        view = shared_view(desk, reflection, account, turns, terms)
    except KeyGone:
        return None  # erased a moment ago: then it is seen that something changed
    return Counted(account.id, themes_heard(view)) if view.told else None


def _as_text(figures: Figures) -> str:
    return json.dumps({"reflections": figures.reflections, "themes": {**figures.themes}})


def _last_month(now: datetime) -> tuple[datetime, datetime]:
    """Give when the last month that is over began and ended (UTC)."""
    end = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (end - timedelta(days=1)).replace(day=1), end
