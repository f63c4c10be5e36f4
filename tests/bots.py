"""Stand-ins for Rasa: one that says what a test tells it to, and one that is away."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.conversation.bot import BotDown, Said
from bot.conversation.records import Record


def says(
    text: str | None = "Noted.", *records: Record, choices: Sequence[tuple[str, str]] = ()
) -> list[Said]:
    """An answer of one message."""
    return [Said(text, tuple(choices), records)]


@dataclass(frozen=True)
class Call:
    conversation: str
    turn: str
    text: str
    context: dict[str, Any] | None


class ScriptedBot:
    """Gives what was put into `script`, in its order, and "Noted." once that is used up.

    An exception in the script is raised. While `gate` is closed an answer waits.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.script: list[list[Said] | Exception] = []
        self.calls: list[Call] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.is_up = True
        self.at_once = 0
        self.most_at_once = 0

    async def answer(
        self, conversation: str, turn: str, text: str, context: dict[str, Any] | None
    ) -> list[Said]:
        self.calls.append(Call(conversation, turn, text, context))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0)
            await self.gate.wait()
            if not self.is_up:
                raise BotDown
            answer = self.script.pop(0) if self.script else says()
            if isinstance(answer, Exception):
                raise answer
            return answer
        finally:
            self.at_once -= 1

    async def forget(self, conversation: str) -> None:
        """Nothing is remembered."""

    async def is_ready(self) -> bool:
        return self.is_up

    @property
    def texts(self) -> list[str]:
        """What it was asked, openings left out."""
        return [call.text for call in self.calls if call.context is None]


class BrokenBot:
    """Nobody is there, ever."""

    async def answer(
        self, conversation: str, turn: str, text: str, context: dict[str, Any] | None
    ) -> list[Said]:
        raise BotDown("nobody there")

    async def forget(self, conversation: str) -> None:
        """Nothing is remembered."""

    async def is_ready(self) -> bool:
        return False
