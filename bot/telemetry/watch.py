"""Where the parts tell of their work. Nobody listens unless metrics or traces are on.

What can be told has no room for words: a kind of work, an outcome, a route's pattern, a number,
and the id of a turn, which the log holds as well.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Work(StrEnum):
    """What takes time."""

    REQUEST = "request"
    KEEP = "keep"
    ANSWER = "answer"
    ASK = "ask_rasa"
    COMMIT = "commit"
    ACTION = "action"


class Outcome(StrEnum):
    """How a piece of work ended."""

    DONE = "done"
    # Not a fault: a message too long, a turn that somebody else answered.
    REFUSED = "refused"
    # Rasa was not reached, or had no whole answer.
    DOWN = "down"
    STUMBLED = "stumbled"
    FAILED = "failed"


class Counted(StrEnum):
    """What is counted."""

    TURNS_KEPT = "turns_kept"
    MASKS = "masks"
    TURNS_FAILED = "turns_failed"
    DATABASE_ERRORS = "database_errors"


@dataclass(slots=True)
class Piece:
    """One piece of work while it goes on. Whoever does it says how it ended."""

    work: Work
    # For requests: the pattern of the route, never an address; the method and the status.
    route: str = ""
    method: str = ""
    status: int = 0
    # A socket: it lasts for hours, and how long tells nothing.
    is_long: bool = False
    # For an action: its name in the domain.
    action: str = ""
    turn: str | None = None
    outcome: Outcome = Outcome.DONE
    # Nobody is told of it, nor of anything that was done in it.
    is_untold: bool = False
    # What a listener notes with it.
    noted: object = None
    began_ns: int = 0
    ended_ns: int = 0

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.ended_ns - self.began_ns) / 1e9


class Listener(Protocol):
    """Who measures."""

    def during(self, piece: Piece) -> AbstractContextManager[object]:
        """Note that `piece` goes on while the block runs; whether it is told is not known yet."""
        ...

    def told(self, piece: Piece) -> None:
        """Take a piece of work that is over."""
        ...

    def count(self, what: Counted, by: int) -> None:
        """Count."""
        ...

    def answered_after(self, seconds: float) -> None:
        """Note how long a turn waited from being kept to its answer."""
        ...


_OF_A_TURN = frozenset({Work.KEEP, Work.ANSWER})


@dataclass(slots=True)
class _Held:
    """What was done within a piece of which it is not known yet whether it is told."""

    pieces: list[Piece]
    # A task that was begun within it may go on after it, and still sees it.
    is_open: bool = True


_held: ContextVar[_Held | None] = ContextVar("held", default=None)


class Watch:
    """Hands on what it is told to those who measure."""

    def __init__(self, *listeners: Listener) -> None:
        """Take who measures; nobody, as a rule."""
        self._listeners = listeners

    def __bool__(self) -> bool:
        """Whether anybody measures."""
        return bool(self._listeners)

    @contextmanager
    def during(self, piece: Piece) -> Iterator[Piece]:
        """Measure `piece` while the block runs; what is raised in it is a failure."""
        if not self._listeners:
            yield piece
            return
        outer = _held.get()
        if outer is not None and not outer.is_open:
            outer = None
        inner = _Held([])
        # What is done for a turn is held back until it is known whether the turn is told.
        token = _held.set(inner if piece.work in _OF_A_TURN else outer)
        piece.began_ns = time.time_ns()
        try:
            with ExitStack() as stack:
                for listener in self._listeners:
                    stack.enter_context(listener.during(piece))
                yield piece
        except BaseException:
            if piece.outcome is Outcome.DONE and not piece.status:
                piece.outcome = Outcome.FAILED
            raise
        finally:
            piece.ended_ns = time.time_ns()
            _held.reset(token)
            inner.is_open = False
            # Commits elsewhere, as of a look at a sign-in, would show what is untold after all.
            is_apart = piece.work is Work.COMMIT and outer is None
            if not piece.is_untold and not is_apart:
                self._hand_on([*inner.pieces, piece], outer)

    def _hand_on(self, pieces: list[Piece], outer: _Held | None) -> None:
        if outer is not None:
            outer.pieces.extend(pieces)
            return
        for piece in pieces:
            for listener in self._listeners:
                listener.told(piece)

    def count(self, what: Counted, by: int = 1) -> None:
        """Count."""
        for listener in self._listeners:
            listener.count(what, by)

    def answered_after(self, seconds: float) -> None:
        """Note how long a turn waited from being kept to its answer."""
        for listener in self._listeners:
            listener.answered_after(seconds)
