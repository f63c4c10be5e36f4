"""Back up and restore a PostgreSQL database with PostgreSQL's own programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL, make_url

from bot.storage.backups import BadBackup


def dump(url: str, target: Path) -> None:
    """Write the whole database into `target`. Raises `BadBackup`."""
    _run("pg_dump", url, "--format=custom", "--no-owner", "--file", str(target))
    target.chmod(0o600)


def put_back(url: str, source: Path) -> None:
    """Replace what is in the database by a dump, all or nothing. Raises `BadBackup`."""
    name = make_url(url).database or ""
    _run(
        "pg_restore",
        url,
        *("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"),
        *("--dbname", name, str(source)),
    )


def _run(program: str, url: str, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise BadBackup(f"{program} is not installed here; it comes with PostgreSQL's clients.")
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program
        [path, *arguments], env=_environment(make_url(url)), capture_output=True, check=False
    )
    if done.returncode != 0:
        # Not what it said: that can hold a row.
        raise BadBackup(f"{program} failed with status {done.returncode}.")


def _environment(url: URL) -> dict[str, str]:
    """Give where the database is by the environment: on a command line others would see it."""
    wanted = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    return os.environ | {name: str(value) for name, value in wanted.items() if value}
