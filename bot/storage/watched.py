"""Measure what the database does: how long commits take, and that it met an error. No statement."""

from __future__ import annotations

from contextlib import ExitStack

from sqlalchemy import ExceptionContext, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Session

from bot.storage.database import Sessions
from bot.telemetry.watch import Counted, Outcome, Piece, Watch, Work

_GOING_ON = "commit that is measured"


def watch_database(engine: AsyncEngine, sessions: Sessions, watch: Watch) -> None:
    """Tell `watch` of the commits of `sessions` and the errors of `engine`, from now on."""

    class WatchedSession(Session):
        """Sessions of this gateway and of no other in this process."""

    sessions.configure(sync_session_class=WatchedSession)

    def begin(session: Session) -> None:
        piece, stack = Piece(Work.COMMIT), ExitStack()
        stack.enter_context(watch.during(piece))
        session.info[_GOING_ON] = piece, stack

    def end(outcome: Outcome, session: Session) -> None:
        if found := session.info.pop(_GOING_ON, None):
            piece, stack = found
            piece.outcome = outcome
            stack.close()

    def failed(context: ExceptionContext) -> None:
        # Two messages that take the same number are tried again: that is no error of the database.
        if not isinstance(context.sqlalchemy_exception, IntegrityError):
            watch.count(Counted.DATABASE_ERRORS)

    event.listen(WatchedSession, "before_commit", begin)
    event.listen(WatchedSession, "after_commit", lambda session: end(Outcome.DONE, session))
    event.listen(WatchedSession, "after_rollback", lambda session: end(Outcome.FAILED, session))
    event.listen(engine.sync_engine, "handle_error", failed)
