"""The real gateway for the state machine: over HTTP, on a real SQLite, with a bot that is paced.

A crash takes the files as they lie at that moment, throws everything else away and opens the
gateway again on them: what a killed process leaves behind, in a tenth of a second.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any, Literal

from aiohttp import ClientError, ClientSession
from sqlalchemy import func, select

from bot.conversation.bot import Said
from bot.conversation.records import Answered
from bot.reflection.stages import Question
from bot.storage.models import Supervision, Turn
from bot.storage.states import TurnState
from tests.bots import says
from tests.faults.crash import leave_as_killed
from tests.faults.library import library_read_once
from tests.faults.model import answer_to
from tests.gateway import FakeClock, Gateway, People, Socket, make_people, run_gateway

During = Literal["nothing", "sending", "answering"]

_LARGEST_DATABASE = 3_000_000
_FOREVER = 24 * 365 * 10
THERAPISTS = ("ann", "ben")
SUPERVISORS = ("sam", "kit")
# Who supervises whom. Ben's only supervisor is one of Ann's two.
PAIRS = (("ann", "sam"), ("ann", "kit"), ("ben", "kit"))


class PacedBot:
    """Answers a conversation's next turn when it is let to, and remembers as Rasa does."""

    def __init__(self) -> None:
        self._permits: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(0))
        self._is_open = False
        # Each conversation's turns in the order in which they were taken, each once.
        self.taken: dict[str, list[str]] = defaultdict(list)
        self.forgotten: set[str] = set()

    def let_one_through(self, conversation: str) -> None:
        self._permits[conversation].release()

    def open(self) -> None:
        """Answer everything from now on."""
        self._is_open = True
        for permit in self._permits.values():
            permit.release()

    def close(self) -> None:
        """Answer nothing that is not let through from now on."""
        self._is_open = False
        self._permits.clear()

    async def answer(
        self, conversation: str, turn: str, text: str, context: dict[str, Any] | None
    ) -> list[Said]:
        if not self._is_open and turn not in self.taken[conversation]:
            await self._permits[conversation].acquire()
        if turn not in self.taken[conversation]:
            self.taken[conversation].append(turn)
        return says(answer_to(turn)) if context else says(answer_to(turn), Answered(Question.FEEL))

    async def forget(self, conversation: str) -> None:
        self.forgotten.add(conversation)

    async def is_ready(self) -> bool:
        return True


class World:
    """One gateway and its people, for one run of the machine after the other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runner = asyncio.Runner()
        self._library = library_read_once()
        self._library.__enter__()
        self._number = 0
        self._open: AsyncExitStack | None = None
        self.crashes = 0
        self.is_dirty = False

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(doing)

    async def begin(self) -> None:
        """Give a run new people, and now and then an empty database."""
        if self._open is not None and (self.is_dirty or self._is_large()):
            await self._shut()
        if self._open is None:
            self._number += 1
            self.var = self._folder / f"world-{self._number}"
            self.var.mkdir()
            self.bot, self.clock = PacedBot(), FakeClock()
            await self._start()
        self.is_dirty = True
        self.bot.close()
        self.http: dict[str, ClientSession] = {}
        # The open lines, by whose they are and which reflection's.
        self._sockets: dict[tuple[str, str], Socket] = {}
        self.people = await self._new_people()

    def end(self) -> None:
        """Say that a run left everything as it must be."""
        self.is_dirty = False

    def close(self) -> None:
        with suppress(Exception):
            self.run(self._shut())
        self._library.__exit__(None, None, None)
        self._runner.close()

    def account(self, who: str) -> Any:
        people: People = self.people
        return {
            "ann": people.therapist,
            "ben": people.other_therapist,
            "sam": people.supervisor,
            "kit": people.other_supervisor,
        }[who]

    async def sign_in(self, who: str) -> None:
        self.http[who] = await self.gateway.signed_in(self.account(who))

    async def ask(self, who: str, method: str, address: str, **body: Any) -> tuple[int, Any]:
        """Give the status and the body, read as JSON where it is."""
        async with self.http[who].request(method, address, json=body or None) as response:
            is_json = response.content_type == "application/json"
            return response.status, await (response.json() if is_json else response.text())

    async def socket(self, who: str, reflection_id: str) -> Socket:
        """Give the open line of a reflection."""
        found = self._sockets.get((who, reflection_id))
        if found is None or found.raw.closed:
            raw = await self.http[who].ws_connect(f"/api/reflections/{reflection_id}/socket")
            found = self._sockets[who, reflection_id] = Socket(raw)
        return found

    async def lines_close(self, who: str) -> None:
        """Wait until the gateway has closed somebody's lines, as it must at once."""
        for whose, reflection_id in list(self._sockets):
            if whose == who:
                await self._sockets.pop((whose, reflection_id)).until_closed()

    async def answers_in_journal(self, reflection_id: str) -> int:
        """Count the turns of a reflection that have their answer."""
        answered = select(func.count()).where(
            Turn.reflection_id == reflection_id, Turn.state == TurnState.ANSWERED
        )
        async with self.gateway.desk.sessions() as session:
            return int(await session.scalar(answered) or 0)

    async def crash(self) -> None:
        """Kill the gateway here and now, and open it on what lies on the disk."""
        self.crashes += 1
        cookies = {who: list(http.cookie_jar) for who, http in self.http.items()}
        await leave_as_killed(self.var, self._shut)
        self.bot.close()  # what was let through and not taken is not let through any more
        await self._start()
        for who, jar in cookies.items():
            self.http[who] = await self.gateway.visitor()
            self.http[who].cookie_jar.update_cookies({c.key: c.value for c in jar})

    async def _start(self) -> None:
        self._open = AsyncExitStack()
        running = run_gateway(
            self.var,
            self.bot,
            self.clock,
            session_hours=_FOREVER,
            idle_minutes=60 * _FOREVER,
            link_hours=_FOREVER,
        )
        self.gateway: Gateway = await self._open.enter_async_context(running)

    async def _shut(self) -> None:
        assert self._open is not None
        opened, self._open = self._open, None
        self._sockets = {}
        with suppress(ClientError):
            await opened.aclose()

    async def _new_people(self) -> People:
        people = await make_people(self.gateway.desk)
        now = self.clock()
        async with self.gateway.desk.sessions.begin() as session:
            session.add_all(
                Supervision(therapist_id=mine.id, supervisor_id=theirs.id, since=now)
                for mine, theirs in (
                    (people.therapist, people.other_supervisor),
                    (people.other_therapist, people.other_supervisor),
                )
            )
        return people

    def _is_large(self) -> bool:
        return (self.var / "ballast.db").stat().st_size > _LARGEST_DATABASE
