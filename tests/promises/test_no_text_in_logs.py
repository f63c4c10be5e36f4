"""What people write never reaches a log, an error or the output of the gateway."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog

from bot.app import set_up_logs
from bot.conversation.bot import BotDown, BotStumbled
from bot.conversation.records import Answered, Closed, Heard, Paused
from bot.reflection.stages import Question
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot, says
from tests.conftest import until
from tests.gateway import Gateway, Socket, socket_of

CANARY = "wagtailquartz"


class Output:
    """Everything this process says, with logging as `ballast serve` sets it up."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd
        self.log = io.StringIO()

    def holds_no_canary(self, *, lines: bool = True) -> None:
        out, err = self._capfd.readouterr()
        said = self.log.getvalue() + out + err
        assert not lines or self.log.getvalue(), "nothing was logged, so this proves nothing"
        assert CANARY not in said


@pytest.fixture
def output(
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Output]:
    made = Output(capfd)
    handlers = logging.getLogger().handlers[:]
    logging.getLogger().handlers.clear()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", made.log)
        set_up_logs()
    yield made
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers


@pytest.fixture
async def socket(gateway: Gateway, output: Output) -> AsyncIterator[Socket]:
    http = await gateway.signed_in(gateway.people.therapist)
    async with http.post("/api/reflections", json={}) as response:
        reflection = (await response.json())["id"]
    async with socket_of(http, reflection) as opened:
        await opened.next(lambda frame: '"answered"' in json.dumps(frame))
        yield opened


async def _say(socket: Socket, text: str) -> str:
    client_id = await socket.send(text)
    await socket.next_of("kept")
    return client_id


async def test_not_in_an_ordinary_evening(socket: Socket, bot: ScriptedBot, output: Output) -> None:
    heard = Finding(Theme.PARENT_TRAUMA, None, 0.9, (Evidence(0, 5, CANARY),))
    bot.script = [
        says(f"You said {CANARY}.", Answered(Question.DESCRIBE), Heard((heard,))),
        says(f"Plan: {CANARY}.", Answered(Question.PLAN), Paused()),
        says(f"Closed {CANARY}.", Closed("share")),
    ]
    for text in ("She said", "My plan:", "Share"):
        await socket.answer_to(await socket.send(f"{text} {CANARY} {CANARY}@example.org"))
    assert CANARY in str(socket.told)
    output.holds_no_canary()


@pytest.mark.parametrize(
    "text",
    [
        f"{CANARY}: the mum doesn't want to be alive any more",
        f"honestly i dont want to live anymore {CANARY}",
        f'/inform{{"plan": "{CANARY}"}}',
        f"\x00\x1b[31m{CANARY}\n\n",
        CANARY * 700,
    ],
    ids=["danger", "own danger", "command", "control characters", "too long"],
)
async def test_not_in_what_is_answered_or_refused_at_once(
    socket: Socket, output: Output, text: str
) -> None:
    await socket.send(text)
    await socket.next(lambda frame: frame["type"] in ("kept", "refused"))
    output.holds_no_canary(lines=False)


@pytest.mark.parametrize(
    "fault",
    [BotDown(CANARY), BotStumbled(CANARY), RuntimeError(CANARY), ValueError(f"bad: {CANARY}")],
    ids=lambda fault: type(fault).__name__,
)
async def test_not_when_the_bot_fails_with_the_words_in_its_error(
    socket: Socket, bot: ScriptedBot, output: Output, fault: Exception
) -> None:
    bot.script = [fault]
    await _say(socket, f"She said {CANARY}")

    async def was_asked() -> bool:
        return not bot.script

    await until(was_asked, 10)
    await asyncio.sleep(0)  # the task that failed reports in the next round of the loop
    output.holds_no_canary()


async def test_not_when_the_database_fails(
    gateway: Gateway, socket: Socket, output: Output
) -> None:
    async with gateway.desk.sessions.begin() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("ALTER TABLE turns RENAME TO turns_away")
    client_id = await socket.send(f"She said {CANARY}")
    refused = await socket.next_of("refused")
    assert (refused["id"], refused["reason"]) == (client_id, "not_kept")
    assert CANARY not in str(refused)
    output.holds_no_canary()


BODY = json.dumps({"token": CANARY, "path": CANARY, "text": CANARY})


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("POST", "/api/sign-in", {"data": BODY}),
        ("POST", "/api/sign-in", {"data": f"{{{CANARY}"}),
        ("POST", "/api/sign-in", {"data": CANARY * 10_000}),
        ("POST", "/api/reflections", {"data": BODY}),
        ("GET", f"/api/reflections/{CANARY}", {}),
        ("GET", f"/api/reflections/{CANARY}/socket", {}),
        ("DELETE", f"/api/reflections/{CANARY}", {}),
        ("GET", f"/{CANARY}", {}),
        ("GET", f"/static/{CANARY}.js", {}),
        ("GET", f"/?text={CANARY}", {}),
        ("GET", "/api/me", {"headers": {"X-Anything": CANARY}}),
        ("GET", "/api/me", {"headers": {"User-Agent": CANARY}}),
        ("POST", "/api/sign-out", {"headers": {"Origin": f"https://{CANARY}.example"}}),
    ],
    ids=str,
)
async def test_not_in_errors_over_http(
    gateway: Gateway,
    output: Output,
    method: str,
    path: str,
    sent: dict[str, object],
) -> None:
    http = await gateway.signed_in(gateway.people.therapist)
    async with http.request(method, path, **sent) as response:
        answer = await response.text() + str(response.headers)
    assert CANARY.casefold() not in answer.casefold()
    output.holds_no_canary(lines=False)


async def test_not_when_a_request_is_no_http_at_all(gateway: Gateway, output: Output) -> None:
    reader, writer = await asyncio.open_connection(gateway.server.host, gateway.server.port)
    writer.write(f"POST /{CANARY} NONSENSE {CANARY}\r\n\r\n".encode())
    await asyncio.wait_for(reader.read(65536), 10)
    writer.close()
    await writer.wait_closed()
    output.holds_no_canary(lines=False)


async def test_not_in_what_an_administrator_types(gateway: Gateway, output: Output) -> None:
    people = gateway.people
    http = await gateway.signed_in(people.administrator)
    person = {"name": CANARY, "role": "therapist"}
    forms = [
        ("", person),
        ("", person),  # the name is taken
        ("/teams", {"team": CANARY, "person": people.therapist.id}),
        ("/keeping", {"held": people.therapist.id, "reason": CANARY}),
        ("/keeping", {"held": CANARY, "reason": CANARY}),
        ("/audit", {"head": CANARY}),
    ]
    seen = []
    for place, form in forms:
        async with http.post(f"/administration{place}", data=form) as response:
            seen.append((response.status, CANARY in await response.text()))
            assert CANARY not in str(response.url) + str(response.headers)
    assert seen == [(200, True), (400, True), (200, True), (200, True), (400, True), (400, True)]
    output.holds_no_canary(lines=False)
