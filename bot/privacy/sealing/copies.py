"""The copy of the keys folder: always one, so that an erased key does not live on in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.privacy.sealing import files
from bot.privacy.sealing.keyring import INSTALLATION, key_file, key_names
from bot.privacy.sealing.problems import KeyGone, KeyProblem
from bot.privacy.sealing.wrapping import read_wrapped


class NoCopyOfKeys(KeyProblem):
    """The folder is in use for something else."""


def copy_keys(folder: Path, to: Path) -> Iterator[tuple[int, int]]:
    """Make `to` hold exactly the keys of `folder`; gives (done, all) as it goes on.

    Whatever else of keys is in `to` is destroyed. Raises `NoCopyOfKeys` for a folder that holds
    other things.
    """
    _check(folder, to)
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = [INSTALLATION, *key_names(folder)]
    for done, name in enumerate(names, start=1):
        _copy(key_file(folder, name), key_file(to, name))
        yield done, len(names)
    # Last, and looked up anew: a key may have been destroyed while others were copied.
    for name in key_names(to):
        if not key_file(folder, name).exists():
            files.destroy(key_file(to, name))


def _copy(source: Path, target: Path) -> None:
    try:
        wrapped = read_wrapped(source)
    except KeyGone:
        return
    if not target.exists() or target.read_bytes() != wrapped:
        files.replace(target, wrapped)


def _check(folder: Path, to: Path) -> None:
    inside = to.resolve()
    if inside == folder.resolve() or folder.resolve() in inside.parents:
        raise NoCopyOfKeys(f"{to} is the folder of keys itself, or lies in it.")
    if to.is_dir() and any(to.iterdir()) and not key_file(to, INSTALLATION).exists():
        raise NoCopyOfKeys(f"{to} holds other things. The copy of the keys needs its own folder.")
