"""On the real parts: what is deleted is gone from every file, and no log ever held it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

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


def _files_with(canary: str, house: House) -> list[str]:
    found = [path for path in house.settings.var.rglob("*") if path.is_file()]
    names = {path.name for path in found}
    assert {"ballast.db", "rasa.db", "gateway.log", "rasa.log", "installation.key"} <= names
    return sorted(path.name for path in found if canary.encode() in path.read_bytes())


def _sealed(house: House, reflection: str) -> list[bytes]:
    """What the gateway and Rasa keep of a reflection."""
    kept = []
    for name, table, owner in (
        ("ballast.db", "turns", "reflection_id"),
        ("rasa.db", "sealed_events", "sender_id"),
    ):
        column = "sealed" if name == "ballast.db" else "data"
        query = f"SELECT {column} FROM {table} WHERE {owner} = ?"  # noqa: S608 - names from above
        with closing(sqlite3.connect(house.settings.var / name)) as database:
            kept += [data for (data,) in database.execute(query, (reflection,))]
    return kept


async def test_words_are_in_no_file_of_any_process(house: House, therapist: ClientSession) -> None:
    reflection = await _told(therapist, "wagtailquartz")
    assert len(_sealed(house, reflection)) > 8
    assert _files_with("wagtailquartz", house) == []
    async with therapist.get(f"/api/reflections/{reflection}") as response:
        assert "wagtailquartz" in await response.text()


async def test_what_is_deleted_is_gone_sealed_bytes_and_key_alike(
    house: House, therapist: ClientSession
) -> None:
    reflection = await _told(therapist, "plovermarble")
    key = house.settings.keys_folder / f"{reflection}.key"
    sealed, wrapped = _sealed(house, reflection), key.read_bytes()
    async with therapist.delete(f"/api/reflections/{reflection}") as response:
        assert response.status == 204
    # Not soon but now: nothing that was copied before opens any more.
    assert not key.exists()

    async def gone() -> bool:
        files = [path for path in house.settings.var.rglob("*") if path.is_file()]
        left = b"".join(path.read_bytes() for path in files)
        return not any(data in left for data in (*sealed, wrapped))

    await until(gone)


async def test_the_first_start_made_a_master_key_and_says_to_keep_a_copy(house: House) -> None:
    said = (house.settings.var / "house.log").read_text()
    assert "A master key was made" in said
    assert house.settings.master_key_path.exists()
    assert house.settings.master_key_path.read_text().strip() not in said
