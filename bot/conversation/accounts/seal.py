"""Sealing of what signing in has to read again: a second factor's secret, a half-done sign-in."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.conversation.desk import Desk

_NONCE_BYTES = 12


def _key(desk: Desk) -> AESGCM:
    # A key of its own, from the one that lies beside the database and not in it.
    derived = HKDF(SHA256(), length=32, salt=None, info=b"ballast sign-in")
    return AESGCM(derived.derive(desk.people_key))


def seal(desk: Desk, plain: bytes, *where: str) -> bytes:
    """Seal `plain` for the place `where` (table, column, row): it opens nowhere else."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _key(desk).encrypt(nonce, plain, "\0".join(where).encode())


def open_sealed(desk: Desk, sealed: bytes, *where: str) -> bytes | None:
    """Give what was sealed for this place, or None for anything else."""
    try:
        return _key(desk).decrypt(
            sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], "\0".join(where).encode()
        )
    except (InvalidTag, ValueError):
        return None
