"""No process of the house leaves its memory on the disk when it crashes: words are in it."""

from __future__ import annotations

import resource
from contextlib import suppress
from pathlib import Path


def leave_no_dumps() -> None:
    """Ask the system for no memory dump of this process and of those it starts."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The limit does not hold where dumps are handed to a program, as systemd does it. What
    # goes into a dump is inherited as well, and can be nothing. Linux only.
    with suppress(OSError):
        Path("/proc/self/coredump_filter").write_text("0", encoding="ascii")
