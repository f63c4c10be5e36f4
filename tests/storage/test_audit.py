"""The audit is a chain: whatever is changed in it shows, and nothing told can get into it."""

from __future__ import annotations

import asyncio
import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.privacy.sealing.keyring import Keyring
from bot.storage.audit import COMMAND, Event, Head, entries, head_of, record, verify
from bot.storage.columns import new_id
from bot.storage.database import Sessions, open_database, sessions_of
from bot.storage.states import ErasedBecause
from tests.databases import on_postgresql, url_of
from tests.gateway import EVENING
from tests.sealing import OTHER_MASTER

WRITTEN = 5


@pytest.fixture
async def sessions(engine: AsyncEngine, keyring: Keyring) -> Sessions:
    """A database with an audit of some entries, and nothing that guards it any more."""
    made = sessions_of(engine, keyring)
    for number in range(WRITTEN):
        async with made.begin() as session:
            details = {"because": ErasedBecause.THERAPIST, "figure": number}
            await record(
                session, Event.ERASE_ASKED, EVENING, by=COMMAND, reflection="r", details=details
            )
    return made


async def _unguarded(engine: AsyncEngine, *statements: str) -> None:
    async with engine.begin() as connection:
        if on_postgresql():
            await connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        else:
            for name in ("audit_no_update", "audit_no_delete"):
                await connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        for statement in statements:
            await connection.execute(text(statement))


async def _fault(sessions: Sessions, saved: Head | None = None) -> str | None:
    async with sessions() as session:
        return (await verify(session, saved)).fault


async def test_an_audit_that_nobody_touched_holds(sessions: Sessions) -> None:
    async with sessions() as session:
        head = await head_of(session)
        found = await verify(session, head)
    assert found.fault is None
    assert found.head == head
    assert head.number == WRITTEN


async def test_entries_that_come_while_it_is_followed_are_no_fault(sessions: Sessions) -> None:
    async def go_on_recording() -> None:
        for _ in range(60):
            async with sessions.begin() as session:
                await record(session, Event.SIGNED_IN, EVENING, by="a")

    recording = asyncio.create_task(go_on_recording())
    faults = set()
    while not recording.done():
        faults.add(await _fault(sessions))
    await recording
    assert faults == {None}


async def test_an_empty_audit_holds(engine: AsyncEngine, keyring: Keyring) -> None:
    assert await _fault(sessions_of(engine, keyring)) is None


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET actor = 'x' WHERE number = 2", "DELETE FROM audit"]
)
async def test_the_database_itself_refuses_changes(
    engine: AsyncEngine, sessions: Sessions, statement: str
) -> None:
    with pytest.raises(DBAPIError, match="only ever added to"):
        async with engine.begin() as connection:
            await connection.execute(text(statement))
    assert await _fault(sessions) is None


@pytest.mark.parametrize(
    "change",
    [
        "at = '2026-03-02 18:00:01.000000'",
        "actor = 'somebody'",
        "event = 'viewed'",
        "reflection_id = 'other'",
        "reflection_id = NULL",
        "account_id = 'a'",
        "details = '{}'",
        "mac = upper(mac)",
    ],
)
async def test_an_edit_of_any_column_is_found(
    engine: AsyncEngine, sessions: Sessions, change: str
) -> None:
    await _unguarded(engine, f"UPDATE audit SET {change} WHERE number = 3")  # noqa: S608
    assert "Entry 3 " in (await _fault(sessions) or "")


@pytest.mark.parametrize(
    "statements",
    [
        ["DELETE FROM audit WHERE number = 3"],
        # Nor does it help to close the gap.
        [
            "DELETE FROM audit WHERE number = 3",
            "UPDATE audit SET number = 3 WHERE number = 4",
            "UPDATE audit SET number = 4 WHERE number = 5",
            "UPDATE audit_head SET number = 4",
        ],
    ],
)
async def test_a_removal_is_found(
    engine: AsyncEngine, sessions: Sessions, statements: list[str]
) -> None:
    await _unguarded(engine, *statements)
    assert "Entry 3 " in (await _fault(sessions) or "")


async def test_another_order_is_found(engine: AsyncEngine, sessions: Sessions) -> None:
    await _unguarded(
        engine,
        "UPDATE audit SET number = 9 WHERE number = 2",
        "UPDATE audit SET number = 2 WHERE number = 3",
        "UPDATE audit SET number = 3 WHERE number = 9",
    )
    assert "Entry 2 " in (await _fault(sessions) or "")


async def test_a_cut_tail_is_found_against_a_saved_head(
    engine: AsyncEngine, sessions: Sessions
) -> None:
    async with sessions() as session:
        saved = await head_of(session)
    await _unguarded(engine, "DELETE FROM audit WHERE number > 3")
    assert "last entry is number 3" in (await _fault(sessions) or "")
    await _unguarded(
        engine,
        "UPDATE audit_head SET number = 3, mac = (SELECT mac FROM audit WHERE number = 3)",
    )
    assert await _fault(sessions) is None
    assert "cut off" in (await _fault(sessions, saved) or "")


async def test_a_tail_written_anew_is_found_against_a_saved_head(
    engine: AsyncEngine, sessions: Sessions
) -> None:
    async with sessions() as session:
        saved = await head_of(session)
    await _unguarded(
        engine,
        "DELETE FROM audit WHERE number = 5",
        "UPDATE audit_head SET number = 4, mac = (SELECT mac FROM audit WHERE number = 4)",
    )
    async with sessions.begin() as session:
        await record(session, Event.VIEWED, EVENING, by=COMMAND)
    assert await _fault(sessions) is None
    assert "another one" in (await _fault(sessions, saved) or "")


async def test_an_older_saved_head_still_fits(sessions: Sessions) -> None:
    async with sessions() as session:
        saved = await head_of(session)
    async with sessions.begin() as session:
        await record(session, Event.VIEWED, EVENING, by=COMMAND)
    assert await _fault(sessions, saved) is None


async def test_writers_at_the_same_time_make_one_chain(
    sessions: Sessions, database_file, keyring: Keyring
) -> None:
    other = open_database(url_of(database_file))

    async def write(made: Sessions) -> None:
        async with made.begin() as session:
            await record(session, Event.SIGNED_IN, EVENING, by=COMMAND, account=new_id())

    try:
        both = (sessions, sessions_of(other, keyring))
        await asyncio.gather(*(write(made) for made in both for _ in range(10)))
    finally:
        await other.dispose()
    async with sessions() as session:
        numbers = [entry.number async for entry in entries(session)]
    assert numbers == list(range(1, WRITTEN + 21))
    assert await _fault(sessions) is None


async def test_what_is_rolled_back_leaves_no_entry(sessions: Sessions) -> None:
    async with sessions() as session:
        await record(session, Event.VIEWED, EVENING, by=COMMAND)
        await session.rollback()
    async with sessions() as session:
        assert (await head_of(session)).number == WRITTEN
    assert await _fault(sessions) is None


@pytest.mark.parametrize("words", ["She hit him.", ["She hit him."], 0.5, None])
async def test_no_words_get_into_it(sessions: Sessions, words) -> None:
    async with sessions() as session:
        with pytest.raises(TypeError):
            await record(session, Event.VIEWED, EVENING, by=COMMAND, details={"why": words})


async def test_with_another_installations_key_it_does_not_hold(
    engine: AsyncEngine, sessions: Sessions, tmp_path
) -> None:
    other = Keyring(tmp_path / "others", OTHER_MASTER, may_make=True)
    assert "Entry 1 " in (await _fault(sessions_of(engine, other)) or "")
    other.close()


async def test_details_are_readable(sessions: Sessions) -> None:
    async with sessions() as session:
        first = await anext(entries(session))
    assert json.loads(first.details) == {"because": "therapist", "figure": 0}
