"""How far a country's contacts can be relied on: when they were checked, and which were not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.safety.contacts import Contacts, Group

# Numbers change; so long after somebody went through the file it has to be done again.
CHECKED_FOR = timedelta(days=365)


@dataclass(frozen=True)
class Checked:
    """When a country's file was last checked, and what is amiss with it today."""

    # None where the file says no date that can be read.
    on: date | None
    is_too_long_ago: bool
    unchecked: int
    has_on_call: bool

    @property
    def is_all_well(self) -> bool:
        """Whether there is nothing to do."""
        return not self.is_too_long_ago and not self.unchecked and self.has_on_call


def checked(contacts: Contacts, today: date) -> Checked:
    """Say how far these contacts can be relied on today. A date nobody can read is too long ago."""
    try:
        on = date.fromisoformat(contacts.last_checked)
    except ValueError:
        on = None
    return Checked(
        on=on,
        is_too_long_ago=on is None or today - on > CHECKED_FOR,
        unchecked=sum(not one.checked for group in Group for one in contacts.of(group)),
        has_on_call=bool(contacts.of(Group.ON_CALL)),
    )
