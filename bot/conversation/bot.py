"""What the conversation needs of a bot: an answer to a turn, or a named failure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.conversation.records import Record


@dataclass(frozen=True)
class Said:
    """One message of an answer, with its choices: (what is sent, what is shown)."""

    text: str | None
    choices: tuple[tuple[str, str], ...]
    records: tuple[Record, ...]


class BotDown(Exception):
    """The bot cannot be reached or did not answer in time; trying later may help."""


class BotStumbled(Exception):
    """The bot was reached but had no whole answer to this turn."""


class AbsentBot:
    """Nobody to talk to: for commands that need the database and no conversation."""

    async def answer(
        self, conversation: str, turn: str, text: str, context: dict[str, Any] | None
    ) -> Sequence[Said]:
        """Raise `BotDown`."""
        raise BotDown("absent")

    async def forget(self, conversation: str) -> None:
        """Raise `BotDown`."""
        raise BotDown("absent")

    async def is_ready(self) -> bool:
        """Say no."""
        return False


class Bot(Protocol):
    """Anything that can hold a conversation: Rasa, or a stand-in for it in tests."""

    async def answer(
        self, conversation: str, turn: str, text: str, context: dict[str, Any] | None
    ) -> Sequence[Said]:
        """Answer `turn` of `conversation`, taking it at most once however often it is asked.

        Raises `BotDown` or `BotStumbled`; in both cases nothing of the turn was taken.
        """
        ...

    async def forget(self, conversation: str) -> None:
        """Delete everything the bot keeps of a conversation. Raises `BotDown`."""
        ...

    async def is_ready(self) -> bool:
        """Say whether an answer may be expected now."""
        ...
