"""Start a reflection, list what there is, read it, delete it."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.conversation.desk import Desk
from bot.conversation.summary import Summary, summarise
from bot.conversation.views import reflection_view, turn_view
from bot.reflection.stages import Path, Stage
from bot.storage.access import (
    erase,
    own_reflection,
    own_reflections,
    turns_of,
)
from bot.storage.columns import new_id
from bot.storage.models import Account, Reflection, Turn
from bot.storage.shares import standing_shares
from bot.storage.states import ReflectionState, TurnState

OPENING = "opening"


async def start_reflection(desk: Desk, account: Account, path: Path) -> dict[str, Any]:
    """Start a reflection, with its opening turn waiting for the bot."""
    now = desk.clock()
    reflection = Reflection(
        id=new_id(),
        therapist_id=account.id,
        path=path,
        state=ReflectionState.OPEN,
        stage=Stage.DESCRIBE if path is Path.SHORT else Stage.ARRIVE,
        started_at=now,
        changed_at=now,
        people={},
    )
    opening = Turn(
        reflection_id=reflection.id,
        number=0,
        client_id=OPENING,
        text="",
        state=TurnState.KEPT,
        kept_at=now,
    )
    # The key first: a key without a reflection is an empty file's worth of clutter, a reflection
    # without its key could never be written.
    await asyncio.to_thread(desk.keyring.create, reflection.id)
    async with desk.sessions.begin() as session:
        session.add(reflection)
        await session.flush()
        session.add(opening)
    return reflection_view(desk, reflection)


async def list_reflections(desk: Desk, account: Account) -> list[dict[str, Any]]:
    """Give the therapist's own reflections, the one changed last first."""
    async with desk.sessions() as session:
        return [reflection_view(desk, r) for r in await own_reflections(session, account)]


async def read_turns(
    desk: Desk, account: Account, reflection_id: str, after: int = -1
) -> dict[str, Any]:
    """Give a therapist their reflection with the turns after number `after`."""
    async with desk.sessions() as session:
        reflection = await own_reflection(session, account, reflection_id)
        turns = await turns_of(session, reflection)
    return {
        "reflection": reflection_view(desk, reflection),
        "turns": [turn_view(desk, turn) for turn in turns if turn.number > after],
    }


async def read_summary(desk: Desk, account: Account, reflection_id: str) -> Summary:
    """Give a therapist the summary of their own reflection."""
    async with desk.sessions() as session:
        reflection = await own_reflection(session, account, reflection_id)
        turns = await turns_of(session, reflection)
        shares = await standing_shares(session, reflection, desk.clock())
    readers = [supervisor.name for _, supervisor in shares]
    return summarise(desk, reflection, turns, readers, for_author=True)


async def delete_reflection(desk: Desk, account: Account, reflection_id: str) -> None:
    """Delete a reflection and everything made from it."""
    async with desk.sessions.begin() as session:
        reflection = await own_reflection(session, account, reflection_id)
        await erase(session, reflection)
    # Done again by `Forgetting` should this process end here: the rows' deletion noted it.
    await asyncio.to_thread(desk.keyring.destroy, reflection_id)
    desk.news.tell(reflection_id, {"type": "deleted"})
