"""A backup: copies of the databases, and a manifest that tells whether they are whole. No keys.

What was sealed stays sealed in it; with the reflections' keys elsewhere, a reflection that is
erased after a backup cannot be read in it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
DATABASE, RASA = "ballast.db", "rasa.db"
DUMP = "ballast.dump"
_PAGES_AT_ONCE = 256
_CHUNK_BYTES = 1024 * 1024

# Is told how much is done, and of how much.
Progress = Callable[[int, int], None]


class BadBackup(Exception):
    """A backup cannot be used; the message is a sentence."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `code` is a keyed code over all the rest."""

    made_at: str
    revision: str
    audit_number: int
    audit_code: str
    # name -> [SHA-256, bytes]
    files: dict[str, list[Any]]
    code: str = ""

    def signed(self, key: bytes) -> Manifest:
        """Give this manifest with its code."""
        return Manifest(**{**asdict(self), "code": self._code(key)})

    def _code(self, key: bytes) -> str:
        content = json.dumps({**asdict(self), "code": ""}, sort_keys=True).encode()
        return hmac.new(key, content, hashlib.sha256).hexdigest()

    def is_signed_by(self, key: bytes) -> bool:
        """Say whether nothing in the manifest was changed."""
        return hmac.compare_digest(self._code(key), self.code)


def new_folder(folder: Path) -> None:
    """Make the folder of a backup. Raises `BadBackup` unless it is new or empty."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise BadBackup(f"{folder} is not empty. A backup is made into a folder of its own.")


def copy_sqlite(source: Path, target: Path, progress: Progress) -> None:
    """Copy a SQLite database as it is at this moment, while others go on writing to it."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600))
    uri = f"{source.resolve().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as open_source,
        closing(sqlite3.connect(target, isolation_level=None)) as copy,
    ):
        # With a reader's view held open nobody's writing makes the copying begin again.
        open_source.execute("BEGIN")
        open_source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        open_source.backup(
            copy,
            pages=_PAGES_AT_ONCE,
            progress=lambda _, remaining, total: progress(total - remaining, total),
        )
        # One file, without a journal beside it.
        copy.execute("PRAGMA journal_mode=DELETE")


def audit_head_in(database: Path) -> tuple[str, int, str]:
    """Give a copied database's revision, and number and code of the last entry of its audit."""
    with closing(sqlite3.connect(database)) as copy:
        (revision,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
        try:
            number, code = copy.execute("SELECT number, mac FROM audit_head").fetchone()
        except sqlite3.OperationalError:
            number, code = 0, ""  # from before there was an audit
    return str(revision), int(number), str(code)


def describe(folder: Path, made_at: str, revision: str, number: int, code: str) -> Manifest:
    """Give the manifest of all files in a folder, not yet signed."""
    files = {
        file.name: [_hash_of(file), file.stat().st_size]
        for file in sorted(folder.iterdir())
        if file.name != MANIFEST
    }
    return Manifest(made_at, revision, number, code, files)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, the last of a backup: without one it does not count."""
    descriptor = os.open(folder / MANIFEST, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(asdict(manifest), file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def verify(folder: Path, key: bytes, progress: Progress = lambda done, total: None) -> Manifest:
    """Give a backup's manifest after every file was compared with it. Raises `BadBackup`."""
    manifest = _read_manifest(folder)
    if not manifest.is_signed_by(key):
        raise BadBackup(f"The manifest in {folder} was changed, or is of another installation.")
    for done, (name, (digest, size)) in enumerate(manifest.files.items()):
        progress(done, len(manifest.files))
        file = folder / name
        if not file.is_file():
            raise BadBackup(f"{file} is missing from the backup.")
        if file.stat().st_size != size or _hash_of(file) != digest:
            raise BadBackup(f"{file} is damaged: it is not as it was when the backup was made.")
        if file.suffix == ".db":
            _check_sqlite(file)
    progress(len(manifest.files), len(manifest.files))
    return manifest


def _read_manifest(folder: Path) -> Manifest:
    try:
        return Manifest(**json.loads((folder / MANIFEST).read_text(encoding="ascii")))
    except FileNotFoundError:
        raise BadBackup(f"{folder} holds no whole backup: there is no {MANIFEST}.") from None
    except (ValueError, TypeError):
        raise BadBackup(f"{folder / MANIFEST} cannot be read.") from None


def _check_sqlite(file: Path) -> None:
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        (answer,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    if answer != "ok":
        raise BadBackup(f"{file} was copied from a database that is damaged.")


def _hash_of(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
