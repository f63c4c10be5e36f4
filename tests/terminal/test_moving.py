"""From a laptop's SQLite to PostgreSQL: everything or nothing, sealed as it is."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from click import ClickException
from rich.console import Console
from sqlalchemy import select
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from bot.app import open_desk
from bot.conversation.reflections import list_reflections, read_turns
from bot.privacy.sealing.envelope import Place
from bot.privacy.sealing.keyring import Keyring
from bot.settings import ROOT, Settings
from bot.storage.audit import verify
from bot.storage.conversations import SEALED_EVENTS
from bot.storage.models import Account, Base
from bot.terminal.moving import migrate_to
from bot.terminal.sentences import sentences
from tests.bots import ScriptedBot
from tests.gateway import FakeClock, make_people, say, share_summary, start
from tests.postgresql import server
from tests.run.command import ballast, sentence
from tests.sealing import MASTER, with_master_key
from tests.storage.rows import fill

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.sqlite_only("it is where one moves from"),
]
WORDS = "She would not look at me."
KEY = base64.b64encode(MASTER.value).decode()
EVENTS = 700


@pytest.fixture
def target(tmp_path: Path) -> str:
    return server().database(f"move_{tmp_path.name}"[:60], template="template0")


@pytest.fixture(scope="module")
async def laptop(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A Ballast on SQLite that was used: a row in every table, and Rasa's conversations."""
    var = tmp_path_factory.mktemp("laptop")
    settings = with_master_key(var=var, models=var, master_key=KEY)
    async with open_desk(settings, lambda _: ScriptedBot(), FakeClock()) as (desk, _):
        people = await make_people(desk)
        reflection = await start(desk, people.therapist)
        for number in range(30):
            await say(desk, people.therapist, reflection, f"{number}: {WORDS}")
        await share_summary(
            desk, people.therapist, reflection, note="Please read it. \N{WATER WAVE}"
        )
        async with desk.sessions.begin() as session:
            await fill(session)
        _fill_rasa(var / "rasa.db", desk.keyring, reflection)
    return settings


def _fill_rasa(file: Path, keyring: Keyring, reflection: str) -> None:
    # As Rasa leaves them, each event sealed.
    with closing(sqlite3.connect(file)) as rasa, rasa:
        for statement in (CreateTable(SEALED_EVENTS), *map(CreateIndex, SEALED_EVENTS.indexes)):
            rasa.execute(str(statement.compile(dialect=sqlite.dialect())))
        rasa.executemany(
            "INSERT INTO sealed_events (sender_id, number, type_name, timestamp, data) "
            "VALUES (?, ?, 'user', ?, ?)",
            [
                (reflection, number, 1.5 + number / 7, _event(keyring, reflection, number))
                for number in range(EVENTS)
            ],
        )


def _event(keyring: Keyring, sender: str, number: int) -> bytes:
    return keyring.seal(
        f"{number}: {WORDS}".encode(), Place("sealed_events", "data", str(number), sender)
    )


def _move(settings: Settings, target: str) -> subprocess.CompletedProcess[bytes]:
    return ballast("migrate-to", target, var=settings.var, master_key=KEY)


def _rows(settings: Settings) -> dict[str, int]:
    found = {}
    for file in ("ballast.db", "rasa.db"):
        with closing(sqlite3.connect(settings.var / file)) as database:
            names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (name,) in names.fetchall():
                (count,) = database.execute(f"SELECT count(*) FROM {name}").fetchone()  # noqa: S608
                found[name] = count
    return found


def _rows_there(target: str) -> dict[str, int]:
    name = target.rpartition("/")[2]
    tables = server().sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", name)
    return {
        table: server().sql(f'SELECT count(*) FROM "{table}"', name)[0][0]  # noqa: S608
        for (table,) in tables
    }


async def test_everything_is_there_and_goes_on(laptop: Settings, target: str) -> None:
    done = await asyncio.to_thread(_move, laptop, target)
    assert done.returncode == 0, done.stderr.decode()
    assert b"both sides are the same" in done.stdout
    there, here = _rows_there(target), _rows(laptop)
    assert there == here
    assert all(there[table] for table in (*Base.metadata.tables, "sealed_events"))
    moved = laptop.model_copy(update={"database": target})
    async with open_desk(moved, lambda _: ScriptedBot(), FakeClock()) as (desk, _):
        async with desk.sessions() as session:
            assert (await verify(session)).fault is None
        people = await _therapist(desk)
        (reflection,) = await list_reflections(desk, people)
        read = await read_turns(desk, people, reflection["id"])
        assert [turn["text"] for turn in read["turns"][1:]] == [f"{n}: {WORDS}" for n in range(30)]
        await say(desk, people, reflection["id"], "It goes on.")
        rows = server().sql(
            "SELECT sender_id, number, data FROM sealed_events ORDER BY id",
            target.rpartition("/")[2],
        )
        said = [
            desk.keyring.open(data, Place("sealed_events", "data", str(number), sender)).decode()
            for sender, number, data in rows
        ]
    assert said == [f"{n}: {WORDS}" for n in range(EVENTS)]
    # What is counted by the database goes on behind the last one.
    name = target.rpartition("/")[2]
    assert server().sql("SELECT nextval('sealed_events_id_seq')", name)[0][0] == EVENTS + 1


async def _therapist(desk):
    async with desk.sessions() as session:
        return await session.scalar(select(Account).where(Account.name == "therapist"))


def test_moving_again_says_that_it_is_there(laptop: Settings, target: str) -> None:
    assert _move(laptop, target).returncode == 0
    again = _move(laptop, target)
    assert again.returncode == 0
    assert b"was there already" in again.stdout


@pytest.mark.parametrize("after", [0.0, 0.3, 0.8])
def test_whoever_is_killed_in_the_middle_leaves_nothing_and_may_go_again(
    laptop: Settings, target: str, after: float
) -> None:
    environment = os.environ | {"BALLAST_VAR": str(laptop.var), "BALLAST_MASTER_KEY": KEY}
    command = [sys.executable, "-m", "bot.cli", "migrate-to", target]
    moving = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    name = target.rpartition("/")[2]
    its = f"SELECT pid FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"  # noqa: S608
    while not server().sql(its):
        assert moving.poll() is None, moving.stderr.read()
        time.sleep(0.02)
    time.sleep(after)
    assert moving.poll() is None
    moving.send_signal(signal.SIGKILL)
    moving.communicate()
    while server().sql(its):
        time.sleep(0.02)
    assert _rows_there(target) == {}
    assert _move(laptop, target).returncode == 0
    assert _rows_there(target) == _rows(laptop)


def test_a_target_that_holds_something_else_is_refused(laptop: Settings, target: str) -> None:
    name = target.rpartition("/")[2]
    server().sql("CREATE TABLE notes (words text)", name)
    assert "something else" in sentence(_move(laptop, target))
    assert _rows_there(target) == {"notes": 0}
    # Nor another Ballast's.
    other = server().database(f"other_{name}"[:60])
    before = _rows_there(other)
    assert "something else" in sentence(_move(laptop, other))
    assert _rows_there(other) == before


async def test_it_is_refused_while_ballast_runs(laptop: Settings, target: str) -> None:
    async with open_desk(laptop, lambda _: ScriptedBot()):
        done = await asyncio.to_thread(_move, laptop, target)
    assert "Stop it before its data is moved" in sentence(done)
    assert _rows_there(target) == {}


def test_each_wrong_input_is_a_sentence(laptop: Settings, target: str, tmp_path: Path) -> None:
    port = target.rpartition(":")[2].partition("/")[0]
    for address, said in {
        "no address": "is the address of no database",
        "mysql://a@b/c": "is the address of no database",
        "postgresql://127.0.0.1": "is the address of no database",
        f"sqlite:///{tmp_path}/other.db": "moved to PostgreSQL",
        "postgresql://ballast@127.0.0.1:1/x": "cannot be used",
        f"postgresql://ballast:geheim@127.0.0.1:{port}/nowhere": "does not exist",
    }.items():
        found = _refusal(laptop, address)
        assert said in found
        assert "geheim" not in found
    elsewhere = laptop.model_copy(update={"var": tmp_path / "none"})
    assert "nothing to move" in _refusal(elsewhere, target)
    moved = laptop.model_copy(update={"database": target})
    assert "a PostgreSQL already" in _refusal(moved, target)


def _refusal(settings: Settings, address: str) -> str:
    """What the command says, in this process: each start of it takes seconds."""
    with pytest.raises(ClickException) as refused, sentences():
        migrate_to(settings, address, Console(quiet=True))
    return refused.value.message


def test_a_database_for_other_letters_is_refused(laptop: Settings, target: str) -> None:
    name = f"latin_{target.rpartition('/')[2]}"[:60]
    server().sql(
        f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc "
        "LOCALE 'C'"
    )
    server().made.add(name)
    assert "made for LATIN1" in _refusal(laptop, server().url(name))
