"""Ask a process on this machine whether it is well: the health check of a container."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from bot.run.problems import CannotRun
from bot.settings import Settings

_SECONDS = 5.0


def check_gateway(settings: Settings) -> None:
    """Refuse a gateway that does not answer or has no database.

    One without Rasa is well: it keeps what is written and answers when Rasa is back.
    """
    _, body = _ask("The gateway", settings.port, "/healthz")
    try:
        database = json.loads(body)["database"]
    except (ValueError, KeyError, TypeError):
        raise CannotRun("What answers on the gateway's port is no gateway.") from None
    if database != "up":
        raise CannotRun("The gateway is up, its database is not.")


def check_rasa(settings: Settings) -> None:
    """Refuse a Rasa that does not answer or has loaded no model."""
    _expect_well("Rasa", settings.rasa_port or settings.port + 1, "/webhooks/ballast/")


def check_actions(settings: Settings) -> None:
    """Refuse an action server that does not answer."""
    _expect_well("The action server", settings.actions_port or settings.port + 2, "/health")


def check_backups(folder: Path, hours: float) -> None:
    """Refuse a folder of backups whose newest is older than twice `hours`."""
    newest = max((made.stat().st_mtime for made in folder.glob("*/manifest.json")), default=0.0)
    age = datetime.now(UTC) - datetime.fromtimestamp(newest, UTC)
    if age > timedelta(hours=2 * hours):
        raise CannotRun(f"There is no backup of the last {2 * hours:g} hours in {folder}.")


def _expect_well(what: str, port: int, path: str) -> None:
    status, _ = _ask(what, port, path)
    if status != 200:
        raise CannotRun(f"{what} is not ready (status {status}).")


def _ask(what: str, port: int, path: str) -> tuple[int, bytes]:
    line = HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        line.request("GET", path)
        answer = line.getresponse()
        return answer.status, answer.read()
    except (OSError, HTTPException):
        raise CannotRun(f"{what} does not answer on port {port}.") from None
    finally:
        line.close()
