"""What an identifier is: its kinds, where it stands, and the placeholder that replaces it.

The rules that find identifiers live in the modules beside this one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class IdentifierKind(StrEnum):
    """What an identifier tells: HIPAA's eighteen, as far as they appear in text."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    PLACE = "place"
    SCHOOL = "school"
    DATE = "date"
    RECORD_NUMBER = "record_number"
    URL = "url"
    HANDLE = "handle"
    AGE_OVER_89 = "age_over_89"
    OTHER = "other"


@dataclass(frozen=True)
class Identifier:
    """One identifier: character offsets in the given text, the end excluded."""

    start: int
    end: int
    kind: IdentifierKind


# What a therapist reads in place of the identifier, so one plain word each. A name has a
# stand-in of its own, "[person A]" (bot/privacy/people.py).
PLACEHOLDERS = {
    IdentifierKind.PHONE: "[phone]",
    IdentifierKind.EMAIL: "[email]",
    IdentifierKind.ADDRESS: "[address]",
    IdentifierKind.PLACE: "[place]",
    IdentifierKind.SCHOOL: "[school]",
    IdentifierKind.DATE: "[date]",
    IdentifierKind.RECORD_NUMBER: "[number]",
    IdentifierKind.URL: "[link]",
    IdentifierKind.HANDLE: "[handle]",
    IdentifierKind.AGE_OVER_89: "[age]",
    IdentifierKind.OTHER: "[identifier]",
}

# "[name]" is what writers put there themselves.
PLACEHOLDER = re.compile(
    "|".join([r"\[person [A-Z]{1,3}\]", r"\[name\]", *map(re.escape, PLACEHOLDERS.values())])
)
