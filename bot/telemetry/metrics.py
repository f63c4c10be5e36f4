"""Every metric of the gateway on one page, for Prometheus.

No label can hold a word or an id: routes are patterns, all else is one of an enum. What is left
out, and why, stands in docs/operations/metrics.md: concerns above all.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from bot.telemetry.watch import Counted, Outcome, Piece, Work

# From what a commit takes to what nobody waits for.
_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_ANSWERS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)
_REQUESTS = (0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10, 30)

GAUGES = {
    "rasa_up": "Whether Rasa is there with a model loaded.",
    "actions_up": "Whether the action server answers.",
    "database_up": "Whether the database answers.",
    "learned_safety": "Whether danger is heard by the learned second layer too.",
    "sockets_open": "Open sockets of conversations.",
    "turns_waiting": "Kept turns that wait for their answer.",
    "turns_oldest_wait_seconds": "How long the oldest of them has waited.",
    "slack_posts_waiting": "Messages that are to be posted in the team's Slack.",
    "notifications_not_taken": "Notifications that wait for over an hour, or were given up within "
    "seven days.",
    "disk_free_bytes": "Free bytes on the disk of the data folder.",
    "disk_size_bytes": "Size of that disk.",
    "last_backup_timestamp_seconds": "When the last backup was made; 0 when never.",
    "last_keys_copy_timestamp_seconds": "When the keys were last copied; 0 when never.",
}


class Metrics:
    """Listens to the work, and writes what it heard in Prometheus's own format."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = Counter(
            "ballast_requests",
            "Requests answered; a socket counts when it ends.",
            ("route", "method", "status"),
            registry=registry,
        )
        self._request_seconds = Histogram(
            "ballast_request_seconds",
            "How long requests took, sockets left out.",
            ("route",),
            buckets=_REQUESTS,
            registry=registry,
        )
        self._kept = Histogram(
            "ballast_keep_seconds",
            "From a message's arrival to its being on the disk.",
            ("outcome",),
            buckets=_QUICK,
            registry=registry,
        )
        self._asked = Histogram(
            "ballast_rasa_seconds",
            "How long Rasa took for a turn.",
            ("outcome",),
            buckets=_ANSWERS,
            registry=registry,
        )
        self._committed = Histogram(
            "ballast_commit_seconds",
            "How long the database took to write and commit, for turns and their answers.",
            ("outcome",),
            buckets=_QUICK,
            registry=registry,
        )
        self._answered = Histogram(
            "ballast_answer_seconds",
            "From a turn's being kept to its answer.",
            buckets=_ANSWERS,
            registry=registry,
        )
        self._counters = {
            Counted.TURNS_KEPT: Counter("ballast_turns_kept", "Messages kept.", registry=registry),
            Counted.MASKS: Counter(
                "ballast_masks", "Identifiers masked, of all kinds together.", registry=registry
            ),
            Counted.TURNS_FAILED: Counter(
                "ballast_turns_failed", "Turns given up after three tries.", registry=registry
            ),
            Counted.DATABASE_ERRORS: Counter(
                "ballast_database_errors", "Errors of the database.", registry=registry
            ),
        }
        self._gauges = {
            name: Gauge(f"ballast_{name}", told, registry=registry) for name, told in GAUGES.items()
        }
        self._begin_at_zero()

    def _begin_at_zero(self) -> None:
        """Show what has not happened yet as 0: an alert on an absent series never fires."""
        for histogram, outcomes in (
            (self._kept, (Outcome.DONE, Outcome.REFUSED, Outcome.FAILED)),
            (self._asked, (Outcome.DONE, Outcome.DOWN, Outcome.STUMBLED)),
            (self._committed, (Outcome.DONE, Outcome.FAILED)),
        ):
            for outcome in outcomes:
                histogram.labels(outcome.value)

    def during(self, piece: Piece) -> AbstractContextManager[None]:
        """Do nothing: only what is over is measured."""
        return nullcontext()

    def told(self, piece: Piece) -> None:
        """Measure a piece of work that is over."""
        outcome, seconds = piece.outcome.value, piece.seconds
        match piece.work:
            case Work.REQUEST:
                self._requests.labels(piece.route, piece.method, str(piece.status)).inc()
                if not piece.is_long:
                    self._request_seconds.labels(piece.route).observe(seconds)
            case Work.KEEP:
                self._kept.labels(outcome).observe(seconds)
            case Work.ASK:
                self._asked.labels(outcome).observe(seconds)
            case Work.COMMIT:
                self._committed.labels(outcome).observe(seconds)

    def count(self, what: Counted, by: int) -> None:
        """Count."""
        self._counters[what].inc(by)

    def answered_after(self, seconds: float) -> None:
        """Note how long a turn waited from being kept to its answer."""
        self._answered.observe(max(seconds, 0.0))

    def exposed(self, now: Mapping[str, float]) -> bytes:
        """Give everything in Prometheus's format; `now` are the gauges that could be read.

        One that could not be read is shown as no number rather than as what it was before.
        """
        for name, gauge in self._gauges.items():
            gauge.set(now.get(name, float("nan")))
        return generate_latest(self._registry)
