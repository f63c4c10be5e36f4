"""`ballast corrections export`: write what therapists said of findings as candidate examples."""

from __future__ import annotations

from pathlib import Path

from bot.app import open_desk
from bot.conversation.bot import AbsentBot
from bot.conversation.corrections import as_file, corrections, note_export
from bot.settings import Settings


async def export_corrections(settings: Settings, place: str | None) -> tuple[int, Path]:
    """Write the candidates; give how many there are, and the file."""
    path = Path(place) if place else settings.var / "corrections.yml"
    async with open_desk(settings, lambda _: AbsentBot()) as (desk, _):
        candidates = await corrections(desk)
        # Noted first: a file that nobody knows of could not be reached when one is erased.
        await note_export(desk, path, len(candidates))
        path.write_text(as_file(candidates, desk.clock().date()), encoding="utf-8")
    return len(candidates), path
