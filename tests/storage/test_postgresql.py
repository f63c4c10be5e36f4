"""On a real PostgreSQL, where its programs are installed: migrations, the audit, dump and back.

With a synchronous driver, the one that Rasa brings; the product itself needs an asynchronous one.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.orm import Session

from bot.privacy.sealing.keyring import Keyring
from bot.storage import postgresql
from bot.storage.audit import COMMAND, Event, record, verify
from bot.storage.backups import BadBackup
from bot.storage.database import migration_config
from bot.storage.sealed import KEYRING
from tests.conftest import free_port
from tests.gateway import EVENING
from tests.sealing import new_keyring

pytest.importorskip("psycopg2")
_PROGRAMS = [Path(found).parent for found in [shutil.which("initdb")] if found]
_PROGRAMS += sorted(Path("/usr/lib/postgresql").glob("*/bin"))
if not any((folder / "initdb").exists() for folder in _PROGRAMS):
    pytest.skip("PostgreSQL is not installed", allow_module_level=True)
BIN = next(folder for folder in _PROGRAMS if (folder / "initdb").exists())


def _user() -> dict[str, Any]:
    """PostgreSQL does not run as root: as whom it does."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name for entry in pwd.getpwall()}
    return {"user": "postgres" if "postgres" in known else "nobody", "cwd": "/"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    folder, port, who = Path(tempfile.mkdtemp()), free_port(), _user()
    if who:
        shutil.chown(folder, who["user"])
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    data = folder / "data"
    steps = [
        [BIN / "initdb", "-D", data, "-U", "ballast", "--auth=trust", "-E", "UTF8"],
        [BIN / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"],
    ]
    for step in steps:
        subprocess.run(step, check=True, stdout=subprocess.DEVNULL, **who)
    yield f"postgresql+psycopg2://ballast@127.0.0.1:{port}/postgres"
    stop = [BIN / "pg_ctl", "-D", data, "-m", "immediate", "stop"]
    subprocess.run(stop, check=True, stdout=subprocess.DEVNULL, **who)
    shutil.rmtree(folder)


@pytest.fixture
def engine(url: str, keyring: Keyring) -> Iterator[sa.Engine]:
    """A database at the newest revision, and at none afterwards."""
    made = sa.create_engine(url)
    with made.begin() as connection:
        command.upgrade(migration_config(connection, keyring), "head")
    yield made
    with made.begin() as connection:
        command.downgrade(migration_config(connection, keyring), "base")
    made.dispose()


class Awaited:
    """A synchronous session under the names that `record` and `verify` await."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.info, self.add, self.expunge_all = session.info, session.add, session.expunge_all

    async def execute(self, *args: Any) -> Any:
        return self._session.execute(*args)

    async def scalars(self, *args: Any) -> Any:
        return self._session.scalars(*args)

    async def flush(self) -> None:
        self._session.flush()


def _write(engine: sa.Engine, keyring: Keyring) -> None:
    with Session(engine, info={KEYRING: keyring}) as session:
        asyncio.run(record(Awaited(session), Event.VIEWED, EVENING, by=COMMAND))
        session.commit()


def _fault(engine: sa.Engine, keyring: Keyring) -> str | None:
    with Session(engine, info={KEYRING: keyring}) as session:
        return asyncio.run(verify(Awaited(session))).fault


def test_writers_at_the_same_time_make_one_chain(engine: sa.Engine, keyring: Keyring) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: _write(engine, keyring), range(40)))
    with engine.connect() as connection:
        numbers = list(connection.scalars(sa.text("SELECT number FROM audit ORDER BY number")))
    assert numbers == list(range(1, 41))
    assert _fault(engine, keyring) is None


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit SET actor = 'x' WHERE number = 1", "DELETE FROM audit", "TRUNCATE audit"],
)
def test_the_database_itself_refuses_changes(
    engine: sa.Engine, keyring: Keyring, statement: str
) -> None:
    _write(engine, keyring)
    with (
        engine.begin() as connection,
        pytest.raises(sa.exc.DBAPIError, match="only ever added to"),
    ):
        connection.execute(sa.text(statement))
    assert _fault(engine, keyring) is None


def test_a_dump_brings_back_what_was(
    engine: sa.Engine, keyring: Keyring, url: str, tmp_path: Path
) -> None:
    _write(engine, keyring)
    dump = tmp_path / "ballast.dump"
    postgresql.dump(url, dump)
    assert dump.stat().st_mode & 0o077 == 0
    _write(engine, keyring)
    engine.dispose()
    postgresql.put_back(url, dump)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM audit")) == 1
    assert _fault(engine, keyring) is None


def test_a_damaged_dump_changes_nothing(
    engine: sa.Engine, keyring: Keyring, url: str, tmp_path: Path
) -> None:
    _write(engine, keyring)
    (tmp_path / "cut").write_bytes(b"PGDMP")
    with pytest.raises(BadBackup, match="pg_restore failed"):
        postgresql.put_back(url, tmp_path / "cut")
    assert _fault(engine, keyring) is None


@pytest.fixture
def keyring(tmp_path: Path) -> Iterator[Keyring]:
    made = new_keyring(tmp_path / "keys")
    yield made
    made.close()
