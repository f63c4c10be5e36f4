"""What a supervisor reads: the list of what is shared with them, and one of it."""

from __future__ import annotations

from bot.conversation.desk import Desk
from bot.conversation.shared_view import SharedView, Terms, day_in_words, last_day, shared_view
from bot.storage.access import reflections_shared_with, shared_reflection, turns_of
from bot.storage.models import Account
from bot.storage.shares import note_view


async def list_shared(desk: Desk, supervisor: Account) -> list[dict[str, str | None]]:
    """Give what is shared with a supervisor now, newest first, each reflection once."""
    async with desk.sessions() as session:
        found = await reflections_shared_with(session, supervisor, desk.clock())
    shared: dict[str, dict[str, str | None]] = {}
    for share, reflection, therapist in found:
        shared.setdefault(
            reflection.id,
            {
                "id": reflection.id,
                "therapist": therapist.name,
                "day": day_in_words(reflection.started_at),
                "until": last_day(share.until),
            },
        )
    return list(shared.values())


async def read_shared(desk: Desk, supervisor: Account, reflection_id: str) -> SharedView:
    """Give a supervisor what is shared with them, once that they looked is written down.

    Raises `NotFound`. Nothing is given when the look could not be noted.
    """
    now = desk.clock()
    async with desk.sessions.begin() as session:
        share, reflection, therapist = await shared_reflection(
            session, supervisor, reflection_id, now
        )
        turns = await turns_of(session, reflection)
        await note_view(session, share, now)
    return shared_view(desk, reflection, therapist, turns, Terms.of(share))
