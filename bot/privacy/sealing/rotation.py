"""Change the master key: wrap every key anew. No sealed word is touched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from bot.privacy.sealing import files
from bot.privacy.sealing.keyring import INSTALLATION, ROTATING, key_file, key_names, lock
from bot.privacy.sealing.master_key import MasterKey
from bot.privacy.sealing.problems import KeyGone, MasterKeyWrong
from bot.privacy.sealing.wrapping import is_wrapped_by, read_wrapped, unwrap, wrap


def rotate(folder: Path, old: MasterKey, new: MasterKey) -> Iterator[tuple[int, int]]:
    """Wrap all keys of `folder` with `new`; gives (done, all) as it goes on.

    Nothing may run meanwhile. Stopped at any point, the same call goes on where it was; until
    it has ended no Ballast starts on the folder. Raises `MasterKeyWrong`, `KeysInUse`.
    """
    held = lock(folder, alone=True)
    try:
        yield from _rotate(folder, old, new)
    finally:
        os.close(held)


def _rotate(folder: Path, old: MasterKey, new: MasterKey) -> Iterator[tuple[int, int]]:
    installation, rotating = key_file(folder, INSTALLATION), key_file(folder, ROTATING)
    wrapped = read_wrapped(installation)
    if is_wrapped_by(wrapped, new):
        return  # done before
    root = unwrap(wrapped, INSTALLATION, old)
    if not rotating.exists():
        files.replace(rotating, wrap(root, INSTALLATION, new))
    elif not is_wrapped_by(rotating.read_bytes(), new):
        raise MasterKeyWrong(
            "A change to another new master key was begun. Finish it with that key first."
        )
    names = key_names(folder)
    for done, name in enumerate(names, start=1):
        _wrap_anew(key_file(folder, name), name, old, new)
        yield done, len(names)
    # The last step: from here on the old master key opens nothing.
    files.move(rotating, installation)


def _wrap_anew(file: Path, name: str, old: MasterKey, new: MasterKey) -> None:
    try:
        wrapped = read_wrapped(file)
    except KeyGone:
        files.destroy(file)  # zeros that a crash left
        return
    if not is_wrapped_by(wrapped, new):
        files.replace(file, wrap(unwrap(wrapped, name, old), name, new))
