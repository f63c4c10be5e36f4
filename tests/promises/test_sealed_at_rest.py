"""Whoever has the files and not the master key reads nothing; and erased means erased in copies."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiohttp import ClientSession

from bot import app
from bot.conversation.records import Answered, Chose, Heard, Judged, Offered
from bot.privacy.sealing.problems import KeyGone
from bot.reflection.stages import Question
from bot.reflection.verdicts import Verdict
from bot.storage.database import open_database, sessions_of
from bot.storage.models import Base, Turn
from bot.storage.sealed import SealedBytes, SealedRow, sealed_attributes
from bot.storage.unsealed import UNSEALED
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot, says
from tests.gateway import Gateway, run_gateway, socket_of
from tests.sealing import OpenKeyring

CANARY = "wagtailquartz"
# What was made of the words is as private as they are.
DERIVED = ("parent_trauma", "not_quite", "grounding-step", "child_at_risk")


@dataclass(frozen=True)
class Told:
    gateway: Gateway
    http: ClientSession
    reflection: str

    def files_with(self, *words: str) -> set[tuple[str, str]]:
        """Which word stands in plain in which file."""
        files = [path for path in self.gateway.desk.settings.var.rglob("*") if path.is_file()]
        assert {"ballast.db", "ballast.db-wal", "installation.key"} <= {f.name for f in files}
        return {
            (word, path.name)
            for path in files
            for word in words
            if word.encode() in path.read_bytes()
        }


async def _evening(gateway: Gateway, bot: ScriptedBot) -> Told:
    """Say the canary in every way there is, and have everything made of it."""
    http = await gateway.signed_in(gateway.people.therapist)
    async with http.post("/api/reflections", json={}) as response:
        reflection = (await response.json())["id"]
    finding = Finding(Theme.PARENT_TRAUMA, CANARY, 0.9, (Evidence(0, 5, CANARY),))
    offered = Offered(("grounding-step",))
    bot.script = [
        says(),  # the opening
        says(f"Heard {CANARY}.", Heard((finding,)), choices=[(f"/x{CANARY}", f"Say {CANARY}")]),
        says("Steps.", Judged(Theme.PARENT_TRAUMA, Verdict.NOT_QUITE), offered),
        says("Well.", Chose("adapted"), Answered(Question.PLAN)),
    ]
    async with socket_of(http, reflection) as socket:
        await socket.next(lambda frame: '"answered"' in json.dumps(frame))
        for text in (
            f"She said {CANARY}.",
            f"Say {CANARY}",
            f"My own words: {CANARY}.",
            f"The man who abused her is sleeping in the house again tonight, {CANARY}.",
        ):
            client_id = await socket.send(text)
            await socket.next(lambda frame, sent=client_id: _is_done(frame, sent))
    async with http.get(f"/api/reflections/{reflection}") as response:
        shown = await response.text()
    assert shown.count(CANARY) > 5
    assert all(word in shown for word in DERIVED)
    return Told(gateway, http, reflection)


def _is_done(frame: dict, client_id: str) -> bool:
    turn = frame.get("turn")
    return isinstance(turn, dict) and turn["id"] == client_id and turn["state"] != "kept"


@pytest.fixture
async def told(gateway: Gateway, bot: ScriptedBot) -> Told:
    return await _evening(gateway, bot)


async def test_nothing_told_and_nothing_made_of_it_lies_in_plain_in_any_file(told: Told) -> None:
    assert told.files_with(CANARY, *DERIVED) == set()


async def test_with_sealing_switched_off_the_same_search_finds_all(
    tmp_path: Path, bot: ScriptedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "Keyring", OpenKeyring)
    async with run_gateway(tmp_path, bot) as gateway:
        told = await _evening(gateway, bot)
        assert {word for word, _ in told.files_with(CANARY, *DERIVED)} == {CANARY, *DERIVED}


@dataclass(frozen=True)
class Copy:
    """An old backup of the database, and the keys folder of today."""

    url: str

    async def words(self, told: Told) -> list[str]:
        engine = open_database(self.url)
        try:
            async with sessions_of(engine, told.gateway.desk.keyring)() as session:
                turns = await session.scalars(
                    sa.select(Turn).where(Turn.reflection_id == told.reflection)
                )
                return [turn.text for turn in turns]
        finally:
            await engine.dispose()


@pytest.fixture
async def copy(told: Told, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Copy]:
    folder = tmp_path_factory.mktemp("backup")
    for file in told.gateway.desk.settings.var.glob("ballast.db*"):
        shutil.copy(file, folder)
    yield Copy(f"sqlite+aiosqlite:///{folder / 'ballast.db'}")
    shutil.rmtree(folder)


async def test_an_erased_reflection_stays_unreadable_in_old_copies_of_the_database(
    told: Told, copy: Copy
) -> None:
    assert CANARY in " ".join(await copy.words(told))
    async with told.http.delete(f"/api/reflections/{told.reflection}") as response:
        assert response.status == 204
    with pytest.raises(KeyGone):
        await copy.words(told)
    keys = told.gateway.desk.settings.keys_folder
    assert [file.name for file in keys.glob("*.key")] == ["installation.key"]


async def test_a_reflection_whose_key_just_went_looks_like_none(told: Told) -> None:
    told.gateway.desk.keyring.destroy(told.reflection)
    answers = []
    for reflection in (told.reflection, "0" * 32):
        async with told.http.get(f"/api/reflections/{reflection}") as response:
            answers.append((response.status, await response.text()))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


COLUMNS = {
    f"{table.name}.{column.name}": column.type
    for table in Base.metadata.sorted_tables
    for column in table.columns
}
# Of these a column can hold only what says nothing by itself.
PLAIN_TYPES = (sa.Integer, sa.Boolean, sa.DateTime)


def test_every_column_that_could_hold_words_is_sealed_or_has_a_reason() -> None:
    could_hold_words = {
        name
        for name, kind in COLUMNS.items()
        if not isinstance(kind, SealedBytes)
        and not isinstance(getattr(kind, "impl_instance", kind), PLAIN_TYPES)
    }
    assert could_hold_words == set(UNSEALED)
    assert all(len(reason.split()) > 1 for reason in UNSEALED.values())


def test_no_private_attribute_is_a_column_as_well() -> None:
    models = [m.class_ for m in Base.registry.mappers if issubclass(m.class_, SealedRow)]
    assert len(models) >= 6
    for model in models:
        private = sealed_attributes(model)
        assert private
        assert not set(private) & set(model.__table__.columns.keys())
        assert isinstance(COLUMNS[f"{model.__tablename__}.sealed"], SealedBytes)
