"""Our house to measure: therapists who talk to it through the gateway, or past it to Rasa."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from bot.conversation.accounts import make_link
from bot.conversation.desk import Desk
from bot.conversation.rasa_bot import RasaBot
from bot.reflection.answers import answer_payload, is_an_answer
from bot.reflection.stages import Question
from bot.settings import Settings
from bot.storage.models import Account
from bot.storage.states import Role
from bot.terminal.client import Line, open_reflection, signed_in
from tests.conftest import House, start_house, stop_house
from tests.stories.journal import Journal

# What a therapist says to each question, as the stories have it: stock's answers, by question.
ANSWERS = {
    "follow_up": "It went well enough.",
    "arousal_before": "6",
    "ready": "3",
    "describe": "She cancelled again ten minutes before the session, the third time this month.",
    "feel": "Tight chest. I wanted it to be over.",
    "parent": "Coming to a clinic may remind her of being a child nobody believed.",
    "child": "He sat in the waiting room with his grandmother and drew.",
    "sense": "The first five minutes went well, then she went quiet.",
    "verdict_reduced_investment": "yes",
    "verdict_parent_trauma": "not quite, it was her uncle as well",
    "verdict_countertransference": "yes",
    "own_theme": "none",
    "step_choice": "take 1",
    "step_adaptation": "I would ask it in the car park.",
    "plan": "Send her two lines saying that I was glad she rang.",
    "supervision_question": "How do I stay warm with her?",
    "arousal_after": "about a four",
    "ending": "Keep",
}
_STEPS_OFFERED = 3
# Nobody's turn waits longer than this; then it counts as lost.
LONGEST_SECONDS = 180.0


def asked(turn: dict[str, Any]) -> str | None:
    """Give the question that a turn leaves open."""
    return str(turn["asks"]["question"]) if turn.get("asks") else None


@dataclass
class Talk:
    """One reflection through the gateway, from its opening on."""

    line: Line
    reflection: str
    turn: dict[str, Any]

    @property
    def question(self) -> str | None:
        return asked(self.turn)

    def next_words(self) -> str:
        return ANSWERS[self.question or ""]

    def for_rasa(self, text: str) -> str:
        """Give what the gateway sends to Rasa for `text`, as `bot/conversation/turns.py` has it."""
        for choice in self.turn["choices"]:
            if choice["label"].casefold() == text.casefold():
                return str(choice["id"])
        if is_an_answer(Question(self.question), text, _STEPS_OFFERED):
            return answer_payload(text)
        return text

    async def say(self, text: str) -> float:
        """Say `text`; give the milliseconds until its answer was there. Raises `LostTurn`."""
        began = time.perf_counter()
        self.turn = await self.line.say(text)
        took = (time.perf_counter() - began) * 1000
        if self.turn.get("state") != "answered":
            raise LostTurn(str(self.turn.get("state")))
        return took


class LostTurn(Exception):
    """A turn was not answered."""


@dataclass
class Ours:
    """The running house, with the desk from which accounts are made."""

    house: House
    journal: Journal
    http: ClientSession
    _open: AsyncExitStack

    @property
    def desk(self) -> Desk:
        return self.journal.desk

    async def therapist(self) -> ClientSession:
        """Give a new therapist, signed in."""
        return await self._open.enter_async_context(
            signed_in(self.house.address, await make_link(self.desk, await new_account(self.desk)))
        )

    async def talk(self, therapist: ClientSession) -> Talk:
        """Open a reflection, past its opening."""
        reflection = await open_reflection(therapist, short=False, resume=False)
        line = Line(therapist, reflection)
        return Talk(line, reflection, await line.opening())

    def rasa(self) -> RasaBot:
        """Give our Rasa itself, asked as the gateway asks it, with the same secret."""
        secret = self.house.settings.rasa_secret_path.read_text(encoding="ascii").strip()
        return RasaBot(self.http, self.house.settings.rasa_url, secret, LONGEST_SECONDS)

    def rss_megabytes(self) -> dict[str, float]:
        """Give each process's resident memory."""
        return {name: rss_megabytes(pid) for name, pid in self.house.pids.items()}


async def new_account(desk: Desk) -> Account:
    async with desk.sessions.begin() as session:
        account = Account(name="Bench", role=Role.THERAPIST, created_at=desk.clock())
        session.add(account)
    return account


def rss_megabytes(pid: int) -> float:
    """Give a process's resident memory. Raises `OSError` when it is gone."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise OSError(f"process {pid} has no memory")


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Ours]:
    """Run our house in `folder` until the block is left."""
    folder.mkdir(parents=True)  # noqa: ASYNC240 - before anything is measured
    house = await asyncio.to_thread(start_house, folder)
    try:
        async with (
            AsyncExitStack() as stack,
            Journal.of(house.settings) as journal,
            ClientSession() as http,
        ):
            yield Ours(house, journal, http, stack)
    finally:
        stop_house(house)


async def whole_talk(ours: Ours, therapist: ClientSession) -> list[tuple[str, float]]:
    """Hold a whole reflection; give each question with the milliseconds of its turn."""
    talk = await ours.talk(therapist)
    took = []
    while talk.question:
        question = talk.question
        took.append((question, await talk.say(talk.next_words())))
    await talk.line.close()
    return took


def settings_of(var: Path) -> Settings:
    """Give the settings of a house in `var`, as its processes read them."""
    return Settings(var=var)
