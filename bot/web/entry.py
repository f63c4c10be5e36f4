"""Whom a route can admit; `routes.py` says it of each."""

from __future__ import annotations

from enum import StrEnum

from bot.storage.states import Role


class Entry(StrEnum):
    """Whom a route admits."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed_in"
    # Signed in within the last ten minutes: for changes to how one signs in.
    JUST_SIGNED_IN = "just_signed_in"
    THERAPIST = "therapist"
    SUPERVISOR = "supervisor"

    def admits(self, role: Role) -> bool:
        """Say whether somebody signed in with `role` may enter."""
        open_to_all = (Entry.ANYBODY, Entry.SIGNED_IN, Entry.JUST_SIGNED_IN)
        return self in open_to_all or self.value == role.value
