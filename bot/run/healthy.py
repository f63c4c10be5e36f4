"""Ask a process on this machine whether it is well: `python -m bot.run.healthy gateway`.

The health check of a container: it runs twice a minute beside what it asks, so it imports nothing
that takes time, the settings neither. Without a shell and without curl.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from bot.run.problems import CannotRun

_SECONDS = 5.0


def check_gateway(port: str = "8600") -> None:
    """Refuse a gateway that does not answer or has no database.

    One without Rasa is well: it keeps what is written and answers when Rasa is back.
    """
    _, body = _ask("The gateway", port, "/healthz")
    try:
        database = json.loads(body)["database"]
    except (ValueError, KeyError, TypeError):
        raise CannotRun("What answers on the gateway's port is no gateway.") from None
    if database != "up":
        raise CannotRun("The gateway is up, its database is not.")


def check_rasa(port: str = "8601") -> None:
    """Refuse a Rasa that does not answer or has loaded no model."""
    _expect_well("Rasa", port, "/webhooks/ballast/")


def check_actions(port: str = "8602") -> None:
    """Refuse an action server that does not answer."""
    _expect_well("The action server", port, "/health")


def check_backups(folder: str, hours: str = "24") -> None:
    """Refuse a folder of backups whose newest is older than twice `hours`."""
    oldest = 2 * float(hours)
    newest = max((made.stat().st_mtime for made in Path(folder).glob("*/manifest.json")), default=0)
    if time.time() - newest > oldest * 3600:
        raise CannotRun(f"There is no backup of the last {oldest:g} hours in {folder}.")


CHECKS: dict[str, Callable[..., None]] = {
    "gateway": check_gateway,
    "rasa": check_rasa,
    "actions": check_actions,
    "backups": check_backups,
}


def _expect_well(what: str, port: str, path: str) -> None:
    status, _ = _ask(what, port, path)
    if status != 200:
        raise CannotRun(f"{what} is not ready (status {status}).")


def _ask(what: str, port: str, path: str) -> tuple[int, bytes]:
    line = HTTPConnection("127.0.0.1", int(port), timeout=_SECONDS)
    try:
        line.request("GET", path)
        answer = line.getresponse()
        return answer.status, answer.read()
    except (OSError, HTTPException):
        raise CannotRun(f"{what} does not answer on port {port}.") from None
    finally:
        line.close()


def main(arguments: Sequence[str]) -> int:
    """Check the part that is named first, with what follows; give the exit status."""
    try:
        CHECKS[arguments[0]](*arguments[1:])
    except CannotRun as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    except (IndexError, KeyError, TypeError, ValueError):
        sys.stderr.write("Say gateway, rasa or actions and a port, or backups, folder and hours.\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
