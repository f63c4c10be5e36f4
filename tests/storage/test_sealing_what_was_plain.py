"""Revision 0003 seals what lay in plain, opens it on the way down, and leaves no copy behind."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.privacy.sealing.keyring import Keyring
from bot.reflection.verdicts import Verdict
from bot.safety.kinds import Kind
from bot.storage.access import turns_of
from bot.storage.database import (
    begin_for_migrations,
    drop_deleted_pages,
    migrate,
    migration_config,
    open_database,
    sessions_of,
)
from bot.storage.models import Reflection
from bot.storage.states import StepResponse
from bot.themes.findings import Theme

pytestmark = pytest.mark.sqlite_only("nobody had PostgreSQL before there was sealing")
CANARY = "the heron on the weir stood very still"
NOW = "2026-03-02 18:00:00.000000"
# A database as it was at revision 0002, with the canary wherever words were.
ROWS: dict[str, dict[str, Any]] = {
    "accounts": {"id": "a", "name": "therapist", "role": "therapist", "created_at": NOW},
    "reflections": {
        "id": "r",
        "therapist_id": "a",
        "path": "full",
        "state": "closed",
        "stage": "close",
        "started_at": NOW,
        "changed_at": NOW,
        "arousal_before": 7.0,
        "people": json.dumps({"0123456789abcdef": 0}),
    },
    "turns": {
        "id": "t",
        "reflection_id": "r",
        "number": 0,
        "client_id": "one",
        "text": CANARY,
        "payload": f"/inform {CANARY}",
        "masked": json.dumps({"person": 2}),
        "state": "answered",
        "attempts": 0,
        "kept_at": NOW,
    },
    "messages": {
        "id": "m",
        "turn_id": "t",
        "position": 0,
        "voice": "dialogue",
        "text": f"You said: {CANARY}",
        "choices": json.dumps([{"id": "/x", "label": CANARY}]),
    },
    "findings": {
        "id": "f",
        "turn_id": "t",
        "theme": "parent_trauma",
        "confidence": 0.75,
        "evidence": json.dumps([{"start": 0, "end": 9, "text": CANARY}]),
        "verdict": "yes",
        "judged_at": NOW,
    },
    "concerns": {
        "id": "c",
        "turn_id": "t",
        "kind": "abuse_disclosure",
        "level": "check",
        "sign": "some_sign",
        "raised_at": NOW,
    },
    "step_offers": {
        "id": "s",
        "reflection_id": "r",
        "turn_id": "t",
        "position": 1,
        "step_id": "some_step",
        "response": "picked",
    },
}
DERIVED = ("parent_trauma", "abuse_disclosure", "some_sign", "some_step", "0123456789abcdef")


@pytest.fixture
async def engine(database_file: Path, keyring: Keyring) -> AsyncIterator[AsyncEngine]:
    """A database at revision 0002, with rows."""
    opened = open_database(f"sqlite+aiosqlite:///{database_file}")
    await _go(opened, keyring, command.upgrade, "0002")
    async with opened.begin() as connection:
        for table, row in ROWS.items():
            names = ", ".join(row)
            values = ", ".join(f":{name}" for name in row)
            statement = f"INSERT INTO {table} ({names}) VALUES ({values})"  # noqa: S608
            await connection.execute(text(statement), row)
    yield opened
    await opened.dispose()


async def _go(engine: AsyncEngine, keyring: Keyring, way: Any, revision: str) -> None:
    def run(sync: Connection) -> None:
        way(migration_config(sync, keyring), revision)

    async with engine.begin() as connection:
        await begin_for_migrations(connection)
        await connection.run_sync(run)


async def _stored(engine: AsyncEngine) -> dict[str, dict[str, Any]]:
    async with engine.connect() as connection:
        return {
            table: dict(
                (await connection.execute(text(f"SELECT * FROM {table}"))).mappings().one()  # noqa: S608
            )
            for table in ROWS
        }


def _found(database: Path, *words: str) -> list[str]:
    content = b"".join(file.read_bytes() for file in database.parent.glob(f"{database.name}*"))
    return [word for word in words if word.encode() in content]


async def test_words_in_plain_become_words_that_are_sealed(
    engine: AsyncEngine, keyring: Keyring, database_file: Path
) -> None:
    assert _found(database_file, CANARY, *DERIVED) == [CANARY, *DERIVED]
    await migrate(engine, keyring)
    assert _found(database_file, CANARY, *DERIVED) == []
    async with sessions_of(engine, keyring)() as session:
        reflection = await session.get_one(Reflection, "r")
        (turn,) = await turns_of(session, reflection)
    assert (reflection.arousal_before, reflection.arousal_after) == (7.0, None)
    assert reflection.people == {"0123456789abcdef": 0}
    assert (turn.text, turn.payload, turn.masked) == (CANARY, f"/inform {CANARY}", {"person": 2})
    (message,), (finding,) = turn.messages, turn.findings
    assert (message.text, message.choices[0]["label"]) == (f"You said: {CANARY}", CANARY)
    assert (finding.theme, finding.subtheme) == (Theme.PARENT_TRAUMA, None)
    assert (finding.confidence, finding.verdict) == (0.75, Verdict.YES)
    assert finding.evidence[0]["text"] == CANARY
    assert (turn.concerns[0].kind, turn.concerns[0].sign) == (Kind.ABUSE_DISCLOSURE, "some_sign")
    assert (turn.step_offers[0].step_id, turn.step_offers[0].response) == (
        "some_step",
        StepResponse.PICKED,
    )


async def test_up_down_and_up_again_loses_nothing(
    engine: AsyncEngine, keyring: Keyring, database_file: Path
) -> None:
    before = await _stored(engine)
    for _ in range(2):
        await migrate(engine, keyring)
        await _go(engine, keyring, command.downgrade, "0002")
        after = await _stored(engine)
        assert {table: _read(row) for table, row in after.items()} == {
            table: _read(row) for table, row in before.items()
        }
    await migrate(engine, keyring)
    assert dict(keyring.check()) == {"r": True}
    await drop_deleted_pages(sessions_of(engine, keyring))
    assert _found(database_file, CANARY, *DERIVED) == []


def _read(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its JSON read, however it was spaced."""
    in_json = ("people", "masked", "choices", "evidence")
    return {name: json.loads(v) if name in in_json else v for name, v in row.items()}


async def test_a_migration_that_fails_in_the_middle_changes_nothing(
    engine: AsyncEngine, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await _stored(engine)
    with monkeypatch.context() as patched:
        patched.setattr(Keyring, "seal", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await migrate(engine, keyring)
    assert await _stored(engine) == before
    await migrate(engine, keyring)
    async with sessions_of(engine, keyring)() as session:
        assert (await session.get_one(Reflection, "r")).arousal_before == 7.0


async def test_what_waits_to_be_erased_goes_down_without_its_words(
    engine: AsyncEngine, keyring: Keyring
) -> None:
    await migrate(engine, keyring)
    keyring.destroy("r")
    await _go(engine, keyring, command.downgrade, "0002")
    assert (await _stored(engine))["turns"]["text"] == ""
