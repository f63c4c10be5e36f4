"""`ballast keys`: change the master key, and see whether every reflection's key is there."""

from __future__ import annotations

import itertools
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, track
from sqlalchemy import select

from bot.app import master_key, open_desk
from bot.conversation.bot import AbsentBot
from bot.privacy.sealing.master_key import load_master_key
from bot.privacy.sealing.rotation import rotate
from bot.settings import Settings
from bot.storage.models import Reflection


def rotate_keys(settings: Settings, new_file: Path, console: Console) -> None:
    """Wrap every key with the master key in `new_file`. Raises `KeyProblem`."""
    steps = rotate(settings.keys_folder, master_key(settings), load_master_key(None, new_file))
    first = next(steps, (0, 0))  # what keeps it from beginning is a sentence, without a bar
    with Progress(console=console) as progress:
        task = progress.add_task("Wrapping keys", total=1)
        for done, count in itertools.chain([first], steps):
            progress.update(task, completed=done, total=count)
    console.print(
        f"All keys belong to the master key in {new_file}. Put it where "
        f"Ballast looks for it (BALLAST_MASTER_KEY, or {settings.master_key_path}) before the "
        "next start. Keep the old one as long as there are backups of the keys folder from "
        "before.",
        soft_wrap=True,
    )


async def check_keys(settings: Settings, console: Console) -> bool:
    """Print what is wrong with keys, if anything; say whether all is well. Raises `KeyProblem`."""
    async with open_desk(settings, lambda _: AbsentBot()) as (desk, _), desk.sessions() as session:
        needed = set(await session.scalars(select(Reflection.id)))
        found = track(desk.keyring.check(), "Opening keys", total=len(needed), console=console)
        state = dict(found)
    missing = sorted(needed - set(state))
    broken = sorted(name for name, opens in state.items() if not opens)
    unused = sorted(set(state) - needed)
    console.print(
        f"{len(needed)} reflections, {len(state)} keys. Without a key: {len(missing)}. Keys that "
        f"do not open: {len(broken)}. Keys of no reflection: {len(unused)}."
    )
    for name in (*missing, *broken):
        console.print(f"  {name}", highlight=False)
    return not missing and not broken
