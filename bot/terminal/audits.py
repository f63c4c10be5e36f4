"""`ballast audit`: read the audit, save its head, and see whether it was tampered with."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console

from bot.app import open_desk
from bot.conversation.bot import AbsentBot
from bot.run.problems import CannotRun
from bot.settings import Settings
from bot.storage import audit
from bot.storage.audit import Head
from bot.storage.keeping import AuditEntry


async def list_entries(settings: Settings, console: Console) -> None:
    """Print every entry as a line."""
    async with open_desk(settings, lambda _: AbsentBot()) as (desk, _), desk.sessions() as session:
        async for entry in audit.entries(session):
            console.print(_line(entry), highlight=False, markup=False, soft_wrap=True)


async def head(settings: Settings) -> str:
    """Give the head as JSON, to be kept where nobody who may write the database can write."""
    async with open_desk(settings, lambda _: AbsentBot()) as (desk, _), desk.sessions() as session:
        found = await audit.head_of(session)
    return audit.head_as_text(found)


async def verify(settings: Settings, saved: Path | None, console: Console) -> None:
    """Print how far the chain holds. Raises `CannotRun` with what is wrong with it."""
    head_saved = _read(saved) if saved else None
    async with open_desk(settings, lambda _: AbsentBot()) as (desk, _), desk.sessions() as session:
        found = await audit.verify(session, head_saved)
    if found.fault:
        raise CannotRun(f"The audit does not hold. {found.fault}")
    console.print(f"The audit holds: {found.head.number} entries, none changed or missing.")
    if head_saved is None:
        console.print(
            "Whether its end was cut off shows only against a head that was saved elsewhere: "
            "`ballast audit head > FILE`, then `ballast audit verify --head FILE`.",
            soft_wrap=True,
        )


def _read(file: Path) -> Head:
    try:
        return audit.head_from_text(file.read_text(encoding="ascii"))
    except ValueError:
        raise CannotRun(f"{file} holds no head that `ballast audit head` printed.") from None


def _line(entry: AuditEntry) -> str:
    subjects = [
        f"{what}={subject}"
        for what, subject in (
            ("reflection", entry.reflection_id),
            ("account", entry.account_id),
        )
        if subject
    ]
    details = [f"{name}={_shown(value)}" for name, value in json.loads(entry.details).items()]
    start = f"{entry.number:>6} {entry.at:%Y-%m-%d %H:%M:%S} {entry.event:<21} by={entry.actor}"
    return " ".join([start, *subjects, *details])


def _shown(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
