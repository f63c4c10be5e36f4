"""Connections to PostgreSQL: how many, what becomes of them, and what their errors say."""

from __future__ import annotations

from typing import Any

from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import URL, ExceptionContext, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

# Connections of one gateway, each a process on the server: so many stay open and so many more come
# in a rush. A server as installed takes 100, which is four gateways with their Rasas.
_POOL, _POOL_IN_A_RUSH = 10, 10
# Whoever waits for one longer than this is told that nothing was kept, and can send it again.
_POOL_WAIT_SECONDS = 10


def open_postgresql(address: URL) -> AsyncEngine:
    """Give an engine for an address of PostgreSQL that names driver and options."""
    engine = create_async_engine(
        address,
        # SQLAlchemy would otherwise put a row's text into its errors.
        hide_parameters=True,
        # A connection to a server may have been cut since it was last used; one to a file is not.
        pool_pre_ping=True,
        pool_size=_POOL,
        max_overflow=_POOL_IN_A_RUSH,
        pool_timeout=_POOL_WAIT_SECONDS,
    )
    event.listen(engine.sync_engine, "connect", _take_every_text)
    event.listen(engine.sync_engine, "handle_error", _say_no_rows)
    return engine


class _AnyText(StrDumperUnknown):
    """Text without the one character that PostgreSQL has none of: by it nothing is found."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))


def _take_every_text(connection: Any, _: Any) -> None:
    connection.driver_connection.adapters.register_dumper(str, _AnyText)


def _say_no_rows(fault: ExceptionContext) -> None:
    """Leave out of an error what PostgreSQL adds to it: the row that it refused."""
    for error in (fault.original_exception, fault.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\n")[0], *error.args[1:])
