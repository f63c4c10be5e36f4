"""Every store that holds something of a reflection, and how it forgets, in the order of erasing.

The key comes first: from then on nothing is readable, wherever a copy lies and however long the
rest takes. Tables are in `bot/storage/stores.py`. Each step may be done again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from bot.conversation.corrections import count_candidates, drop_candidates, mark_of
from bot.conversation.desk import Desk
from bot.conversation.slack.posts import count_posts, drop_posts
from bot.conversation.trends.taking_back import count_figures, drop_figures
from bot.privacy.sealing import files
from bot.privacy.sealing.keyring import key_file
from bot.storage.keeping import Export
from bot.storage.stores import ROWS


class Unreachable(Exception):
    """A store cannot be reached now; the erasure goes on with the others and comes back."""


@dataclass(frozen=True)
class Elsewhere:
    """A store outside the tables: how much it holds of a reflection, and how it forgets that."""

    name: str
    holds: str
    # Both raise `BotDown`, `Unreachable` or `OSError` while the store cannot be reached.
    count: Callable[[Desk, str], Awaitable[int]]
    forget: Callable[[Desk, str], Awaitable[None]]


async def _has_key(desk: Desk, reflection_id: str) -> int:
    return int(desk.keyring.has(reflection_id))


async def _destroy_key(desk: Desk, reflection_id: str) -> None:
    await asyncio.to_thread(desk.keyring.destroy, reflection_id)


def _copied_key(desk: Desk, reflection_id: str) -> Path | None:
    folder = desk.settings.keys_copy
    if folder is not None and not folder.is_dir():
        raise Unreachable("the copy of the keys")
    return key_file(folder, reflection_id) if folder else None


async def _has_copied_key(desk: Desk, reflection_id: str) -> int:
    file = _copied_key(desk, reflection_id)
    return int(file is not None and file.exists())


async def _destroy_copied_key(desk: Desk, reflection_id: str) -> None:
    file = _copied_key(desk, reflection_id)
    if file is not None:
        await asyncio.to_thread(files.destroy, file)


async def _exports(desk: Desk) -> list[Path]:
    async with desk.sessions() as session:
        return [Path(place) for place in await session.scalars(select(Export.place))]


async def _count_candidates(desk: Desk, reflection_id: str) -> int:
    mark = mark_of(desk, reflection_id)
    return sum([count_candidates(file, mark) for file in await _exports(desk)])


async def _drop_candidates(desk: Desk, reflection_id: str) -> None:
    mark = mark_of(desk, reflection_id)
    for file in await _exports(desk):
        await asyncio.to_thread(drop_candidates, file, mark)


async def _forget_in_slack(desk: Desk, reflection_id: str) -> None:
    if not desk.settings.has_slack_app:
        # Whoever took the app away took its power to delete there.
        await drop_posts(desk, reflection_id)
    elif await count_posts(desk, reflection_id):
        raise Unreachable("Slack")  # `bot/slack/` is taking them away


async def _one(desk: Desk, reflection_id: str) -> int:
    return 1


async def _tell_the_bot(desk: Desk, reflection_id: str) -> None:
    await desk.bot.forget(reflection_id)


KEY = Elsewhere("key", "the key that opens all of it", _has_key, _destroy_key)
KEY_COPY = Elsewhere(
    "key_copy",
    "the key in the copy of the keys (BALLAST_KEYS_COPY)",
    _has_copied_key,
    _destroy_copied_key,
)
TRENDS = Elsewhere(
    "team_trends", "figures of a team in which it is counted", count_figures, drop_figures
)
EXPORTS = Elsewhere(
    "exports", "candidate sentences in exported files", _count_candidates, _drop_candidates
)
SLACK = Elsewhere(
    "slack_posts", "messages of it that the app posted in Slack", count_posts, _forget_in_slack
)
CONVERSATION = Elsewhere("conversation", "Rasa's record of it", _one, _tell_the_bot)

# The rows of all tables go in one commit, between what nobody may see any more from the first
# moment on and what is told to others.
BEFORE_ROWS = (KEY, TRENDS)
AFTER_ROWS = (KEY_COPY, EXPORTS, CONVERSATION, SLACK)
STORES = (*BEFORE_ROWS, *ROWS, *AFTER_ROWS)
