"""Set up who measures: as the settings say, and nobody as a rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.telemetry.watch import Listener, Watch

if TYPE_CHECKING:
    from bot.telemetry.metrics import Metrics


class NoTraces(Exception):
    """Traces are asked for, and what makes them is not installed; the message is a sentence."""


@dataclass(frozen=True)
class Telling:
    """Where the parts tell of their work, and who listens there."""

    watch: Watch
    metrics: Metrics | None = None
    # Gives the headers by which another process knows within which span it is asked.
    headers: Callable[[], dict[str, str]] | None = None
    # Sends what is left.
    close: Callable[[], None] = lambda: None


def listen(*, with_metrics: bool, endpoint: str | None, service: str) -> Telling:
    """Set up who measures. What is off is not imported, and costs no memory.

    Raises `NoTraces`.
    """
    listeners: list[Listener] = []
    metrics, headers, close = None, None, Telling.close
    if with_metrics:
        from bot.telemetry.metrics import Metrics  # noqa: PLC0415

        metrics = Metrics()
        listeners.append(metrics)
    if endpoint:
        try:
            from bot.telemetry.traces import Traces, headers_of_now  # noqa: PLC0415
        except ImportError:
            raise NoTraces(
                "BALLAST_OTLP_ENDPOINT is set, and what sends traces is not installed: run "
                "`uv sync --extra traces` or `pip install ballast[traces]`, or unset it."
            ) from None
        traces = Traces(endpoint, service)
        listeners.append(traces)
        headers, close = headers_of_now, traces.close
    return Telling(Watch(*listeners), metrics, headers, close)
