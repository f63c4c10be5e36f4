"""A reflection of the therapist, and what may be done with it."""

from __future__ import annotations

from typing import Any

from bot.conversation.answering import Answering
from bot.conversation.desk import Desk
from bot.conversation.records import Record
from bot.conversation.reflections import read_summary, read_turns
from bot.conversation.review.reading import read_shared
from bot.conversation.share_ledger import read_ledger
from bot.conversation.shared_view import SharedView
from bot.conversation.sharing import ShareWish, preview_share, share
from bot.conversation.summary import Summary
from tests.bots import ScriptedBot, says
from tests.gateway import FakeClock, People, say, start


class Evening:
    """Takes each turn at once, with what the bot reports of it."""

    def __init__(self, desk: Desk, people: People, bot: ScriptedBot, reflection: str) -> None:
        self.desk, self.people, self.bot, self.id = desk, people, bot, reflection

    @property
    def clock(self) -> FakeClock:
        assert isinstance(self.desk.clock, FakeClock)
        return self.desk.clock

    async def say(
        self, text: str, *reported: Record, quoting: str = "Noted.", choice: str | None = None
    ) -> int:
        self.bot.script = [says(quoting, *reported)]
        number = (await say(self.desk, self.people.therapist, self.id, text, choice)).number
        await self.answer()
        return number

    async def answer(self) -> None:
        answering = Answering(self.desk)
        answering.see_to(self.id)
        await answering._tasks[self.id]

    async def preview(self, **wish: Any) -> SharedView:
        asked = ShareWish(**wish)
        return (await preview_share(self.desk, self.people.therapist, self.id, asked))[0]

    async def share(self, **wish: Any) -> str:
        made = await share(self.desk, self.people.therapist, self.id, ShareWish(**wish))
        return made.supervisor.name

    async def read(self) -> SharedView:
        return (await read_shared(self.desk, self.people.supervisor, self.id)).view

    async def ledger(self) -> dict[str, Any]:
        return await read_ledger(self.desk, self.people.therapist, self.id)

    async def shares(self) -> list[dict[str, Any]]:
        return (await self.ledger())["shares"]

    async def summary(self) -> Summary:
        return await read_summary(self.desk, self.people.therapist, self.id)

    async def shown(self) -> dict[str, Any]:
        return await read_turns(self.desk, self.people.therapist, self.id)

    @classmethod
    async def begin(cls, desk: Desk, people: People, bot: ScriptedBot) -> Evening:
        begun = cls(desk, people, bot, await start(desk, people.therapist))
        await begun.answer()
        return begun
