"""Look before starting: Python, ports, room on the disk."""

from __future__ import annotations

import errno
import shutil
import socket
import sys
from pathlib import Path

from bot.run.problems import CannotRun

OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)
# A trained model, the logs and a year of reflections fit into this many times over.
LEAST_FREE_BYTES = 200 * 1024 * 1024


def check_python() -> None:
    """Refuse a Python that the environment was not tried on."""
    if not OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON:
        raise CannotRun(
            f"Ballast needs Python 3.11, 3.12 or 3.13; this is {sys.version_info[0]}."
            f"{sys.version_info[1]}."
        )


def check_port(host: str, port: int, what: str) -> None:
    """Refuse a port that somebody else listens on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            if fault.errno == errno.EADDRINUSE:
                raise CannotRun(
                    f"Port {port}, which {what} needs, is taken. Stop whatever uses it, or choose "
                    "another with `make run PORT=9000` (the next two ports are used as well)."
                ) from None
            raise CannotRun(f"{what} cannot listen on {host}:{port}: {fault.strerror}.") from None


def check_room(folder: Path) -> None:
    """Refuse a disk on which nothing could be kept."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".room"
        probe.write_bytes(b"0" * 4096)
        probe.unlink()
        free = shutil.disk_usage(folder).free
    except OSError as fault:
        raise CannotRun(f"Nothing can be written to {folder}: {fault.strerror}.") from None
    if free < LEAST_FREE_BYTES:
        raise CannotRun(
            f"The disk of {folder} has {free // 2**20} MB free; Ballast needs "
            f"{LEAST_FREE_BYTES // 2**20} MB so that nothing written here is lost."
        )
