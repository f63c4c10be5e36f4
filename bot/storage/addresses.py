"""Which driver opens the address of a database. The only place that names PostgreSQL's driver."""

from __future__ import annotations

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

# psycopg 3, for the gateway (asynchronous) and Rasa's tracker store alike (docs/decisions/0024).
_DRIVER = "postgresql+psycopg"
_BACKENDS = ("postgresql", "postgres")

# For every connection, and not as the server or the role happens to be set:
_OPTIONS = (
    # "Kept" is told once a commit has returned, so it has to be on the disk by then.
    "synchronous_commit=on",
    # Nothing that the product asks takes a second; what does, has lost its way.
    "statement_timeout=30s",
    # Whoever waits for a row waits for one commit; a process that hangs must not hold all others.
    "lock_timeout=10s",
    "idle_in_transaction_session_timeout=60s",
    "timezone=UTC",
)
_CONNECT_SECONDS = 10
_UNKNOWN = (
    "This is the address of no database that Ballast knows. One of PostgreSQL looks like "
    "postgresql://USER:PASSWORD@HOST/NAME; with BALLAST_DATABASE empty it is SQLite."
)


class UnknownDatabase(Exception):
    """An address names no database that Ballast knows; the message is a sentence."""


def is_postgresql(url: str | URL) -> bool:
    """Say whether an address is one of PostgreSQL, with whichever driver it names."""
    return _backend(_parsed(url)) in _BACKENDS


def address_of(url: str | URL) -> URL:
    """Give an address with the driver that opens it here. Raises `UnknownDatabase`."""
    made = _parsed(url)
    if _backend(made) in _BACKENDS and made.database:
        return made.set(drivername=_DRIVER)
    if _backend(made) == "sqlite":
        return made.set(drivername="sqlite+aiosqlite")
    raise UnknownDatabase(_UNKNOWN)


def _parsed(url: str | URL) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        raise UnknownDatabase(_UNKNOWN) from None


def _backend(url: URL) -> str:
    return url.drivername.partition("+")[0]


def address_with_options(url: str | URL) -> URL:
    """Give an address that also says how PostgreSQL is to treat its connections.

    In the address, since of Rasa's tracker store nothing else can be set.
    """
    made = address_of(url)
    if not is_postgresql(made):
        return made
    ours = " ".join(f"-c {option}" for option in _OPTIONS)
    given = made.query.get("options", "")
    theirs = given if isinstance(given, str) else " ".join(given)
    # Ours last: of two it is the last that counts.
    return made.update_query_dict(
        {
            "options": f"{theirs} {ours}".strip(),
            "connect_timeout": made.query.get("connect_timeout", str(_CONNECT_SECONDS)),
        }
    )
