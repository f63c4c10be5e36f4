"""Tell open pages what changed, in all copies of the gateway. Nothing is kept: the journal is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

# A page that does not keep up is dropped; it catches up from the journal when it is back.
MOST_WAITING = 200
CHANGED = {"type": "changed"}


class Listener(asyncio.Queue[dict[str, Any] | None]):
    """What one page has still to be told; None: look whether its line may stay open."""

    def __init__(self) -> None:
        """Begin with nothing, and room for `MOST_WAITING`."""
        super().__init__(MOST_WAITING)
        self.is_behind = False


class News:
    """Who listens to which reflection, or to all that concerns which account, in this process.

    As many as there are sockets, which are bounded where they are opened.
    """

    def __init__(self) -> None:
        """Begin with nobody listening."""
        self._listeners: dict[str, set[Listener]] = {}
        self._followers: list[Callable[[str, dict[str, Any]], None]] = []
        # Takes what the other copies want to hear, where there are others; must not wait.
        self.pass_on: Callable[[dict[str, Any]], None] = lambda told: None

    def follow(self, follower: Callable[[str, dict[str, Any]], None]) -> None:
        """Call `follower` with whatever is told of any reflection or account; it must not wait."""
        self._followers.append(follower)

    @contextmanager
    def listen(self, reflection_id: str) -> Iterator[Listener]:
        """Give a queue of what is told about a reflection, or an account, while the block runs.

        One that is behind has missed something and hears no more: its line is to be closed,
        so that the page opens another one.
        """
        listener = Listener()
        self._listeners.setdefault(reflection_id, set()).add(listener)
        try:
            yield listener
        finally:
            self._forget(reflection_id, listener)

    def tell(self, reflection_id: str, what: dict[str, Any]) -> None:
        """Tell everybody who listens to a reflection, in whichever copy of the gateway."""
        self.pass_on({"about": reflection_id, "what": what})
        self._tell_here(reflection_id, what)

    def hear(self, told: dict[str, Any]) -> None:
        """Take what another copy passed on."""
        if "about" in told:
            self._tell_here(told["about"], told["what"])
        else:
            self._look_around_here()

    def miss(self) -> None:
        """Have every page catch up from the journal: something may have been told in vain."""
        for about, many in list(self._listeners.items()):
            for listener in list(many):
                listener.is_behind = True
                if not listener.full():  # else it is about to look anyway
                    listener.put_nowait(None)
                self._forget(about, listener)

    def _tell_here(self, reflection_id: str, what: dict[str, Any]) -> None:
        for follower in self._followers:
            follower(reflection_id, what)
        for listener in list(self._listeners.get(reflection_id, ())):
            if listener.full():
                listener.is_behind = True
                self._forget(reflection_id, listener)
            else:
                listener.put_nowait(what)

    def tell_accounts(self, session: AsyncSession, *account_ids: str | None) -> None:
        """Tell the pages of these accounts that something changed, once it is on the disk."""

        def committed(_: Session) -> None:
            for account_id in {one for one in account_ids if one}:
                self.tell(account_id, CHANGED)

        event.listen(session.sync_session, "after_commit", committed, once=True)

    def look_around(self) -> None:
        """Let every line look whether it may stay open, after a sign-in has ended."""
        self.pass_on({"look": True})
        self._look_around_here()

    def _look_around_here(self) -> None:
        for listener in [one for many in self._listeners.values() for one in many]:
            if not listener.full():  # else it is about to look anyway
                listener.put_nowait(None)

    def _forget(self, reflection_id: str, listener: Listener) -> None:
        listeners = self._listeners.get(reflection_id, set())
        listeners.discard(listener)
        if not listeners:
            self._listeners.pop(reflection_id, None)
