"""What a killed process leaves behind, without a process: the files as they lay at that moment."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path


async def leave_as_killed(var: Path, shut: Callable[[], Awaitable[None]]) -> None:
    """Shut a gateway down, and undo all that it did to its files while it was shut down."""
    left = var.with_name(f"{var.name}-left")
    _copy(var, left)
    await shut()
    shutil.rmtree(var)
    left.rename(var)


def _copy(var: Path, left: Path) -> None:
    # The write-ahead file first: were pages moved into the database in between, they would
    # be in both, which does no harm.
    left.mkdir()
    for file in sorted(var.rglob("*"), key=lambda f: not f.name.endswith("-wal")):
        if file.is_file():
            copy = left / file.relative_to(var)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
