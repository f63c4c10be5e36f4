"""Several bots that keep their conversations in one place: each turn goes to one that is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from bot.conversation.bot import Bot, BotDown, Said

# One that could not be reached is left alone for so long, unless no other is there.
_REST_SECONDS = 5.0


class SeveralBots:
    """Takes turns at whichever bot is next, and passes over those that were down just now."""

    def __init__(self, bots: Sequence[Bot], now: Callable[[], float] = time.monotonic) -> None:
        """Take the bots, which must be able to go on with each other's conversations."""
        self._bots = list(bots)
        self._now = now
        self._rests_until = [0.0] * len(self._bots)
        self._last = -1

    async def answer(
        self, conversation: str, turn: str, text: str, context: dict[str, Any] | None
    ) -> Sequence[Said]:
        """Answer `turn`; see `Bot.answer`. After `BotDown` another one is asked."""
        number = self._next()
        try:
            return await self._bots[number].answer(conversation, turn, text, context)
        except BotDown:
            self._rest(number)
            raise

    async def forget(self, conversation: str) -> None:
        """Delete everything the bots keep of a conversation; see `Bot.forget`."""
        number = self._next()
        try:
            await self._bots[number].forget(conversation)
        except BotDown:
            self._rest(number)
            raise

    async def is_ready(self) -> bool:
        """Say whether any of them is."""
        for bot in self._bots:
            if await bot.is_ready():
                return True
        return False

    def _next(self) -> int:
        now, many = self._now(), len(self._bots)
        order = [(self._last + step) % many for step in range(1, many + 1)]
        awake = [number for number in order if self._rests_until[number] <= now]
        # Where all rest, the one that has rested longest.
        self._last = awake[0] if awake else min(order, key=self._rests_until.__getitem__)
        return self._last

    def _rest(self, number: int) -> None:
        self._rests_until[number] = self._now() + _REST_SECONDS
