"""Rasa as the bot, over the channel in `bot/nlu/channel.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout
from pydantic import ValidationError

from bot.conversation import records
from bot.conversation.bot import BotDown, BotStumbled, Said

_CHANNEL = "/webhooks/ballast/"
_HEALTH_SECONDS = 2


class RasaBot:
    """Talks to one Rasa server."""

    def __init__(self, http: ClientSession, url: str, secret: str, seconds: float) -> None:
        """Take the server's address, the secret of its channel and how long a turn may take."""
        self._http = http
        self._url = url + _CHANNEL
        self._headers = {"Authorization": f"Bearer {secret}"}
        self._timeout = ClientTimeout(total=seconds)

    async def answer(
        self, conversation: str, turn: str, text: str, context: dict[str, Any] | None
    ) -> Sequence[Said]:
        """Answer `turn`; see `Bot.answer`."""
        body = {"conversation": conversation, "turn": turn, "text": text, "context": context}
        try:
            async with self._http.post(
                self._url + "turn", json=body, headers=self._headers, timeout=self._timeout
            ) as response:
                if response.status == 503:
                    raise BotDown("Rasa has no action server.")
                if response.status != 200:
                    raise BotStumbled(f"Rasa answered with status {response.status}.")
                return _read(await response.json())
        except (ClientError, TimeoutError, ValueError) as fault:
            raise BotDown(type(fault).__name__) from None

    async def forget(self, conversation: str) -> None:
        """Delete Rasa's record of a conversation; see `Bot.forget`."""
        try:
            async with self._http.post(
                self._url + "forget",
                json={"conversation": conversation},
                headers=self._headers,
                timeout=self._timeout,
            ) as response:
                if response.status != 200:
                    raise BotDown(f"Rasa answered with status {response.status}.")
        except (ClientError, TimeoutError) as fault:
            raise BotDown(type(fault).__name__) from None

    async def is_ready(self) -> bool:
        """Say whether Rasa is up with a model loaded."""
        try:
            async with self._http.get(
                self._url, timeout=ClientTimeout(total=_HEALTH_SECONDS)
            ) as response:
                return response.status == 200
        except (ClientError, TimeoutError):
            return False


def _read(answer: Any) -> list[Said]:
    """Read what came with status 200. Raises `BotDown` when it is not an answer.

    Rasa has taken the turn then, and was not understood. To give up on it would leave Rasa one
    question ahead of the journal for good; asked again, it gives the same answer again.
    """
    try:
        said = [
            Said(
                text=message["text"],
                choices=tuple((c["payload"], c["title"]) for c in message["choices"]),
                records=tuple(records.from_json(message["records"])),
            )
            for message in answer["said"]
        ]
    except (KeyError, TypeError, ValidationError):
        raise BotDown("Rasa's answer has another shape than the channel's.") from None
    if not said:
        raise BotDown("Rasa's answer is empty.")
    return said
