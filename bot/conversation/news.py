"""Tell open pages what changed in a reflection. Nothing here is kept: the journal is."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# A page that does not keep up is dropped; it catches up from the journal when it is back.
MOST_WAITING = 200


class News:
    """Who listens to which reflection, in this process."""

    def __init__(self) -> None:
        """Begin with nobody listening."""
        self._listeners: dict[str, set[asyncio.Queue[dict[str, Any]]]] = defaultdict(set)

    @contextmanager
    def listen(self, reflection_id: str) -> Iterator[asyncio.Queue[dict[str, Any]]]:
        """Give a queue of what is told about a reflection while the block runs."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(MOST_WAITING)
        self._listeners[reflection_id].add(queue)
        try:
            yield queue
        finally:
            self._listeners[reflection_id].discard(queue)
            if not self._listeners[reflection_id]:
                del self._listeners[reflection_id]

    def tell(self, reflection_id: str, event: dict[str, Any]) -> None:
        """Tell everybody who listens to a reflection."""
        for queue in list(self._listeners.get(reflection_id, ())):
            if queue.full():
                self._listeners[reflection_id].discard(queue)
            else:
                queue.put_nowait(event)
