"""Who measures the action server's work: nobody, unless traces are on."""

from __future__ import annotations

import atexit
from functools import cache

from rasa_sdk import Tracker

from bot.settings import Settings
from bot.telemetry.start import listen
from bot.telemetry.watch import Watch


@cache
def watch() -> Watch:
    """Give where actions tell of their work, set up at the first of them."""
    endpoint = Settings().otlp_endpoint
    telling = listen(with_metrics=False, endpoint=endpoint, service="ballast-actions")
    atexit.register(telling.close)
    return telling.watch


def turn_of(tracker: Tracker) -> str | None:
    """Give the id of the turn that is being answered, which the gateway's channel hands on."""
    metadata = (tracker.latest_message or {}).get("metadata") or {}
    turn = metadata.get("turn")
    return turn if isinstance(turn, str) else None
