"""A verdict on a theme: written for all that was heard of it, in the dialogue or beside it.

The dialogue has verdicts of its own, by which it chose the steps, and does not learn of one that
is given here: it asks about each theme once, and this may be changed only after that. Where it
goes back and asks again, its answer counts, as the later one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.conversation.reflections import read_turns
from bot.conversation.review.index import keep_index
from bot.reflection.stages import verdict_on
from bot.reflection.verdicts import Verdict
from bot.storage.access import own_reflection
from bot.storage.models import Account, FoundTheme, Reflection, Turn
from bot.storage.shares import unclosed_shares
from bot.storage.states import ReflectionState
from bot.themes.findings import Theme


class NotSpokenOf(Exception):
    """The assistant has not asked about the theme, or safety comes first; nothing was written."""


async def judge(
    desk: Desk, account: Account, reflection_id: str, theme: Theme, verdict: Verdict
) -> dict[str, Any]:
    """Write a therapist's verdict on a theme they were asked about, and give the reflection.

    Raises `NotFound` or `NotSpokenOf`.
    """
    now = desk.clock()
    async with desk.sessions.begin() as session:
        reflection = await own_reflection(session, account, reflection_id, lock=True)
        is_stopped = reflection.state is ReflectionState.STOPPED
        if is_stopped or not await _was_asked_about(session, reflection, theme):
            raise NotSpokenOf
        await write_verdict(session, reflection, theme, verdict, now)
        reflection.changed_at = now
        await tell_of_verdicts(desk, session, reflection)
    found = await read_turns(desk, account, reflection_id)
    for turn in found["turns"]:
        if any(finding["theme"] == theme for finding in turn["findings"]):
            told = {"type": "turn", "turn": turn, "reflection": found["reflection"]}
            desk.news.tell(reflection_id, told)
    return found


async def write_verdict(
    session: AsyncSession, reflection: Reflection, theme: Theme, verdict: Verdict, now: datetime
) -> None:
    """Write a verdict beside every finding of a theme, in place of an earlier one."""
    here = select(FoundTheme).where(FoundTheme.reflection_id == reflection.id)
    for finding in await session.scalars(here):
        if finding.theme is theme:
            finding.verdict, finding.judged_at = verdict, now


async def tell_of_verdicts(desk: Desk, session: AsyncSession, reflection: Reflection) -> None:
    """Have shares made before found by what they show now, and their readers' pages told."""
    await session.flush()
    await keep_index(desk, session, reflection)
    shares = await unclosed_shares(session, reflection.id)
    desk.news.tell_accounts(session, *(share.supervisor_id for share in shares))


async def _was_asked_about(session: AsyncSession, reflection: Reflection, theme: Theme) -> bool:
    asked = select(Turn.id).where(
        Turn.reflection_id == reflection.id, Turn.asked == verdict_on(theme)
    )
    return await session.scalar(asked.limit(1)) is not None
