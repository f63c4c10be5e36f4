"""No user's words in a log, ever: a canary is told to the real house and then looked for."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import ClientSession

from bot.terminal.client import Line, open_reflection
from tests.conftest import House

CANARY = "quizzicalbudgerigar"


async def test_a_canary_word_is_in_no_log(house: House, therapist: ClientSession) -> None:
    reflection_id = await open_reflection(therapist, short=True, resume=False)
    line = Line(therapist, reflection_id)
    await line.opening()
    for told in (
        f"She said {CANARY} and slammed the door.",
        f"/{CANARY}",
        CANARY * 300,
        f"what do you keep of {CANARY}?",
        f"He is going to hurt her tonight, {CANARY}.",
    ):
        await line.say(told)
    await line.close()
    # A client that hangs up in the middle of a turn: Rasa's own channel logs the words then.
    async with therapist.ws_connect(f"/api/reflections/{reflection_id}/socket") as socket:
        await socket.receive_json()
        await socket.send_json({"type": "say", "id": "hangs-up", "text": f"again {CANARY}"})
    await therapist.post("/api/reflections", json={"path": CANARY})
    await therapist.get(f"/api/reflections/{CANARY}")
    await asyncio.sleep(0)
    logs = [*(house.settings.var / "log").iterdir(), house.settings.var / "house.log"]
    assert len(logs) >= 4
    assert [path.name for path in logs if CANARY in _content(path)] == []
    # The search finds what is there: the gateway's log does hold the turn's event.
    assert "turn.answered" in _content(house.settings.var / "log" / "gateway.log")


def _content(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
