"""`ballast migrate-to`: from SQLite to PostgreSQL."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from sqlalchemy import make_url

from bot.app import open_desk
from bot.conversation.bot import AbsentBot
from bot.settings import Settings
from bot.storage.addresses import address_of, is_postgresql
from bot.storage.backups import RASA
from bot.storage.conversations import SEALED_EVENTS
from bot.storage.moving import (
    CannotMove,
    Moved,
    Source,
    gateway_tables,
    move,
    rows_in,
    tables_in,
)
from bot.terminal.stopped import while_stopped

_BEFORE = "its data is moved"
# Copied, and then read on both sides to be compared.
_TIMES = 3


def migrate_to(settings: Settings, target: str, console: Console) -> None:
    """Move what SQLite holds into an empty PostgreSQL. Raises `CannotMove` or `CannotRun`."""
    own = _own_file(settings, target)
    with while_stopped(settings, _BEFORE):
        pass  # tell at once
    # The keys fit, the file is whole, and at its newest revision.
    asyncio.run(_bring_up_to_date(settings))
    sources = _sources(settings, own)
    with while_stopped(settings, _BEFORE):
        moved = _move(sources, target, console)
    _say(settings, target, moved, console)


def _own_file(settings: Settings, target: str) -> Path:
    if not is_postgresql(address_of(target)):
        raise CannotMove(
            "Data is moved to PostgreSQL: give an address like postgresql://HOST/NAME."
        )
    if is_postgresql(settings.database_url):
        raise CannotMove(
            "BALLAST_DATABASE names a PostgreSQL already. What is moved is the SQLite of a Ballast "
            "for which it is empty."
        )
    own = Path(make_url(settings.database_url).database or "")
    if not own.is_file():
        raise CannotMove(f"There is nothing to move: there is no {own}.")
    return own


async def _bring_up_to_date(settings: Settings) -> None:
    async with open_desk(settings, lambda _: AbsentBot()):
        pass


def _sources(settings: Settings, own: Path) -> list[Source]:
    sources = [Source(own, gateway_tables())]
    rasa = settings.var / RASA
    names = tables_in(rasa) if rasa.exists() else set()
    if "events" in names:
        raise CannotMove(
            "Rasa's conversations are from before they were sealed. Start Ballast once, stop it, "
            "and try again."
        )
    if SEALED_EVENTS.name in names:
        sources.append(Source(rasa, [SEALED_EVENTS]))
    return sources


def _move(sources: list[Source], target: str, console: Console) -> Moved:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("Moving", total=_TIMES * sum(map(rows_in, sources)))

        def tell(table: str, rows: int) -> None:
            progress.update(task, description=table, advance=rows)

        return asyncio.run(move(sources, target, tell))


def _say(settings: Settings, target: str, moved: Moved, console: Console) -> None:
    rows, tables = sum(moved.rows.values()), len(moved.rows)
    what = "was there already" if moved.was_there else "was moved"
    where = address_of(target).set(drivername="postgresql").render_as_string(hide_password=True)
    console.print(
        f"All {rows:,} rows of {tables} tables: it {what}, and both sides are the same.\n"
        f"Set BALLAST_DATABASE to {where} before the next start. The keys stay where they are. "
        f"The files in {settings.var} that were moved from are as they were: delete them once you "
        "are sure, since what is erased from now on is not erased in them.",
        soft_wrap=True,
        highlight=False,
    )
