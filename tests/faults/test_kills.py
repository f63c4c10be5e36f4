"""Processes are killed at the worst moment; nothing acknowledged is lost, nothing doubled."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse

from bot.terminal.client import Line, open_reflection, signed_in
from tests.conftest import House, start_house, stop_house, until

TOLD = "She shouted at me in the corridor and I froze, my hands were shaking."


@pytest.fixture(scope="module")
def own_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that these tests may break."""
    running = start_house(tmp_path_factory.mktemp("fragile"))
    yield running
    stop_house(running)


async def _at_describe(http: ClientSession) -> str:
    reflection_id = await open_reflection(http, short=True, resume=False)
    line = Line(http, reflection_id)
    await line.opening()
    await line.close()
    return reflection_id


async def _socket(http: ClientSession, reflection_id: str) -> ClientWebSocketResponse:
    socket = await http.ws_connect(f"/api/reflections/{reflection_id}/socket")
    assert (await socket.receive_json())["type"] == "history"
    return socket


async def _kept(socket: ClientWebSocketResponse, client_id: str) -> dict[str, Any]:
    await socket.send_json({"type": "say", "id": client_id, "text": TOLD})
    while True:
        event = await socket.receive_json(timeout=10)
        if event["type"] == "kept":
            return event


async def _turns(http: ClientSession, reflection_id: str) -> list[dict[str, Any]]:
    async with http.get(f"/api/reflections/{reflection_id}") as response:
        return (await response.json())["turns"]


async def _answered_once(http: ClientSession, reflection_id: str, client_id: str) -> dict[str, Any]:
    async def answered() -> dict[str, Any] | None:
        try:
            turns = await _turns(http, reflection_id)
        except OSError:
            return None  # the gateway is not back yet
        return next((t for t in turns if t["id"] == client_id and t["state"] == "answered"), None)

    turn = await until(answered, 120)
    turns = await _turns(http, reflection_id)
    assert [t["id"] for t in turns].count(client_id) == 1
    assert turn["asks"]["question"] == "feel"
    assert len(turn["said"]) == 1
    assert [t["turn"] for t in turns] == list(range(len(turns)))
    return turn


@pytest.mark.parametrize("victim", ["rasa", "actions"])
async def test_a_turn_is_answered_once_when_its_answerer_is_killed_in_the_middle(
    own_house: House, victim: str
) -> None:
    async with signed_in(own_house.address, await own_house.link_token()) as http:
        reflection_id = await _at_describe(http)
        socket = await _socket(http, reflection_id)
        client_id = uuid4().hex
        await _kept(socket, client_id)
        own_house.kill(victim)
        await _answered_once(http, reflection_id, client_id)
        await socket.close()
        await _goes_on(http, reflection_id)


async def test_a_turn_said_while_the_action_server_is_away_waits_for_it(own_house: House) -> None:
    async with signed_in(own_house.address, await own_house.link_token()) as http:
        reflection_id = await _at_describe(http)
        socket = await _socket(http, reflection_id)
        own_house.kill("actions")
        client_id = uuid4().hex
        await _kept(socket, client_id)
        assert (await _next(socket, "waiting"))["id"] == client_id
        await socket.close()
        await _answered_once(http, reflection_id, client_id)
        await _goes_on(http, reflection_id)


async def test_a_turn_is_answered_once_when_the_gateway_is_killed_right_after_kept(
    own_house: House,
) -> None:
    async with signed_in(own_house.address, await own_house.link_token()) as http:
        reflection_id = await _at_describe(http)
        socket = await _socket(http, reflection_id)
        client_id = uuid4().hex
        await _kept(socket, client_id)
        own_house.kill("gateway")
        await socket.close()
        await _answered_once(http, reflection_id, client_id)
        await _goes_on(http, reflection_id)


async def test_with_rasa_stopped_words_are_kept_and_danger_is_answered_within_a_second(
    own_house: House,
) -> None:
    async with signed_in(own_house.address, await own_house.link_token()) as http:
        reflection_id = await _at_describe(http)
        socket = await _socket(http, reflection_id)
        own_house.kill("rasa")
        first, second = uuid4().hex, uuid4().hex
        await _kept(socket, first)
        waiting = await _next(socket, "waiting")
        assert "kept" in waiting["text"]
        async with asyncio.timeout(1):
            text = "A child is being hurt tonight, the boy told me his uncle is beating him now."
            await socket.send_json({"type": "say", "id": second, "text": text})
            event = await _next(socket, "kept")
        assert "child_at_risk" in {c["kind"] for c in event["turn"]["concerns"]}
        said = " ".join(message["text"] for message in event["turn"]["said"])
        assert "10111" in said
        assert "116" in said
        await socket.close()
        await _answered_once(http, reflection_id, first)


async def _next(socket: ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    while True:
        event = await socket.receive_json(timeout=10)
        if event["type"] == kind:
            return event


async def _goes_on(http: ClientSession, reflection_id: str) -> None:
    line = Line(http, reflection_id)
    answer = await line.say("My hands, and I wanted to be anywhere else.")
    assert answer["stage"] == "themes", json.dumps(answer)
    await line.close()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc says it")
def test_no_process_leaves_its_memory_on_the_disk(own_house: House) -> None:
    for name, pid in own_house.pids.items():
        limits = Path(f"/proc/{pid}/limits").read_text(encoding="ascii").splitlines()
        (core,) = [line.split() for line in limits if line.startswith("Max core file size")]
        assert core[4:6] == ["0", "0"], name
        dumped = Path(f"/proc/{pid}/coredump_filter").read_text(encoding="ascii")
        assert int(dumped, 16) == 0, name


async def test_a_house_that_is_stopped_leaves_no_process_behind(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    house = start_house(tmp_path_factory.mktemp("stopped"))
    pids = house.pids
    stop_house(house)
    assert house.process.returncode == 0
    for name, pid in pids.items():
        assert not _runs(pid), name


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123
            return b"python" in file.read()
    except FileNotFoundError:
        return False
