"""How many of something there may be at the same time, in all and of one kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class AtOnce:
    """Counts places that are taken now; nothing waits here, it is taken or refused."""

    def __init__(self, in_all: int, of_one: int) -> None:
        """Allow `in_all` together and `of_one` for each key."""
        self._in_all = in_all
        self._of_one = of_one
        # Holds only keys with a place taken, so it is bounded by `in_all`.
        self._taken: Counter[str] = Counter()

    @contextmanager
    def place(self, key: str = "") -> Iterator[bool]:
        """Take a place while the block runs; False when there is none."""
        if self._taken.total() >= self._in_all or self._taken[key] >= self._of_one:
            yield False
            return
        self._taken[key] += 1
        try:
            yield True
        finally:
            self._taken[key] -= 1
            if not self._taken[key]:
                del self._taken[key]
