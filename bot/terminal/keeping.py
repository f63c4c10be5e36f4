"""What an administrator does about keeping and forgetting: holds, retention, receipts."""

from __future__ import annotations

from rich.console import Console

from bot.app import open_desk
from bot.conversation import holds
from bot.conversation.bot import AbsentBot
from bot.conversation.forgetting import forget_all
from bot.conversation.receipts import receipts_of
from bot.conversation.retention import due, run_retention
from bot.run.problems import CannotRun
from bot.settings import Settings
from bot.storage.audit import COMMAND


async def place_hold(settings: Settings, held_id: str, reason: str, console: Console) -> None:
    """Hold a reflection or all of a therapist's. Raises `CannotRun`."""
    async with open_desk(settings, lambda _: AbsentBot()) as (desk, _):
        try:
            await holds.place_hold(desk, held_id, reason)
        except holds.NothingToHold:
            raise CannotRun("There is no reflection and no therapist with this id.") from None
    console.print(
        "Held: neither its therapist nor a retention rule erases it until it is released."
    )


async def release_hold(settings: Settings, held_id: str, console: Console) -> None:
    """Release what is held. Raises `CannotRun` when nothing is."""
    async with open_desk(settings, lambda _: AbsentBot()) as (desk, _):
        if not await holds.release_hold(desk, held_id):
            raise CannotRun("Nothing is held under this id.")
    console.print("Released.")


async def list_holds(settings: Settings, console: Console) -> None:
    """Print every hold that stands."""
    async with open_desk(settings, lambda _: AbsentBot()) as (desk, _):
        found = await holds.holds(desk)
    for held_id, reason, since in found:
        _print(console, f"{since:%Y-%m-%d} {held_id} {reason}")
    console.print(f"{len(found)} in all.")


async def retain(settings: Settings, console: Console, *, dry_run: bool) -> None:
    """Erase what the rule says is due, or only print what that is."""
    if settings.retention_days is None:
        raise CannotRun(
            "There is no rule: reflections are kept until their therapists delete them. "
            "BALLAST_RETENTION_DAYS and BALLAST_RETENTION_REASON set one."
        )
    async with open_desk(settings, lambda _: AbsentBot()) as (desk, _):
        found = await (due(desk) if dry_run else run_retention(desk, by=COMMAND))
        is_all_done = dry_run or await forget_all(desk)
    for one in found:
        what = "held, stays" if one.is_held else "due" if dry_run else "erased"
        _print(console, f"{one.changed_at:%Y-%m-%d} {one.reflection_id} {what}")
    held = sum(one.is_held for one in found)
    console.print(f"{len(found)} due, {held} of them held.")
    if not is_all_done:
        console.print("A running Ballast has Rasa forget them too and writes the receipts.")


async def list_erasures(settings: Settings, console: Console) -> None:
    """Print every receipt, newest first, with a line for each store."""
    async with open_desk(settings, lambda _: AbsentBot()) as (desk, _):
        found = await receipts_of(desk, None)
    for erasure in found:
        done = erasure["done_at"] or "not done yet"
        _print(
            console,
            f"{erasure['reflection']} of {erasure['therapist'] or 'somebody'}, because: "
            f"{erasure['because']}, asked {erasure['asked_at']}, done {done}",
        )
        for line in erasure["stores"]:
            gone = line["gone_at"] or "waits"
            _print(console, f"  {line['store']:<13} {line['held']:>5}  {gone}")
    console.print(f"{len(found)} in all.")


def _print(console: Console, line: str) -> None:
    console.print(line, highlight=False, markup=False, soft_wrap=True)
