"""Whatever Rasa does, an answer comes out or one of two named failures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, ClientTimeout, web
from aiohttp.test_utils import TestServer, unused_port

from bot.conversation.bot import BotDown, BotStumbled
from bot.conversation.rasa_bot import RasaBot
from bot.conversation.records import Answered, to_json
from bot.reflection.stages import Question

MESSAGE = {
    "text": "Noted.",
    "choices": [{"payload": "/skip", "title": "Skip"}],
    "records": [to_json(Answered(Question.FEEL))],
}


class FakeRasa:
    """A web server in Rasa's place, answering what it is told to."""

    def __init__(self) -> None:
        self.answer: Any = {"said": [MESSAGE]}
        self.status = 200
        self.raw: tuple[str, str] | None = None
        self.asked: list[tuple[str | None, Any]] = []
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def turn(self, request: web.Request) -> web.Response:
        self.asked.append((request.headers.get("Authorization"), await request.json()))
        await self.go_on.wait()
        if self.raw is not None:
            text, kind = self.raw
            return web.Response(text=text, content_type=kind)
        return web.json_response(self.answer, status=self.status)

    async def health(self, request: web.Request) -> web.Response:
        return web.json_response({}, status=self.status)


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa()


@pytest.fixture
async def bot(rasa: FakeRasa) -> AsyncIterator[RasaBot]:
    app = web.Application()
    app.router.add_post("/webhooks/ballast/turn", rasa.turn)
    app.router.add_get("/webhooks/ballast/", rasa.health)
    async with TestServer(app) as server, ClientSession() as http:
        yield RasaBot(http, str(server.make_url("")).rstrip("/"), "secret", 5)
        rasa.go_on.set()


async def test_an_answer_is_read_whole(bot: RasaBot, rasa: FakeRasa) -> None:
    (said,) = await bot.answer("conversation", "turn", "words", {"path": "full"})
    assert (said.text, said.choices) == ("Noted.", (("/skip", "Skip"),))
    assert said.records == (Answered(Question.FEEL),)
    body = {
        "conversation": "conversation",
        "turn": "turn",
        "text": "words",
        "context": {"path": "full"},
    }
    assert rasa.asked == [("Bearer secret", body)]
    assert await bot.is_ready()


@pytest.mark.parametrize(
    "answer",
    [
        {"said": []},
        {},
        [],
        None,
        {"said": None},
        {"said": ["words"]},
        {"said": [{"text": "Noted."}]},
        {"said": [MESSAGE | {"records": [{"record": "unheard_of"}]}]},
        {"said": [MESSAGE | {"records": [{"record": "scored", "question": "feel"}]}]},
        {"said": [MESSAGE | {"choices": [{"title": "Skip"}]}]},
    ],
    ids=str,
)
async def test_an_answer_that_is_none_is_asked_for_again(
    bot: RasaBot, rasa: FakeRasa, answer: Any
) -> None:
    """Rasa has taken the turn: given up on, it would be a question ahead of the journal."""
    rasa.answer = answer
    with pytest.raises(BotDown):
        await bot.answer("conversation", "turn", "words", None)


@pytest.mark.parametrize("status", [400, 403, 500])
async def test_an_error_of_rasas_is_a_stumble(bot: RasaBot, rasa: FakeRasa, status: int) -> None:
    rasa.status = status
    with pytest.raises(BotStumbled):
        await bot.answer("conversation", "turn", "words", None)
    assert not await bot.is_ready()


async def test_rasa_without_its_action_server_means_down(bot: RasaBot, rasa: FakeRasa) -> None:
    rasa.status = 503
    with pytest.raises(BotDown):
        await bot.answer("conversation", "turn", "words", None)


@pytest.mark.parametrize("kind", ["application/json", "text/html"])
@pytest.mark.parametrize("text", ["<p>words</p>", '{"said": ["words', ""])
async def test_what_is_no_json_is_asked_for_again(
    bot: RasaBot, rasa: FakeRasa, kind: str, text: str
) -> None:
    rasa.raw = (text, kind)
    with pytest.raises(BotDown) as failure:
        await bot.answer("conversation", "turn", "words", None)
    assert "words" not in str(failure.value)


async def test_an_answer_that_takes_too_long_means_down(bot: RasaBot, rasa: FakeRasa) -> None:
    rasa.go_on.clear()
    bot._timeout = ClientTimeout(total=0.1)
    with pytest.raises(BotDown):
        await bot.answer("conversation", "turn", "words", None)


async def test_nobody_there_means_down() -> None:
    async with ClientSession() as http:
        bot = RasaBot(http, f"http://127.0.0.1:{unused_port()}", "secret", 1)
        with pytest.raises(BotDown):
            await bot.answer("conversation", "turn", "words", None)
        assert not await bot.is_ready()
