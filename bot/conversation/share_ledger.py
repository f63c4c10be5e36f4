"""What the author sees of their shares: whom to choose, what stands, what was, who looked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.conversation.review.done import read_done
from bot.conversation.shared_view import (
    SharedView,
    Terms,
    about_the_therapist,
    heading_of,
    last_day,
    shared_view,
    worth_showing,
)
from bot.conversation.sharing import default_last_day, supervisors_of
from bot.storage.access import NotFound, own_reflection, turns_of
from bot.storage.models import Account, Reflection, Share, Supervision, Turn
from bot.storage.shares import all_shares, standing_shares

_Ending = tuple[datetime, str]


async def read_ledger(desk: Desk, account: Account, reflection_id: str) -> dict[str, Any]:
    """Give the therapist all there is to know and to choose about sharing a reflection."""
    now = desk.clock()
    async with desk.sessions() as session:
        reflection = await own_reflection(session, account, reflection_id)
        turns = await turns_of(session, reflection)
        supervisors = await supervisors_of(session, account.id, now)
        shares = await all_shares(session, reflection)
        stand = {share.id for share, _ in await standing_shares(session, reflection, now)}
        pairs = await _supervisions(session, reflection)
        done = await read_done(session, reflection, [share for share, _ in shares])
    numbers = {turn.id: turn.number for turn in turns}
    return {
        "supervisors": [{"id": one.id, "name": one.name} for one in supervisors],
        "today": now.date().isoformat(),
        "default_until": default_last_day(desk).isoformat(),
        "turns": _choosable(desk, turns),
        "shares": [
            _entry(share, supervisor, numbers, None if share.id in stand else ending)
            | done[share.id]
            for share, supervisor in shares
            for ending in [_ending(share, supervisor, pairs, now)]
        ],
    }


async def show_share(desk: Desk, account: Account, reflection_id: str, share_id: str) -> SharedView:
    """Give the author what a standing share shows its supervisor now. Raises `NotFound`."""
    async with desk.sessions() as session:
        reflection = await own_reflection(session, account, reflection_id)
        standing = await standing_shares(session, reflection, desk.clock())
        if share_id not in {share.id for share, _ in standing}:
            raise NotFound
        shares = {share.id: share for share, _ in await all_shares(session, reflection)}
        turns = await turns_of(session, reflection)
    return shared_view(desk, reflection, account, turns, Terms.of(shares[share_id]))


def _choosable(desk: Desk, turns: Sequence[Turn]) -> list[dict[str, Any]]:
    private = about_the_therapist(turns)
    return [
        {
            "turn": turn.number,
            "heading": heading_of(desk, turn),
            "text": turn.text,
            "is_about_you": turn.id in private,
        }
        for turn in worth_showing(turns)
    ]


def _entry(
    share: Share, supervisor: Account, numbers: dict[str, int], ending: _Ending | None
) -> dict[str, Any]:
    return {
        "id": share.id,
        "supervisor": {"id": supervisor.id, "name": supervisor.name},
        "scope": share.scope.value,
        "turns": sorted(numbers[chosen.turn_id] for chosen in share.turns),
        "note": share.note,
        "shared_at": share.shared_at.isoformat(),
        "until": last_day(share.until),
        "ended": {"at": ending[0].isoformat(), "how": ending[1]} if ending else None,
        "views": [view.seen_at.isoformat() for view in share.views],
    }


def _ending(
    share: Share, supervisor: Account, pairs: Sequence[Supervision], now: datetime
) -> _Ending:
    """Give when and how a share that stands no longer ended: by what came first."""
    endings: list[_Ending] = []
    if share.closed_at and share.closed_how:
        endings.append((share.closed_at, share.closed_how.value))
    if share.until:
        endings.append((share.until, "date_passed"))
    if supervisor.disabled_at:
        endings.append((supervisor.disabled_at, "account_disabled"))
    covering = [
        pair.until
        for pair in pairs
        if pair.supervisor_id == supervisor.id and pair.since <= share.shared_at
    ]
    if None not in covering:
        lasted = [until for until in covering if until and until > share.shared_at]
        endings.append((max(lasted, default=share.shared_at), "supervision_ended"))
    return min(endings, default=(now, "ended"))


async def _supervisions(session: AsyncSession, reflection: Reflection) -> list[Supervision]:
    mine = Supervision.therapist_id == reflection.therapist_id
    return list(await session.scalars(select(Supervision).where(mine)))
