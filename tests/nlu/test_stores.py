"""Rasa's SQL tracker store on SQLAlchemy 2, and its lock store."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
import yaml
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    FollowupAction,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from bot.app import master_key
from bot.nlu.stores.sealed import SealedEvent, SealedTrackerStore
from bot.privacy.sealing.keyring import Keyring
from bot.privacy.sealing.problems import KeyGone, MasterKeyWrong, SealBroken
from bot.run.processes import write_rasa_files
from bot.settings import ROOT
from bot.storage.conversations import SEALED_EVENTS
from tests.sealing import OTHER_MASTER, with_master_key, written

EVENTS: list[Event] = [
    ActionExecuted("action_session_start"),
    SessionStarted(),
    ActionExecuted("action_listen"),
    UserUttered(
        "She said “nothing”, 🙂 and\nleft;--",
        {"name": "tell", "confidence": 0.9},
        parse_data={
            "themes": [{"theme": "parent_trauma"}],
            "intent": {"name": "tell", "confidence": 0.9},
        },
        message_id="turn-1",
        metadata={"turn": "turn-1", "context": {"path": "full"}},
    ),
    SlotSet("heard", {"describe": [{"theme": "parent_trauma", "confidence": 0.5}]}),
    ActionExecuted("reflection_form", policy="RulePolicy", confidence=1.0),
    ActiveLoop("reflection_form"),
    SlotSet("requested_slot", "feel"),
    BotUttered("What came up in you?", {"custom": {"records": [{"record": "paused"}]}}),
    FollowupAction("action_listen"),
]

# What comes before a session's start is not retrieved with it.
KEPT = EVENTS[1:]


@pytest.fixture
def place(tmp_path: Path) -> dict[str, Any]:
    """What `ballast run` tells Rasa of its tracker store."""
    settings = with_master_key(var=tmp_path)
    keyring = Keyring(settings.keys_folder, master_key(settings), may_make=True)
    keyring.create("evening")
    written = write_rasa_files(settings, "secret")
    return yaml.safe_load(written.read_text(encoding="utf-8"))["tracker_store"]


@pytest.fixture
def open_store(place: dict[str, Any], domain: Domain) -> Iterator[Callable[[], SQLTrackerStore]]:
    opened: list[SQLTrackerStore] = []

    def make() -> SQLTrackerStore:
        opened.append(TrackerStore.create(EndpointConfig.from_dict(place), domain))
        return opened[-1]

    yield make
    for one in opened:
        one.engine.dispose()


@pytest.fixture
def store(open_store: Callable[[], SQLTrackerStore]) -> SQLTrackerStore:
    return open_store()


def tracker(domain: Domain, events: list[Event] = EVENTS) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("evening", events, domain.slots)


def plain(events: Any) -> list[dict[str, Any]]:
    return [event.as_dict() for event in events]


def test_the_table_is_the_one_that_is_moved() -> None:
    for dialect in (postgresql.dialect(), sqlite.dialect()):
        made, moved = (
            [
                str(CreateTable(table).compile(dialect=dialect)),
                *sorted(str(CreateIndex(one).compile(dialect=dialect)) for one in table.indexes),
            ]
            for table in (SealedEvent.__table__, SEALED_EVENTS)
        )
        assert made == moved


async def test_what_is_saved_is_what_is_retrieved(store: SQLTrackerStore, domain: Domain) -> None:
    assert type(store) is SealedTrackerStore
    await store.save(tracker(domain))
    again = await store.retrieve("evening")
    assert plain(again.events) == plain(KEPT)
    assert list(again.events) == KEPT
    assert again.get_slot("requested_slot") == "feel"
    assert again.active_loop_name == "reflection_form"


async def test_a_turn_adds_only_its_own_events(store: SQLTrackerStore, domain: Domain) -> None:
    await store.save(tracker(domain, EVENTS[:5]))
    known = await store.retrieve("evening")
    known.update_with_events(EVENTS[5:], domain)
    await store.save(known)
    await store.save(known)
    assert list((await store.retrieve("evening")).events) == KEPT
    with store.engine.connect() as connection:
        count = connection.scalar(sqlalchemy.text("SELECT count(*) FROM sealed_events"))
    assert count == len(EVENTS)


async def test_an_unknown_conversation_is_none(store: SQLTrackerStore, domain: Domain) -> None:
    await store.save(tracker(domain))
    assert await store.retrieve("another") is None
    assert list(await store.keys()) == ["evening"]


async def test_another_process_sees_what_was_saved(
    store: SQLTrackerStore, place: dict[str, Any], domain: Domain
) -> None:
    await store.save(tracker(domain))
    code = f"""
import asyncio, json
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
store = TrackerStore.create(EndpointConfig.from_dict({place!r}), Domain.load("domain.yml"))
found = asyncio.run(store.retrieve("evening"))
print("EVENTS", json.dumps([event.as_dict() for event in found.events]))
"""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore", "-c", code),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = await process.communicate()
    found = [line for line in out.decode().splitlines() if line.startswith("EVENTS ")]
    assert found, err.decode()
    assert json.loads(found[0].removeprefix("EVENTS ")) == json.loads(json.dumps(plain(KEPT)))


async def test_a_store_opened_again_has_what_was_saved(
    store: SQLTrackerStore, open_store: Callable[[], SQLTrackerStore], domain: Domain
) -> None:
    await store.save(tracker(domain))
    assert list((await open_store().retrieve("evening")).events) == KEPT


def _stored(store: SQLTrackerStore, var: Path) -> bytes:
    """All that lies in the database: SQLite's file, or what PostgreSQL would copy out."""
    if store.engine.dialect.name == "sqlite":
        return (var / "rasa.db").read_bytes()
    with store.engine.connect() as connection:
        rows = connection.execute(sqlalchemy.text("SELECT * FROM sealed_events")).all()
    return b"".join(bytes(v) if isinstance(v, bytes) else str(v).encode() for r in rows for v in r)


async def test_nothing_that_was_said_or_heard_lies_there_in_plain(
    store: SQLTrackerStore, domain: Domain, tmp_path: Path
) -> None:
    await store.save(tracker(domain))
    content = _stored(store, tmp_path)
    assert b"session_started" in content
    for heard in (b"nothing", b"tell", b"parent_trauma", b"What came up", b"reflection_form"):
        assert heard not in content


async def test_an_erased_reflection_cannot_be_read_or_gone_on_with(
    store: SQLTrackerStore, domain: Domain, tmp_path: Path
) -> None:
    await store.save(tracker(domain, EVENTS[:5]))
    (tmp_path / "keys" / "evening.key").unlink()
    with pytest.raises(KeyGone):
        await store.retrieve("evening")
    with pytest.raises(KeyGone):
        await store.save(tracker(domain))


async def test_events_that_changed_places_do_not_open(
    store: SQLTrackerStore, domain: Domain
) -> None:
    await store.save(tracker(domain))
    with store.engine.begin() as connection:
        connection.execute(
            sqlalchemy.text(
                "UPDATE sealed_events SET data = (SELECT data FROM sealed_events WHERE number = 5) "
                "WHERE number = 6"
            )
        )
    with pytest.raises(SealBroken):
        await store.retrieve("evening")


async def test_another_master_key_keeps_rasa_from_starting(
    place: dict[str, Any], domain: Domain, tmp_path: Path
) -> None:
    place["master_key_file"] = str(written(OTHER_MASTER, tmp_path / "other.key"))
    with pytest.raises(MasterKeyWrong):
        TrackerStore.create(EndpointConfig.from_dict(place), domain)


@pytest.mark.sqlite_only("nobody had PostgreSQL before there was sealing")
async def test_conversations_from_before_there_was_sealing_go_on_sealed(
    open_store: Callable[[], SQLTrackerStore], domain: Domain, tmp_path: Path
) -> None:
    before = SQLTrackerStore(domain, host=f"sqlite:///{tmp_path}/rasa.db")
    await before.save(tracker(domain))
    await before.save(DialogueStateTracker.from_events("deleted", EVENTS, domain.slots))
    before.engine.dispose()
    assert b"What came up" in (tmp_path / "rasa.db").read_bytes()
    store = open_store()
    assert list((await store.retrieve("evening")).events) == KEPT
    assert list(await store.keys()) == ["evening"]
    assert b"What came up" not in (tmp_path / "rasa.db").read_bytes()
    assert "events" not in sqlalchemy.inspect(store.engine).get_table_names()
    assert list((await open_store().retrieve("evening")).events) == KEPT


async def test_the_lock_lets_one_in_at_a_time_in_the_order_they_came() -> None:
    locks = InMemoryLockStore()
    log: list[tuple[str, int]] = []

    async def turn(number: int) -> None:
        async with locks.lock("evening", wait_time_in_seconds=0.01):
            log.append(("in", number))
            await asyncio.sleep(0)
            log.append(("out", number))

    await asyncio.gather(*(turn(number) for number in range(5)))
    assert log == [(what, number) for number in range(5) for what in ("in", "out")]


async def test_conversations_do_not_wait_for_one_another() -> None:
    locks = InMemoryLockStore()
    async with locks.lock("one"), asyncio.timeout(0.5), locks.lock("other"):
        assert locks.get_lock("one") is not locks.get_lock("other")


async def test_a_fault_inside_gives_the_lock_back() -> None:
    locks = InMemoryLockStore()
    with pytest.raises(ValueError, match="fell"):
        async with locks.lock("evening"):
            raise ValueError("fell")
    assert locks.get_lock("evening") is None
    async with asyncio.timeout(0.5), locks.lock("evening"):
        pass


async def test_who_holds_a_lock_for_too_long_holds_nobody_up() -> None:
    locks = InMemoryLockStore()
    async with (
        asyncio.timeout(5),
        locks.lock("evening", lock_lifetime=0.0),
        locks.lock("evening", wait_time_in_seconds=0.01),
    ):
        assert locks.get_lock("evening") is not None
