"""The envelope of sealed bytes: a version, a nonce, and AES-256-GCM over the place they belong to.

A copy of a row's bytes in another row, column, table or reflection does not open.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.privacy.sealing.problems import SealBroken

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
_VERSION = b"\x01"


@dataclass(frozen=True)
class Place:
    """Where sealed bytes belong."""

    table: str
    column: str
    row: str
    reflection: str

    def as_bytes(self) -> bytes:
        """Give the place as associated data; no two places give the same."""
        parts = (self.table, self.column, self.row, self.reflection)
        if any("|" in part or not part for part in parts):
            raise ValueError("A place has four names without a bar in them.")
        return "|".join(parts).encode()


def seal(key: bytes, plain: bytes, place: Place) -> bytes:
    """Give `plain` as it may lie on a disk."""
    # Random nonces are safe far beyond what one reflection, which has a key of its own, holds.
    nonce = os.urandom(NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, plain, place.as_bytes())


def open_sealed(key: bytes, sealed: bytes, place: Place) -> bytes:
    """Give back what was sealed with `key` for `place`. Raises `SealBroken`."""
    body = len(_VERSION) + NONCE_BYTES
    if sealed[: len(_VERSION)] != _VERSION or len(sealed) < body + TAG_BYTES:
        raise SealBroken
    nonce = sealed[len(_VERSION) : body]
    try:
        return AESGCM(key).decrypt(nonce, sealed[body:], place.as_bytes())
    except InvalidTag:
        raise SealBroken from None
