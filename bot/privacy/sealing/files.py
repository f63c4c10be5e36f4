"""Small files that are on the disk when a function returns, or gone from it."""

from __future__ import annotations

import os
from pathlib import Path


def write_new(file: Path, content: bytes) -> None:
    """Write a file that must not be there yet, for its owner only. Raises `FileExistsError`."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600)
    with os.fdopen(descriptor, "wb") as made:
        made.write(content)
        made.flush()
        os.fsync(made.fileno())
    _sync_folder(file.parent)


def replace(file: Path, content: bytes) -> None:
    """Write a file anew: who reads it finds the old content or the new, never a part."""
    beside = file.with_name(f"{file.name}.new")
    beside.unlink(missing_ok=True)  # left by a crash
    write_new(beside, content)
    beside.rename(file)
    _sync_folder(file.parent)


def move(file: Path, to: Path) -> None:
    """Rename a file over another one."""
    file.rename(to)
    _sync_folder(to.parent)


def destroy(file: Path) -> None:
    """Overwrite a file with zeros and delete it; does nothing where there is none.

    A disk that writes elsewhere than it is told (SSDs, snapshots) may keep the old bytes: they
    are a key wrapped by the master key, useless without that.
    """
    try:
        with file.open("r+b") as doomed:
            doomed.write(bytes(file.stat().st_size))
            doomed.flush()
            os.fsync(doomed.fileno())
    except FileNotFoundError:
        return
    file.unlink(missing_ok=True)
    _sync_folder(file.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
