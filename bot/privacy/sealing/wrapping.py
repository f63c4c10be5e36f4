"""Keys as they lie in the folder: wrapped by the master key, one small file each."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.privacy.sealing.envelope import KEY_BYTES, NONCE_BYTES, TAG_BYTES
from bot.privacy.sealing.master_key import MasterKey
from bot.privacy.sealing.problems import KeyGone, MasterKeyWrong, SealBroken

_VERSION = b"\x01"
_NAME_BYTES = 8
_HEAD = len(_VERSION) + _NAME_BYTES
WRAPPED_BYTES = _HEAD + NONCE_BYTES + KEY_BYTES + TAG_BYTES


def wrap(key: bytes, name: str, master: MasterKey) -> bytes:
    """Give the content of the file that keeps `key`, which belongs to `name`."""
    nonce = os.urandom(NONCE_BYTES)
    return _VERSION + master.name + nonce + AESGCM(master.wrapping).encrypt(nonce, key, _aad(name))


def read_wrapped(file: Path) -> bytes:
    """Give a key file's content. Raises `KeyGone` for one that was destroyed."""
    try:
        wrapped = file.read_bytes()
    except FileNotFoundError:
        raise KeyGone(file.stem) from None
    # A crash between overwriting and deleting leaves zeros.
    if wrapped and not any(wrapped):
        raise KeyGone(file.stem)
    return wrapped


def is_wrapped_by(wrapped: bytes, master: MasterKey) -> bool:
    """Say whether `master` wrapped this key."""
    return wrapped[len(_VERSION) : _HEAD] == master.name


def unwrap(wrapped: bytes, name: str, master: MasterKey) -> bytes:
    """Give the key in `wrapped`. Raises `SealBroken`, or `MasterKeyWrong` for another's."""
    if len(wrapped) != WRAPPED_BYTES or wrapped[: len(_VERSION)] != _VERSION:
        raise SealBroken(name)
    if not is_wrapped_by(wrapped, master):
        raise MasterKeyWrong(
            "The master key is not the one that these keys were wrapped with. Put the right one "
            "into BALLAST_MASTER_KEY or the file that BALLAST_MASTER_KEY_FILE names."
        )
    nonce, body = wrapped[_HEAD : _HEAD + NONCE_BYTES], wrapped[_HEAD + NONCE_BYTES :]
    try:
        return AESGCM(master.wrapping).decrypt(nonce, body, _aad(name))
    except InvalidTag:
        raise SealBroken(name) from None


def _aad(name: str) -> bytes:
    return f"key|{name}".encode()
