"""The news of reflections, as far as Slack has something to say of it.

Nothing here is kept: what is missed is found in the journal, but for two sentences that say only
that somebody has to wait, or need not wait any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bot.conversation.answering import Answering
from bot.conversation.desk import Desk
from bot.conversation.slack import lines
from bot.conversation.slack.lines import Opening
from bot.conversation.slack.saying import NEWS, ToSay
from bot.privacy.sealing.problems import KeyGone
from bot.slack.calls import NotClear, Refused, SlackCalls
from bot.slack.delivering import Delivering
from bot.storage.access import NotFound
from bot.storage.models import Account, Reflection
from bot.storage.slack import FROM_SLACK
from bot.storage.slack_tables import SlackIdentity
from bot.storage.states import SlackOccasion

log = structlog.get_logger()


class Following:
    """Turns what is told into what is to be said."""

    def __init__(
        self, desk: Desk, answering: Answering, delivering: Delivering, calls: SlackCalls
    ) -> None:
        """Begin with nobody waiting."""
        self._desk, self._answering = desk, answering
        self._delivering, self._calls = delivering, calls
        self._is_full = desk.settings.slack_mode == "full"
        self._waiting: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def told(self, reflection_id: str, what: dict[str, Any]) -> None:
        """Take one piece of news; whatever takes time is done beside."""
        kind = what.get("type")
        if kind == NEWS:
            self._delivering.see_to(what["channel"])
        elif kind == "waiting":
            self._waiting.add(reflection_id)
            is_here = what["turn"] == 0 or str(what["id"]).startswith(FROM_SLACK)
            if self._is_full and is_here:
                self._beside(self._say_waiting(reflection_id, int(what["turn"])))
        elif kind == "start_again":
            self._beside(self._start_again(reflection_id))
        else:
            self._delivering.changed(reflection_id)
            if kind == "turn" and what["turn"]["state"] != "kept":
                self._answered(reflection_id, int(what["turn"]["turn"]))

    async def stop(self) -> None:
        """Stop."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _answered(self, reflection_id: str, number: int) -> None:
        if reflection_id in self._waiting:
            self._waiting.discard(reflection_id)
            if not self._is_full:
                self._beside(self._ring(reflection_id, number))

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._do(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _do(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (SQLAlchemyError, OSError, KeyGone, NotFound, NotClear, Refused) as fault:
            log.warning("slack.not_told", kind=type(fault).__name__)

    async def _say_waiting(self, reflection_id: str, number: int) -> None:
        channel, tie = self._delivering.channel_of(reflection_id), await self._tie(reflection_id)
        if channel and tie:
            name = f"waiting-{reflection_id}-{number}"
            await self._delivering.say(
                ToSay(SlackOccasion.WAITING, channel, name, tie.slack_user_id, tie.account_id)
            )

    async def _ring(self, reflection_id: str, number: int) -> None:
        tie = await self._tie(reflection_id)
        if tie is not None:
            channel = await self._calls.direct_channel(tie.slack_user_id)
            name = f"ring-{reflection_id}-{number}"
            await self._delivering.say(
                ToSay(SlackOccasion.RING_ANSWER, channel, name, tie.slack_user_id, tie.account_id)
            )

    async def _start_again(self, reflection_id: str) -> None:
        """Begin another reflection, as somebody asked for in Slack."""
        desk, channel = self._desk, self._delivering.channel_of(reflection_id)
        async with desk.sessions() as session:
            before = await session.get(Reflection, reflection_id)
            account = await session.get(Account, before.therapist_id) if before else None
        if channel is None or before is None or account is None:
            return
        if await lines.may_reflect_here(desk, account):
            opening = Opening(channel, f"again-{reflection_id}")
            new = await lines.begin(desk, account, before.path, opening)
            self._delivering.opened(new, channel)
            self._answering.see_to(new)

    async def _tie(self, reflection_id: str) -> SlackIdentity | None:
        query = (
            select(SlackIdentity)
            .join(Reflection, Reflection.therapist_id == SlackIdentity.account_id)
            .where(Reflection.id == reflection_id)
        )
        async with self._desk.sessions() as session:
            found: SlackIdentity | None = await session.scalar(query)
        return found
