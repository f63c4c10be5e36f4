"""Whom a route can admit; `routes.py` says it of each."""

from __future__ import annotations

from enum import StrEnum

from bot.storage.states import Role


class Entry(StrEnum):
    """Whom a route admits."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed_in"
    THERAPIST = "therapist"
    SUPERVISOR = "supervisor"

    def admits(self, role: Role) -> bool:
        """Say whether somebody signed in with `role` may enter."""
        return self in (Entry.ANYBODY, Entry.SIGNED_IN) or self.value == role.value
