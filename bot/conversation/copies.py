"""What the copies of a gateway agree on while they run: who does what just now.

What has to last is in the database, which also decides when two copies did the same after all; so
a copy that cannot ask the others goes on by itself.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Protocol


class Copies(Protocol):
    """The other copies of this gateway."""

    @property
    def are_there(self) -> bool:
        """Say whether there may be others, which can fall with something undone."""
        ...

    def hold(self, what: str) -> AbstractAsyncContextManager[None]:
        """Wait until no other copy is at `what`, and keep them off it while the block runs."""
        ...


class NoCopies:
    """Those of a gateway that is the only one."""

    are_there = False

    def hold(self, what: str) -> AbstractAsyncContextManager[None]:
        """Wait for nobody."""
        return nullcontext()
