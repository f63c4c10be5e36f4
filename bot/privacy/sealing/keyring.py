"""The folder of keys: one for each reflection, and one for the installation.

Keys lie in files and never in the database, so a copy of the database holds none, and a
reflection whose file is destroyed stays unreadable in every copy that was ever made.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import weakref
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

from bot.privacy.sealing import files
from bot.privacy.sealing.envelope import KEY_BYTES, Place, open_sealed, seal
from bot.privacy.sealing.master_key import MasterKey, sub_key
from bot.privacy.sealing.problems import KeyGone, KeysInUse, KeysMissing, RotationUnfinished
from bot.privacy.sealing.wrapping import WRAPPED_BYTES, read_wrapped, unwrap, wrap

# Wraps nothing: purposes that outlive every reflection (`sub_key`) come from it, and since it is
# wrapped as the others are, it tells a wrong master key at the start.
INSTALLATION = "installation"
# Lies in the folder while the master key is being changed: the installation's key, newly wrapped.
ROTATING = "rotating"
_IN_USE = "in-use"
_SUFFIX = ".key"
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_MOST_IN_MEMORY = 256


def key_file(folder: Path, name: str) -> Path:
    """Give the file of a key. Raises `ValueError` for a name that could lead elsewhere."""
    if not _ID.fullmatch(name):
        raise ValueError("This is no reflection's id.")
    return folder / f"{name}{_SUFFIX}"


def key_names(folder: Path) -> list[str]:
    """Give the ids of all reflections that have a key in `folder`."""
    names = (file.stem for file in folder.glob(f"*{_SUFFIX}"))
    return sorted(name for name in names if name not in (INSTALLATION, ROTATING))


def lock(folder: Path, *, alone: bool) -> int:
    """Note that this process uses the folder; give what to close at the end.

    Raises `KeysInUse` when somebody else is there and either wants to be `alone`.
    """
    descriptor = os.open(folder / _IN_USE, os.O_RDWR | os.O_CREAT, mode=0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise KeysInUse(
            "The keys are in use. Stop Ballast before the master key is changed, and wait for "
            "the change to end before Ballast is started."
        ) from None
    return descriptor


class Keyring:
    """Opens and seals with the keys of one folder. Safe in threads."""

    def __init__(self, folder: Path, master: MasterKey, *, may_make: bool = False) -> None:
        """Check that `master` fits the folder; `may_make` allows a folder without keys.

        Raises `MasterKeyWrong`, `KeysMissing`, `RotationUnfinished` or `KeysInUse`.
        """
        if may_make:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not folder.is_dir():
            raise _missing(folder)
        self._folder, self._master = folder, master
        self._close = weakref.finalize(self, os.close, lock(folder, alone=False))
        if key_file(folder, ROTATING).exists():
            raise RotationUnfinished(
                "A change of the master key was begun and not finished. Run `ballast keys rotate` "
                "again with the same two keys."
            )
        # The last keys used, opened. Only what is still in the folder counts: another process
        # may have destroyed a key.
        self._opened: OrderedDict[str, tuple[bytes, str]] = OrderedDict()
        self._guard = Lock()
        try:
            self._root = self._read(INSTALLATION)
        except KeyGone:
            if not may_make or key_names(folder):
                raise _missing(folder) from None
            # Not `create`: a crash must not leave a part of this one.
            made = wrap(secrets.token_bytes(KEY_BYTES), INSTALLATION, master)
            files.replace(key_file(folder, INSTALLATION), made)
            self._root = self._read(INSTALLATION)

    def close(self) -> None:
        """Let go of the folder."""
        self._opened.clear()
        self._close()

    def sub_key(self, label: str) -> bytes:
        """Give the installation's key for one purpose; it stays when the master key changes."""
        return sub_key(self._root, label)

    def create(self, reflection_id: str) -> None:
        """Make a reflection's key; on the disk when this returns. Raises `FileExistsError`."""
        wrapped = wrap(secrets.token_bytes(KEY_BYTES), reflection_id, self._master)
        files.write_new(key_file(self._folder, reflection_id), wrapped)

    def ensure(self, reflection_id: str) -> None:
        """Make a reflection's key unless it is there.

        A cut file was left by a crash in `create`, before anything was sealed with it. Only for
        reflections of which nothing is sealed yet.
        """
        file = key_file(self._folder, reflection_id)
        if file.exists() and file.stat().st_size < WRAPPED_BYTES:
            file.unlink()
        if not file.exists():
            self.create(reflection_id)

    def seal(self, plain: bytes, place: Place) -> bytes:
        """Seal with the key of the reflection of `place`. Raises `KeyGone`."""
        return seal(self._key(place.reflection), plain, place)

    def open(self, sealed: bytes, place: Place) -> bytes:
        """Give what was sealed for `place`. Raises `KeyGone` or `SealBroken`."""
        return open_sealed(self._key(place.reflection), sealed, place)

    def destroy(self, reflection_id: str) -> None:
        """Make everything sealed for a reflection unreadable for good; again does nothing."""
        with self._guard:
            self._opened.pop(reflection_id, None)
            files.destroy(key_file(self._folder, reflection_id))

    def has(self, reflection_id: str) -> bool:
        """Say whether a reflection's key is there."""
        return key_file(self._folder, reflection_id).exists()

    def check(self) -> Iterator[tuple[str, bool]]:
        """Give each reflection that has a key, and whether the key opens."""
        for name in key_names(self._folder):
            try:
                self._read(name)
            except Exception:  # noqa: BLE001 - whatever is wrong with it, it does not open
                yield name, False
            else:
                yield name, True

    def _key(self, reflection_id: str) -> bytes:
        with self._guard:
            known = self._opened.get(reflection_id)
            # os.access on a string: `Path.exists` was half of what sealing cost.
            if known and os.access(known[1], os.F_OK):
                self._opened.move_to_end(reflection_id)
                return known[0]
            self._opened.pop(reflection_id, None)
            key = self._read(reflection_id)
            self._opened[reflection_id] = key, str(key_file(self._folder, reflection_id))
            if len(self._opened) > _MOST_IN_MEMORY:
                self._opened.popitem(last=False)
            return key

    def _read(self, name: str) -> bytes:
        return unwrap(read_wrapped(key_file(self._folder, name)), name, self._master)


def _missing(folder: Path) -> KeysMissing:
    return KeysMissing(
        f"The folder of keys, {folder}, is not complete: there are sealed words, and the key of "
        "the installation is not there. Put the folder back from its copy, or name it in "
        "BALLAST_KEYS."
    )
