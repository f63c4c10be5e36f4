"""Wait until there is nothing more to answer."""

from __future__ import annotations

from bot.conversation.desk import Desk
from bot.storage.models import Turn
from bot.storage.states import TurnState
from tests.conftest import until
from tests.gateway import People, turns


async def all_answered(desk: Desk, people: People, reflection: str) -> list[Turn]:
    async def done() -> list[Turn] | None:
        found = await turns(desk, people.therapist, reflection)
        return None if any(turn.state is TurnState.KEPT for turn in found) else found

    return await until(done, 10)


async def given(value: object) -> object:
    """For `until`, which waits for what is awaitable."""
    return value
