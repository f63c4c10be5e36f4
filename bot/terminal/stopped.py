"""What is only done while Ballast is stopped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from bot.privacy.sealing.keyring import lock
from bot.privacy.sealing.problems import KeysInUse
from bot.run.problems import CannotRun
from bot.settings import Settings


@contextmanager
def while_stopped(settings: Settings, before: str) -> Iterator[None]:
    """Keep Ballast from starting meanwhile. Raises `CannotRun` while it runs.

    `before` is what it has to be stopped before, as the end of a sentence.
    """
    try:
        held = lock(settings.keys_folder, alone=True)
    except KeysInUse:
        raise CannotRun(f"Ballast is running. Stop it before {before}.") from None
    try:
        yield
    finally:
        os.close(held)
