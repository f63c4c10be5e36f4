"""On the real parts: what is deleted is gone from every file, and no log ever held it."""

from __future__ import annotations

from aiohttp import ClientSession

from bot.terminal.client import Line, open_reflection
from tests.conftest import House, until


async def _told(http: ClientSession, canary: str) -> str:
    """Tell a thing with the canary in it, and give the reflection."""
    reflection = await open_reflection(http, short=True, resume=False)
    line = Line(http, reflection)
    await line.opening()
    for text in (f"The mother sat under the {canary} and would not look up.", "skip"):
        await line.say(text)
    await line.close()
    return reflection


def _files_with(canary: str, house: House, pattern: str = "*") -> list[str]:
    found = [path for path in house.settings.var.rglob(pattern) if path.is_file()]
    assert found
    return sorted(path.name for path in found if canary.encode() in path.read_bytes())


async def test_no_log_of_any_process_holds_the_words(
    house: House, therapist: ClientSession
) -> None:
    await _told(therapist, "wagtailquartz")
    assert _files_with("wagtailquartz", house)
    assert _files_with("wagtailquartz", house, "*.log") == []


async def test_deleted_words_are_gone_from_every_file(
    house: House, therapist: ClientSession
) -> None:
    reflection = await _told(therapist, "plovermarble")
    assert _files_with("plovermarble", house)
    async with therapist.delete(f"/api/reflections/{reflection}") as response:
        assert response.status == 204

    async def gone() -> bool:
        return _files_with("plovermarble", house) == []

    await until(gone)
