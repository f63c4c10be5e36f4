"""Whom to call, and what must be reported to whom, in each country.

The files under `data/library/safety/contacts/` ship as examples: a deployer checks every
number and adds the local ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.library import LIBRARY, STRICT, LibraryError, read

CONTACTS = LIBRARY / "safety" / "contacts"

_COUNTRY = re.compile(r"[A-Za-z]{2}")


class Group(StrEnum):
    """The lists a country's file holds, in the order in which they are shown."""

    EMERGENCY = "emergency"
    CHILD_PROTECTION = "child_protection"
    CRISIS_LINE = "crisis_line"
    ON_CALL = "on_call"
    EMPLOYEE_HELP = "employee_help"


# A response leans on these three; a file without them is refused at start.
NEVER_EMPTY = (Group.EMERGENCY, Group.CHILD_PROTECTION, Group.CRISIS_LINE)


@dataclass(frozen=True)
class Contact:
    """A service or person that can be called. `checked` is false until a person rang."""

    __pydantic_config__ = STRICT

    name: str
    number: str
    hours: str | None = None
    note: str | None = None
    url: str | None = None
    checked: bool = True

    def line(self) -> str:
        """Give the contact as one short line."""
        more = [part for part in (self.hours, self.note) if part]
        if not self.checked:
            more.append("number not yet checked")
        return f"{self.name} {self.number}" + (f" ({'; '.join(more)})" if more else "")


@dataclass(frozen=True)
class Contacts:
    """A country's contacts and its duty to report."""

    __pydantic_config__ = STRICT

    country: str
    name: str
    duty: str
    source: str
    last_checked: str
    note: str
    emergency: tuple[Contact, ...]
    child_protection: tuple[Contact, ...]
    crisis_line: tuple[Contact, ...]
    on_call: tuple[Contact, ...] = ()
    employee_help: tuple[Contact, ...] = ()

    def of(self, group: Group) -> tuple[Contact, ...]:
        """Give the contacts of one list, perhaps none."""
        return {
            Group.EMERGENCY: self.emergency,
            Group.CHILD_PROTECTION: self.child_protection,
            Group.CRISIS_LINE: self.crisis_line,
            Group.ON_CALL: self.on_call,
            Group.EMPLOYEE_HELP: self.employee_help,
        }[group]


def load_contacts(country: str, folder: Path = CONTACTS) -> Contacts:
    """Read the contacts of a country, given as two letters (ZA, AU, GB, US).

    Raises `LibraryError` when there is no such file, when it is not what it should be, or
    when a list that responses lean on is empty.
    """
    if not _COUNTRY.fullmatch(country):
        raise LibraryError("A country is given as two letters, such as ZA.")
    contacts = read(folder / f"{country.lower()}.yml", Contacts)
    for group in NEVER_EMPTY:
        if not contacts.of(group):
            raise LibraryError(f"{country.lower()}.yml: at {group}: no contact is given.")
    return contacts


def people_to_call(contacts: Contacts) -> tuple[str, ...]:
    """Give one line for each contact, emergency first, for "I want to talk to a person"."""
    return tuple(contact.line() for group in Group for contact in contacts.of(group))
