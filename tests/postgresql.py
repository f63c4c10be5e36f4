"""A PostgreSQL of the tests' own: one server, and a fresh database for whoever asks.

Where its programs are installed; `pytest --database postgresql` puts every gateway on it. Each
database is copied from one that was migrated once.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from bot.settings import ROOT

TEMPLATE = "template_ballast"
_LOCAL = Path("/usr/lib/postgresql")
_OPTIONS = (
    # Quick: what is tested here is not whether a disk keeps what it was given.
    "fsync=off",
    "full_page_writes=off",
    "autovacuum=off",
    "max_connections=300",
    "shared_buffers=64MB",
    "lc_messages=C",
)


@cache
def programs() -> Path | None:
    """The folder of PostgreSQL's programs, or None where they are not installed."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(_LOCAL.glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def user() -> dict[str, Any]:
    """As whom PostgreSQL runs: not as root, which it refuses."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name for entry in pwd.getpwall()}
    return {"user": "postgres" if "postgres" in known else "nobody", "cwd": "/"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A running server; its databases are named by who asked for them."""

    folder: Path
    port: int
    made: set[str] = field(default_factory=set)

    def url(self, name: str) -> str:
        return f"postgresql://ballast@127.0.0.1:{self.port}/{name}"

    def sql(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            found = connection.execute(statement.encode())
            return found.fetchall() if found.description else []

    def control(self, *arguments: str) -> None:
        folder, options = programs(), " ".join(f"-c {option}" for option in _OPTIONS)
        assert folder is not None
        where = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 {options}"
        command = [folder / "pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log"]
        more = ["-o", where] if "stop" not in arguments else []
        subprocess.run(
            [*command, *more, *arguments], check=True, stdout=subprocess.DEVNULL, **user()
        )

    def database(self, name: str, *, template: str = TEMPLATE) -> str:
        """The address of the database of this name, which is made when it is asked for first."""
        if name not in self.made:
            self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            self.made.add(name)
        return self.url(name)

    def drop(self, *names: str) -> None:
        for name in names:
            self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            self.made.discard(name)


_running: list[Server] = []


def server() -> Server:
    """The server of this process, started when it is needed first."""
    if not _running:
        atexit.register(stop)
        _running.append(_start())
    return _running[0]


def made() -> set[str]:
    """The names of the databases there are now."""
    return set(_running[0].made) if _running else set()


def stop() -> None:
    """Stop the server and leave nothing of it."""
    while _running:
        running = _running.pop()
        running.control("-m", "immediate", "stop")
        shutil.rmtree(running.folder)


def of(folder: Path) -> str:
    """The address of the database that belongs to a folder, as SQLite's file would lie in it."""
    return server().database("t" + hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:20])


def _start() -> Server:
    bin_folder = programs()
    assert bin_folder is not None, "PostgreSQL is not installed (sh setup/install-postgresql)"
    folder, who = Path(tempfile.mkdtemp(prefix="ballast-pg-")), user()
    if who:
        shutil.chown(folder, who["user"])
    made = [bin_folder / "initdb", "-D", folder / "data", "-U", "ballast", "--auth=trust"]
    subprocess.run(
        # As on a clinic's server words are sorted as people sort them, and not as SQLite does.
        [*made, "-E", "UTF8", "--locale-provider=icu", "--icu-locale=en", "--no-sync"],
        check=True,
        stdout=subprocess.DEVNULL,
        **who,
    )
    started = Server(folder, _free_port())
    started.control("start")
    started.sql(f"CREATE DATABASE {TEMPLATE}")
    # In a process of its own: here a loop may be running already.
    migrate = [sys.executable, "-m", "tests.migrated", started.url(TEMPLATE)]
    subprocess.run(migrate, check=True, cwd=ROOT)
    return started
