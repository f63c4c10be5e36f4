"""Set up who measures: as the settings say, and nobody as a rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.telemetry.watch import Watch

if TYPE_CHECKING:
    from bot.telemetry.metrics import Metrics


@dataclass(frozen=True)
class Telling:
    """Where the parts tell of their work, and who listens there."""

    watch: Watch
    metrics: Metrics | None = None


def listen(*, with_metrics: bool) -> Telling:
    """Set up who measures."""
    if not with_metrics:
        return Telling(Watch())
    # Only here: what is off costs no memory.
    from bot.telemetry.metrics import Metrics  # noqa: PLC0415

    metrics = Metrics()
    return Telling(Watch(metrics), metrics)
