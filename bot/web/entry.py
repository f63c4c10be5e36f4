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
    ADMINISTRATOR = "administrator"
    # And signed in within the last ten minutes: for what gives somebody power.
    ADMINISTRATOR_JUST_SIGNED_IN = "administrator_just_signed_in"

    @property
    def asks_for_fresh_sign_in(self) -> bool:
        """Whether a sign-in from longer ago is not enough."""
        return self in (Entry.JUST_SIGNED_IN, Entry.ADMINISTRATOR_JUST_SIGNED_IN)

    def admits(self, role: Role) -> bool:
        """Say whether somebody signed in with `role` may enter."""
        open_to_all = (Entry.ANYBODY, Entry.SIGNED_IN, Entry.JUST_SIGNED_IN)
        return self in open_to_all or self.value.removesuffix("_just_signed_in") == role.value
