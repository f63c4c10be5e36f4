"""Make the secrets of a server at its first run, and never again.

Files that only their reader can read, in a folder for each who reads them. A list of what was
made tells a secret that is new in this version from one that was lost: the first is made, the
second never, since a new master key would open nothing of what is kept.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.privacy.sealing.envelope import KEY_BYTES
from bot.privacy.sealing.files import replace
from bot.run.problems import CannotRun

LIST = "made.json"
# Who reads what, by user id: docker/Dockerfile makes the first, PostgreSQL's and Redis's images
# both have the second.
BALLAST_USER, SERVER_USER = 10001, 999
_POSTGRESQL = "*:*:*:ballast:{}\n"  # as PGPASSFILE wants it
# Whoever knows no password may ask whether it is up, and nothing else.
REDIS_RIGHTS = (
    "user default on nopass resetkeys resetchannels -@all +ping\n"
    "user ballast on #{} ~* &* +@all -@admin\n"
)


@dataclass(frozen=True)
class _File:
    reader: int
    content: str


def make_secrets(folder: Path) -> list[str]:
    """Make what is missing in `folder` for the first time; give the names of what was made.

    Raises `CannotRun` when something that was made before is not there any more.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = _made_before(folder)
    lost = sorted(name for name in before if not (folder / name).is_file())
    if lost:
        raise CannotRun(
            f"{', '.join(lost)} in {folder} was made before and is gone. Put the copy that was "
            "kept elsewhere there; a new one would open nothing of what is kept."
        )
    made = []
    for group in _groups():
        new = {name: file for name, file in group.items() if name not in before}
        # Files of one group hold the same password: all of them are made, or none.
        if new and len(new) != len(group):
            raise CannotRun(f"{', '.join(new)} belongs to files of {folder} that were made before.")
        for name, file in new.items():
            _write(folder / name, file)
        made += list(new)
    if made:
        replace(folder / LIST, json.dumps(sorted({*before, *made}), indent=1).encode() + b"\n")
    return made


def hand_over(folder: Path) -> None:
    """Make `folder` and give it to the user that Ballast runs as, where this process may."""
    folder.mkdir(parents=True, exist_ok=True)
    _give(folder, BALLAST_USER)


def _groups() -> Iterable[Mapping[str, _File]]:
    key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    yield {"house/master.key": _File(BALLAST_USER, key + "\n")}
    yield {"house/rasa.secret": _File(BALLAST_USER, secrets.token_urlsafe(32) + "\n")}
    password = secrets.token_urlsafe(32)
    yield {
        "house/pgpass": _File(BALLAST_USER, _POSTGRESQL.format(password)),
        "postgres/password": _File(SERVER_USER, password + "\n"),
    }
    password = secrets.token_urlsafe(32)
    shown = hashlib.sha256(password.encode()).hexdigest()
    yield {
        "house/redis.password": _File(BALLAST_USER, password + "\n"),
        "redis/users.acl": _File(SERVER_USER, REDIS_RIGHTS.format(shown)),
    }


def _made_before(folder: Path) -> frozenset[str]:
    try:
        return frozenset(json.loads((folder / LIST).read_text(encoding="ascii")))
    except FileNotFoundError:
        return frozenset()
    except (ValueError, TypeError):
        raise CannotRun(f"{folder / LIST} cannot be read. Nothing was made.") from None


def _write(file: Path, secret: _File) -> None:
    # The folder can be looked into, so that a root without further rights can see what is there.
    file.parent.mkdir(mode=0o755, exist_ok=True)
    file.unlink(missing_ok=True)  # of a first run that was cut off: nobody has used it yet
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o400)
    with os.fdopen(descriptor, "w", encoding="ascii") as made:
        made.write(secret.content)
        made.flush()
        os.fsync(made.fileno())
    _give(file, secret.reader)


def _give(path: Path, user: int) -> None:
    # Whoever is not root makes files for themselves and runs all of it as themselves.
    if os.geteuid() == 0:
        os.chown(path, user, user)
