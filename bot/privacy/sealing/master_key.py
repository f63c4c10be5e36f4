"""The master key: from the environment or a file, made at the very first start and never again.

It seals no words. It wraps the keys that do, so that it can be changed without touching a row.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.privacy.sealing.envelope import KEY_BYTES
from bot.privacy.sealing.files import write_new
from bot.privacy.sealing.problems import MasterKeyMalformed, MasterKeyMissing

_NAME_BYTES = 8


def sub_key(key: bytes, label: str) -> bytes:
    """Give the key for one purpose, `label`, that comes from `key` (HKDF, SHA-256)."""
    info = f"ballast {label}".encode()
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=info).derive(key)


@dataclass(frozen=True)
class MasterKey:
    """256 random bits that are kept apart from the database and from its backups."""

    value: bytes = field(repr=False)

    @property
    def wrapping(self) -> bytes:
        """The key that wraps other keys."""
        return sub_key(self.value, "wrapping of keys")

    @property
    def name(self) -> bytes:
        """What tells this key from another and says nothing of its value."""
        return sub_key(self.value, "name of the master key")[:_NAME_BYTES]


def load_master_key(value: str | None, file: Path) -> MasterKey:
    """Give the master key: `value` where there is one, else what `file` holds, in base64.

    Raises `MasterKeyMissing` or `MasterKeyMalformed`.
    """
    if value:
        return _read(value, "BALLAST_MASTER_KEY")
    try:
        return _read(file.read_text(encoding="ascii"), str(file))
    except FileNotFoundError:
        raise MasterKeyMissing(
            f"There is no master key: neither BALLAST_MASTER_KEY nor the file {file}. Without it "
            "nothing that was written can be read. Put the copy that was kept elsewhere there; "
            "`make run` makes a new one only where nothing was kept yet."
        ) from None
    except UnicodeDecodeError:
        raise _malformed(str(file)) from None


def make_master_key(file: Path) -> MasterKey:
    """Make a master key and write it into `file`, which only its owner can read.

    Raises `FileExistsError` rather than write over a key.
    """
    key = MasterKey(secrets.token_bytes(KEY_BYTES))
    file.parent.mkdir(parents=True, exist_ok=True)
    write_new(file, base64.b64encode(key.value) + b"\n")
    return key


def _read(text: str, where: str) -> MasterKey:
    try:
        value = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise _malformed(where) from None
    if len(value) != KEY_BYTES:
        raise _malformed(where)
    return MasterKey(value)


def _malformed(where: str) -> MasterKeyMalformed:
    return MasterKeyMalformed(
        f"{where} holds no master key: it has to be {KEY_BYTES} bytes in base64, as "
        f"`openssl rand -base64 {KEY_BYTES}` makes them."
    )
