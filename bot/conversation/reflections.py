"""Start a reflection, list what there is, read it, delete it."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.conversation.desk import Desk
from bot.conversation.forgetting import destroy_key
from bot.conversation.summary import Summary, summarise
from bot.conversation.views import reflection_view, turn_view
from bot.reflection.stages import Path, Stage
from bot.storage.access import (
    own_reflection,
    own_reflections,
    turns_of,
)
from bot.storage.audit import Event, record
from bot.storage.columns import new_id
from bot.storage.erasing import Held, intend
from bot.storage.models import Account, Reflection, Turn
from bot.storage.reviews import news_for_author
from bot.storage.shares import standing_shares
from bot.storage.states import ErasedBecause, ReflectionState, TurnState

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
    """Give the therapist's own reflections, the one changed last first, with what waits in each."""
    async with desk.sessions() as session:
        own = await own_reflections(session, account)
        unread, asked = await news_for_author(session, account)
    return [
        reflection_view(desk, one) | {"unread": unread.get(one.id, 0), "is_asked": one.id in asked}
        for one in own
    ]


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
    """Make a reflection unreadable for good, and note that all made from it has to go.

    Raises `Held` under a legal hold, and then nothing was deleted.
    """
    now = desk.clock()
    try:
        async with desk.sessions.begin() as session:
            reflection = await own_reflection(session, account, reflection_id)
            await intend(session, reflection, ErasedBecause.THERAPIST, now, by=account.id)
    except Held:
        async with desk.sessions.begin() as session:
            await record(
                session,
                Event.ERASE_HELD,
                now,
                by=account.id,
                reflection=reflection_id,
                account=account.id,
            )
        raise
    # `Forgetting` does the rest; after this it is only a matter of time.
    await destroy_key(desk, reflection_id)
    desk.news.tell(reflection_id, {"type": "deleted"})
