"""Spans of the work, for a collector that takes OTLP over HTTP. No words, no addresses, no SQL.

A turn's spans have the turn's own id, which the log has as well, for the id of their trace: so the
action server's spans are found beside the gateway's, though Rasa between them hands nothing on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import Span, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from bot.telemetry.watch import Counted, Outcome, Piece, Work

_EXPORT_SECONDS = 5
# A trace of its own, with the turn's id, whatever was going on when it began.
_OF_A_TURN = frozenset({Work.ANSWER, Work.ACTION})
_FAULTS = frozenset({Outcome.FAILED, Outcome.DOWN, Outcome.STUMBLED})

_wanted: ContextVar[int | None] = ContextVar("wanted trace id", default=None)


class _TurnIds(RandomIdGenerator):
    """Gives a turn's trace the turn's id."""

    def generate_trace_id(self) -> int:
        """Give the id that is wanted, or one by chance."""
        return _wanted.get() or super().generate_trace_id()


class Traces:
    """Listens to the work, and sends what is over to a collector, from a thread of its own."""

    def __init__(self, endpoint: str, service: str) -> None:
        """Take the collector's address (`.../v1/traces`) and what this process is called."""
        self._provider = TracerProvider(
            # Nothing of this machine, nor of its environment, is looked up.
            resource=Resource({SERVICE_NAME: service}),
            id_generator=_TurnIds(),
            sampler=ALWAYS_ON,
            shutdown_on_exit=False,
        )
        exporter = OTLPSpanExporter(endpoint=endpoint, timeout=_EXPORT_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("ballast")

    @contextmanager
    def during(self, piece: Piece) -> Iterator[None]:
        """Begin a span and be within it while the block runs."""
        if piece.is_long:
            yield
            return
        is_root = piece.work in _OF_A_TURN
        token = _wanted.set(_trace_of(piece.turn) if is_root else None)
        try:
            span = self._tracer.start_span(
                piece.work.value,
                context=Context() if is_root else None,
                kind=SpanKind.CLIENT if piece.work is Work.ASK else SpanKind.INTERNAL,
                start_time=piece.began_ns,
            )
        finally:
            _wanted.reset(token)
        # Ended only when it is known that it is told: what never ends is never sent.
        piece.noted = span
        # What is raised is not noted: its text may be anybody's words.
        with trace.use_span(span, record_exception=False, set_status_on_exception=False):
            yield

    def told(self, piece: Piece) -> None:
        """Send the span of a piece of work that is over."""
        span = piece.noted
        if not isinstance(span, Span):
            return
        told: Mapping[str, str | int] = {
            "http.route": piece.route,
            "http.request.method": piece.method,
            "http.response.status_code": piece.status,
            "ballast.action": piece.action,
            "ballast.turn": piece.turn or "",
            "ballast.outcome": piece.outcome.value,
        }
        span.set_attributes({name: value for name, value in told.items() if value})
        if piece.outcome in _FAULTS:
            span.set_status(StatusCode.ERROR)
        span.end(end_time=piece.ended_ns)

    def count(self, what: Counted, by: int) -> None:
        """Do nothing: counts are for metrics."""

    def answered_after(self, seconds: float) -> None:
        """Do nothing, likewise."""

    def close(self) -> None:
        """Send what is left, for some seconds at most."""
        self._provider.shutdown()


def headers_of_now() -> dict[str, str]:
    """Give the W3C header that tells another process within which span it is asked."""
    carried: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carried)
    return carried


def _trace_of(turn: str | None) -> int | None:
    try:
        return int(turn or "", 16) or None
    except ValueError:
        return None
