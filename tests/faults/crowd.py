"""Too many at the door, and those who never listen: others are served all the same."""

from __future__ import annotations

import asyncio
import base64
import os
import resource
from dataclasses import replace
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, ClientSession, ClientTimeout

from bot.web.bounds import Bounds
from tests.faults.evening import Evening, evening
from tests.faults.outcome import Outcome, Stopwatch
from tests.gateway import make_people

SOCKETS = 500
_OF_ONE = 12
_DEAF = 10
_MOST_GROWN_MB = 80
_MUCH = 400
_SOCKET_HEAD = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": base64.b64encode(b"sixteen bytes...").decode(),
}


async def flood_of_sockets(folder: Path, word: str) -> Outcome:
    """Open 500 lines, which is more than there are places for."""
    return await _flood(folder, word, SOCKETS, Bounds())


async def small_flood_of_sockets(folder: Path, word: str) -> Outcome:
    """Open a tenth as many at a door with a tenth of the places, in a tenth of the time."""
    bounds = Bounds()
    return await _flood(folder, word, SOCKETS // 10, replace(bounds, sockets=bounds.sockets // 10))


async def _flood(folder: Path, word: str, number: int, bounds: Bounds) -> Outcome:
    """Those beyond the bound hear a sentence; those within it and others are served."""
    outcome = Outcome("flood of sockets", tried=number)
    with Stopwatch(outcome):
        async with evening(folder, bounds=bounds) as told:
            therapists = [told.gateway.people.therapist]
            while len(therapists) * _OF_ONE < number:
                people = await make_people(told.gateway.desk)
                therapists += [people.therapist, people.other_therapist]
            lines: list[ClientResponse] = []
            # A page answers the gateway's pings while it waits.
            listening = asyncio.create_task(told.socket.raw.receive())
            for therapist in therapists:
                http = await told.gateway.signed_in(therapist)
                more = min(_OF_ONE, number - len(lines))
                lines += await _open(outcome, http, told, more)
            let_in = sum(line.status == 101 for line in lines)
            outcome.expect(bounds.sockets // 2 < let_in <= bounds.sockets, f"{let_in} were let in")
            # The first one's line still works, and somebody new is still served.
            sent = await told.socket.send(f"In the middle of it, {word}.")
            first = (await asyncio.wait_for(listening, 10)).json()
            if first["type"] != "kept":
                await told.socket.next_of("kept")
            told.acknowledged.add(sent)
            other = await told.gateway.signed_in(told.gateway.people.supervisor)
            async with other.get("/console", timeout=ClientTimeout(total=5)) as response:
                outcome.expect(response.status == 200, "others are not served")
            await told.judge(outcome)
            for line in lines:
                line.close()
    return outcome


async def _open(
    outcome: Outcome, http: ClientSession, told: Evening, number: int
) -> list[ClientResponse]:
    """Open lines, and keep them open: one that is let go of is closed."""
    async with http.post("/api/reflections", json={}) as response:
        reflection = (await response.json())["id"]
    lines = []
    for _ in range(number):
        head = _SOCKET_HEAD | {"Origin": told.gateway.address}
        response = await http.get(f"/api/reflections/{reflection}/socket", headers=head)
        lines.append(response)
        if response.status != 101:
            answer = await response.json()
            outcome.expect(response.status in (429, 503), f"refused with {response.status}")
            outcome.expect(str(answer.get("text", "")).endswith("."), "refused without a sentence")
    return lines


async def slow_reader(folder: Path, word: str) -> Outcome:
    """Pages that open a line and never read: memory stays bounded, others are answered."""
    outcome = Outcome("slow reader", tried=_DEAF)
    with Stopwatch(outcome):
        async with evening(folder) as told:
            deaf = [await _deaf_line(told) for _ in range(_DEAF)]
            before = _megabytes()
            event = {"type": "turn", "text": f"{word} " * 20_000}
            for _ in range(_MUCH):
                told.gateway.desk.news.tell(told.id, event)
                await asyncio.sleep(0)
            async with told.http.ws_connect(f"/api/reflections/{told.id}/socket"):
                other = await told.gateway.signed_in(told.gateway.people.supervisor)
                async with other.get("/console", timeout=ClientTimeout(total=10)) as response:
                    outcome.expect(response.status == 200, "others are not served")
            grown = _megabytes() - before
            outcome.expect(grown < _MOST_GROWN_MB, f"{grown:.0f} MB more in memory")
            for writer in deaf:
                writer.close()
            await told.socket.raw.close()
            turns = await told.turns()
            outcome.expect(turns, "the reflection is gone")
    return outcome


async def _deaf_line(told: Evening) -> asyncio.StreamWriter:
    cookie = "; ".join(f"{c.key}={c.value}" for c in told.http.cookie_jar)
    host, port = told.gateway.server.host, told.gateway.server.port
    reader, writer = await asyncio.open_connection(host, port, limit=1024)
    head: dict[str, Any] = {"Host": f"{host}:{port}", "Cookie": cookie}
    head |= _SOCKET_HEAD | {"Origin": told.gateway.address}
    lines = [f"GET /api/reflections/{told.id}/socket HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in head.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    assert b" 101 " in await reader.readline()
    return writer


def _megabytes() -> float:
    """Give this process's resident memory, where it can be known, else its highest ever."""
    status = Path("/proc/self/statm")
    if status.exists():
        pages = int(status.read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
