"""Each bound of `bot/web/bounds.py` is shown by being refused, and by what is just within it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import fields
from pathlib import Path

import pytest
from aiohttp import ClientPayloadError, ClientSession, WSMsgType, WSServerHandshakeError

from bot.conversation.news import MOST_WAITING
from bot.settings import Settings
from bot.web.bounds import Bounds
from bot.web.console import export
from bot.web.contract import BODY_BYTES
from bot.web.keys import SOCKETS
from bot.web.middleware.headers import HEADERS
from tests.bots import ScriptedBot
from tests.conftest import until
from tests.gateway import Gateway, make_people, run_gateway, socket_of, start

TIGHT = Bounds(
    head_seconds=0.6,
    body_seconds=0.4,
    handling_seconds=1.2,
    answer_seconds=0.4,
    linger_seconds=0.2,
    lines=12,
    requests=4,
    requests_of_one=2,
    sockets=4,
    sockets_of_one=2,
    refusals_in_a_row=3,
    look_seconds=0.2,
    idle_seconds=2.5,
    send_seconds=0.5,
    streaming_seconds=1.5,
)


@pytest.fixture(scope="module")
async def tight(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    """A gateway that is at its bounds soon."""
    var = tmp_path_factory.mktemp("tight")
    async with run_gateway(var, ScriptedBot(), bounds=TIGHT) as running:
        yield running


async def _line(gateway: Gateway) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(gateway.server.host, gateway.server.port)


def _head(gateway: Gateway, start_line: str, *more: str) -> bytes:
    host = f"Host: {gateway.server.host}:{gateway.server.port}"
    return "\r\n".join([start_line, host, *more, "", ""]).encode()


async def _status(reader: asyncio.StreamReader) -> int:
    return int((await asyncio.wait_for(reader.readline(), 5)).split()[1])


async def _raw_status(gateway: Gateway, sent: bytes) -> int:
    reader, writer = await _line(gateway)
    writer.write(sent)
    await writer.drain()
    status = await _status(reader)
    writer.close()
    return status


# How big


@pytest.mark.parametrize(("size", "status"), [(BODY_BYTES, 400), (BODY_BYTES + 1, 413)])
async def test_a_body_is_as_large_as_its_contract_says(
    standing: Gateway, size: int, status: int
) -> None:
    http = await standing.visitor()
    body = json.dumps({"token": "a" * (size - len('{"token": ""}'))}).encode()
    assert len(body) == size
    json_type = {"Content-Type": "application/json"}
    async with http.post("/api/sign-in", data=body, headers=json_type) as response:
        assert response.status == status

    async def pieces() -> AsyncIterator[bytes]:
        yield body[:100]
        yield body[100:]

    # Without telling its length before.
    async with http.post("/api/sign-in", data=pieces(), headers=json_type) as response:
        assert response.status == status


async def test_a_route_that_takes_nothing_is_given_nothing(standing: Gateway) -> None:
    http = await standing.visitor()
    async with http.request("GET", "/api/me", json={"a": 1}) as response:
        assert response.status == 413


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ('{"token": "a"}', "application/json", 403),
        ('{"token": "a"}', "text/plain", 415),
        ('{"token": "a"}', "application/x-www-form-urlencoded", 415),
        ('{"token": "a", "more": 1}', "application/json", 400),
        ('{"token": NaN}', "application/json", 400),
        ('{"token": ' + "[" * 6 + "]" * 6 + "}", "application/json", 400),
        ('{"token": ' + "[" * 9 + "]" * 9 + "}", "application/json", 400),
    ],
)
async def test_a_body_is_json_of_its_shape(
    standing: Gateway, body: str, content_type: str, status: int
) -> None:
    http = await standing.visitor()
    headers = {"Content-Type": content_type}
    async with http.post("/api/sign-in", data=body, headers=headers) as response:
        assert response.status == status
        assert ("nested" in await response.text()) == ("[" * 8 in body)


async def test_a_packed_body_is_not_unpacked(standing: Gateway) -> None:
    http = await standing.visitor()
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    async with http.post("/api/sign-in", data=b'{"token": "a"}', headers=headers) as response:
        # Read as it stands: nothing was unpacked.
        assert response.status == 403


@pytest.mark.parametrize(
    ("line", "header", "count", "status"),
    [
        (100, 100, 10, 404),
        (9000, 100, 10, 400),
        (100, 9000, 10, 400),
        (100, 100, 80, 400),
    ],
)
async def test_a_head_is_only_so_long(
    standing: Gateway, line: int, header: int, count: int, status: int
) -> None:
    more = [f"X-{number}: {'b' * header}" for number in range(count)]
    sent = _head(standing, f"GET /{'a' * line} HTTP/1.1", *more)
    assert await _raw_status(standing, sent) == status


def test_the_longest_message_fits_into_a_frame_however_it_is_written() -> None:
    longest = Settings.model_fields["longest_message"].metadata
    most = next(bound.le for bound in longest if hasattr(bound, "le"))
    frame = json.dumps({"type": "say", "id": "x" * 64, "text": "\U0001f30a" * most})
    assert len(frame) < Bounds().frame_bytes


# How long


async def test_a_line_that_says_nothing_is_closed(tight: Gateway) -> None:
    reader, writer = await _line(tight)
    assert await asyncio.wait_for(reader.read(), 3) == b""
    writer.close()


async def test_a_head_that_drips_is_not_waited_for(tight: Gateway) -> None:
    reader, writer = await _line(tight)
    began = time.monotonic()

    async def drip() -> None:
        writer.write(b"GET / HTTP/1.1\r\n")
        while not writer.is_closing():
            writer.write(b"X-A: b\r\n")
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drip())
    assert await asyncio.wait_for(reader.read(), 5) == b""
    dripping.cancel()
    assert time.monotonic() - began < 4
    writer.close()


async def test_a_body_that_drips_is_refused(tight: Gateway) -> None:
    reader, writer = await _line(tight)
    writer.write(
        _head(
            tight,
            "POST /api/sign-in HTTP/1.1",
            "Content-Type: application/json",
            "Content-Length: 100",
        )
    )
    writer.write(b"{")
    assert await _status(reader) == 408
    # The rest is not waited for either.
    await asyncio.wait_for(reader.read(), 3)
    writer.close()


async def test_a_reader_who_takes_no_answer_is_hung_up_on(
    tight: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    import bot.web.chat.reflections as module  # noqa: PLC0415

    async def much(*_: object) -> list[str]:
        return ["a" * 1000] * 20_000

    monkeypatch.setattr(module.reflections, "list_reflections", much)
    http = await tight.signed_in(tight.people.therapist)
    cookie = "; ".join(f"{c.key}={c.value}" for c in http.cookie_jar)
    _, writer = await asyncio.open_connection(tight.server.host, tight.server.port, limit=1024)
    writer.write(_head(tight, "GET /api/reflections HTTP/1.1", f"Cookie: {cookie}"))
    runner = tight.server.runner

    async def nobody_is_left() -> bool:
        return not any(line._current_request or line._request_in_progress for line in lines())

    def lines():
        return runner.server.connections

    await asyncio.sleep(0.2)
    assert any(line._request_in_progress for line in lines())
    await until(nobody_is_left, 5)
    writer.transport.abort()


async def test_work_that_takes_too_long_is_stopped(
    tight: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    import bot.web.chat.reflections as module  # noqa: PLC0415

    async def forever(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(module.reflections, "list_reflections", forever)
    http = await tight.signed_in(tight.people.therapist)
    async with http.get("/api/reflections") as response:
        assert (response.status, (await response.json())["error"]) == (503, "too_slow")


# How many


async def test_so_many_requests_at_once_and_then_busy(
    tight: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    import bot.web.chat.reflections as module  # noqa: PLC0415

    gate = asyncio.Event()

    async def waits(*_: object) -> list[str]:
        await gate.wait()
        return []

    monkeypatch.setattr(module.reflections, "list_reflections", waits)
    people = tight.people
    one, other = (
        await tight.signed_in(people.therapist),
        await tight.signed_in(people.other_therapist),
    )

    async def asks(http: ClientSession) -> int:
        async with http.get("/api/reflections") as response:
            assert response.status == 200 or response.headers["Retry-After"]
            return response.status

    of_one = [asyncio.create_task(asks(one)) for _ in range(TIGHT.requests_of_one)]
    await asyncio.sleep(0.1)
    assert await asks(one) == 503  # this account has its share
    of_other = [asyncio.create_task(asks(other)) for _ in range(TIGHT.requests_of_one)]
    await asyncio.sleep(0.1)
    assert await asks(await tight.visitor()) == 503  # nobody else has a place
    gate.set()
    assert set(await asyncio.gather(*of_one, *of_other)) == {200}
    assert await asks(one) == 200


async def test_so_many_lines_and_no_more(tight: Gateway) -> None:
    open_lines = [await _line(tight) for _ in range(TIGHT.lines + 6)]
    ended = 0
    for reader, _ in open_lines:
        try:
            ended += await asyncio.wait_for(reader.read(1), 0.02) == b""
        except TimeoutError:
            pass
        except ConnectionError:
            ended += 1
    assert ended >= 6
    for _, writer in open_lines:
        writer.close()

    async def is_free_again() -> bool:
        return len(tight.server.runner.server.connections) < 3

    await until(is_free_again, 5)
    async with (await tight.visitor()).get("/healthz") as response:
        assert response.status == 200


async def test_requests_that_come_too_fast_are_refused(tmp_path: Path) -> None:
    async with run_gateway(tmp_path, ScriptedBot(), requests_per_minute=5) as gateway:
        http = await gateway.visitor()
        statuses = []
        for _ in range(7):
            async with http.get("/sign-in") as response:
                statuses.append(response.status)
                assert set(HEADERS) <= set(response.headers)
        assert statuses == [200] * 5 + [429] * 2


# Sockets


async def test_so_many_sockets_of_one_account_and_in_all(tight: Gateway) -> None:
    people, desk = tight.people, tight.desk
    mine = await start(desk, people.therapist)
    theirs = await start(desk, people.other_therapist)
    me, them = (
        await tight.signed_in(people.therapist),
        await tight.signed_in(people.other_therapist),
    )
    async with socket_of(me, mine) as first, socket_of(me, mine) as second:
        with pytest.raises(WSServerHandshakeError) as refused:
            await me.ws_connect(f"/api/reflections/{mine}/socket")
        assert refused.value.status == 503
        async with socket_of(them, theirs), socket_of(them, theirs):
            assert not first.raw.closed
            assert not second.raw.closed
            # A third account, with none of its own yet: all places are taken.
            another = await make_people(desk)
            third = await tight.signed_in(another.therapist)
            theirs_too = await start(desk, another.therapist)
            with pytest.raises(WSServerHandshakeError) as full:
                await third.ws_connect(f"/api/reflections/{theirs_too}/socket")
            assert full.value.status == 503
    async with socket_of(me, mine) as again:
        await again.next_of("history")


async def test_a_socket_on_which_nobody_writes_is_closed(tight: Gateway) -> None:
    http = await tight.signed_in(tight.people.therapist)
    async with socket_of(http, await start(tight.desk, tight.people.therapist)) as socket:
        await socket.next_of("history")
        while (frame := await socket.raw.receive(timeout=5)).type is WSMsgType.TEXT:
            pass
        assert (frame.type, frame.data) == (WSMsgType.CLOSE, 1001)


async def test_a_socket_that_only_sends_nonsense_is_closed(tight: Gateway) -> None:
    http = await tight.signed_in(tight.people.therapist)
    async with socket_of(http, await start(tight.desk, tight.people.therapist)) as socket:
        await socket.next_of("history")
        for _ in range(TIGHT.refusals_in_a_row):
            await socket.raw.send_str("nonsense")
            await socket.next_of("refused")
        while (frame := await socket.raw.receive(timeout=5)).type is WSMsgType.TEXT:
            pass
        assert (frame.type, frame.data) == (WSMsgType.CLOSE, 1008)


async def test_a_socket_whose_sign_in_ended_is_closed_though_nothing_happens(
    tight: Gateway,
) -> None:
    http = await tight.signed_in(tight.people.therapist)
    async with socket_of(http, await start(tight.desk, tight.people.therapist)) as socket:
        await socket.next_of("history")
        async with http.post("/api/sign-out") as response:
            assert response.status == 204
        frame = await socket.raw.receive(timeout=5)
        assert (frame.type, frame.data) == (WSMsgType.CLOSE, 1008)


async def test_a_page_that_is_behind_is_closed_to_catch_up(standing: Gateway) -> None:
    http = await standing.signed_in(standing.people.therapist)
    reflection = await start(standing.desk, standing.people.therapist)
    async with socket_of(http, reflection) as socket:
        await socket.next_of("history")
        for number in range(MOST_WAITING + 1):  # in one breath: the page had no chance
            standing.desk.news.tell(reflection, {"type": "turn", "number": number})
        while (frame := await socket.raw.receive(timeout=20)).type is WSMsgType.TEXT:
            pass
        assert (frame.type, frame.data) == (WSMsgType.CLOSE, 1013)
    assert not standing.desk.news._listeners


async def _deaf_socket(gateway: Gateway, reflection: str) -> asyncio.StreamWriter:
    """A page that opens a socket and then reads nothing and answers no ping."""
    http = await gateway.signed_in(gateway.people.therapist)
    cookie = "; ".join(f"{c.key}={c.value}" for c in http.cookie_jar)
    reader, writer = await asyncio.open_connection(
        gateway.server.host, gateway.server.port, limit=1024
    )
    writer.write(
        _head(
            gateway,
            f"GET /api/reflections/{reflection}/socket HTTP/1.1",
            f"Cookie: {cookie}",
            f"Origin: {gateway.address}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        )
    )
    assert await _status(reader) == 101
    return writer


@pytest.mark.parametrize(
    ("bounds", "is_told_much"),
    [
        (Bounds(send_seconds=0.4), True),
        (Bounds(heartbeat_seconds=0.4), False),
    ],
    ids=["send_seconds", "heartbeat_seconds"],
)
async def test_a_page_that_takes_nothing_or_does_not_answer_loses_its_line(
    tmp_path: Path, bounds: Bounds, *, is_told_much: bool
) -> None:
    async with run_gateway(tmp_path, ScriptedBot(), bounds=bounds) as gateway:
        reflection = await start(gateway.desk, gateway.people.therapist)
        page = await _deaf_socket(gateway, reflection)
        assert len(gateway.server.app[SOCKETS]) == 1
        for _ in range(100 if is_told_much else 0):
            gateway.desk.news.tell(reflection, {"type": "turn", "text": "a" * 200_000})

        async def is_gone() -> bool:
            return not gateway.server.app[SOCKETS]

        await until(is_gone, 15)
        page.close()


async def test_so_many_tables_at_once_and_an_end_to_each(
    tight: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never_done(*_: object):
        yield []
        await asyncio.sleep(60)

    monkeypatch.setattr(export, "table_rows", never_done)
    readers = [
        await tight.signed_in((await make_people(tight.desk)).supervisor)
        for _ in range(TIGHT.streams + 1)
    ]
    address = "/console/export.csv"
    async with asyncio.timeout(10), readers[0].get(address) as first:
        assert first.status == 200
        async with readers[0].get(address) as second:
            assert second.status == 503
        async with readers[1].get(address) as another, readers[2].get(address) as third:
            assert (another.status, third.status) == (200, 503)
        with pytest.raises(ClientPayloadError):
            await first.read()


def test_every_bound_is_shown_here() -> None:
    """A new one needs a test that is refused by it; then its name goes here."""
    shown = {
        *("line_bytes", "header_bytes", "headers", "head_seconds", "body_seconds", "json_depth"),
        *("linger_seconds", "handling_seconds", "answer_seconds", "lines", "requests"),
        *("requests_of_one", "sockets", "sockets_of_one", "frame_bytes", "refusals_in_a_row"),
        *("look_seconds", "idle_seconds", "send_seconds", "heartbeat_seconds"),
        *("streams", "streams_of_one", "streaming_seconds"),
    }
    assert {field.name for field in fields(Bounds)} == shown
