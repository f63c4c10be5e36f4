"""What goes wrong between Slack and the app: planned one by one, or by chance with a seed."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """One thing that goes wrong, on the way to the app or at a call of the app's."""

    # Something that is sent to the app.
    DUPLICATE = "sent twice"
    DELAY = "comes late, and again"
    REORDER = "comes after the next one"
    DISCONNECT = "the line is closed as it comes"
    DEAF = "the line goes deaf as it comes"
    # A call of the app's.
    RATE_LIMITED = "429"
    ERROR_BEFORE = "500, nothing done"
    ERROR_AFTER = "500, yet done"
    CUT_BEFORE = "cut off, nothing done"
    CUT_AFTER = "cut off, yet done"
    NO_ANSWER = "done, and never answered"


ON_THE_WAY = (Fault.DUPLICATE, Fault.DELAY, Fault.REORDER, Fault.DISCONNECT, Fault.DEAF)
AT_A_CALL = tuple(fault for fault in Fault if fault not in ON_THE_WAY)


@dataclass
class Faults:
    """Faults to come. Each that is planned is used once; `chances` holds for everything."""

    seed: int = 0
    chances: dict[Fault, float] = field(default_factory=dict)
    # What was done, as (fault, what it was done to).
    made: list[tuple[Fault, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._on_the_way: deque[Fault] = deque()
        self._at_calls: dict[str, deque[Fault]] = {}

    def at_next_delivery(self, *faults: Fault) -> None:
        """Spoil whatever is sent to the app next; one fault a thing that is sent."""
        assert set(faults) <= set(ON_THE_WAY)
        self._on_the_way.extend(faults)

    def at_next_call(self, method: str, *faults: Fault) -> None:
        """Spoil the next calls of a method, one fault a call."""
        assert set(faults) <= set(AT_A_CALL)
        self._at_calls.setdefault(method, deque()).extend(faults)

    @property
    def waiting(self) -> int:
        """Count what is planned and has not come about."""
        return len(self._on_the_way) + sum(len(calls) for calls in self._at_calls.values())

    def clear(self) -> None:
        """Plan nothing more."""
        self._on_the_way.clear()
        self._at_calls.clear()
        self.chances = {}

    def for_delivery(self, what: str) -> Fault | None:
        planned = self._on_the_way.popleft() if self._on_the_way else None
        return self._made(planned or self._by_chance(ON_THE_WAY), what)

    def for_call(self, method: str) -> Fault | None:
        planned = self._at_calls.get(method)
        found = planned.popleft() if planned else None
        if found is None and method.startswith("chat."):
            found = self._by_chance(AT_A_CALL)
        return self._made(found, method)

    def _by_chance(self, among: tuple[Fault, ...]) -> Fault | None:
        for fault in among:
            if self._random.random() < self.chances.get(fault, 0.0):
                return fault
        return None

    def _made(self, fault: Fault | None, what: str) -> Fault | None:
        if fault is not None:
            self.made.append((fault, what))
        return fault
