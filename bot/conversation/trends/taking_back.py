"""Who and what was counted for a team, without their ids, and how a month is taken back.

A published month holds a code for each therapist and each reflection that it counts. When one of
them withdraws their consent, or the reflection is erased, that month's figures go for good: to
count again without them would tell what they had brought.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.codes import code_of
from bot.conversation.desk import Desk
from bot.storage.trends import count_marks, months_with_figures, take_back

_CODE_DIGITS = 32


def trend_code(desk: Desk, month: str, counted_id: str) -> str:
    """Give the code of an account or a reflection, another one for each month."""
    key = desk.keyring.sub_key("trends")
    return code_of(key, month, counted_id, digits=_CODE_DIGITS)


async def take_back_figures(desk: Desk, session: AsyncSession, counted_id: str) -> None:
    """Withhold for good every month that counts this account or this reflection."""
    await take_back(session, await _codes(desk, session, counted_id))


async def count_figures(desk: Desk, reflection_id: str) -> int:
    """Give in how many figures that stand a reflection is counted."""
    async with desk.sessions() as session:
        return await count_marks(session, await _codes(desk, session, reflection_id))


async def drop_figures(desk: Desk, reflection_id: str) -> None:
    """Withhold for good every month that counts a reflection which is to be erased."""
    async with desk.sessions.begin() as session:
        await take_back_figures(desk, session, reflection_id)


async def _codes(desk: Desk, session: AsyncSession, counted_id: str) -> list[str]:
    months = await months_with_figures(session)
    return [trend_code(desk, month, counted_id) for month in months]
