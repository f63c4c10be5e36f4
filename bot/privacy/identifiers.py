"""Find identifiers in a text: every rule asked, overlaps settled.

Placeholders that stand in the text already are no words and are never touched.
"""

from __future__ import annotations

from bot.privacy.addresses import find_addresses
from bot.privacy.dates import find_dates
from bot.privacy.kinds import PLACEHOLDER, Identifier, IdentifierKind
from bot.privacy.names import find_names
from bot.privacy.near import read_text
from bot.privacy.numbers import find_numbers
from bot.privacy.online import find_online
from bot.privacy.places import find_places
from bot.privacy.records import find_records

__all__ = ["Identifier", "IdentifierKind", "find_identifiers"]

# In the order in which they win when two find a span of one length.
TEXT_RULES = (find_online, find_dates, find_numbers, find_records)
WORD_RULES = (find_addresses, find_places, find_names)
# Neither letter nor space nor sign: no rule reaches across it.
BARRIER = "\ufffc"


def find_identifiers(text: str) -> tuple[Identifier, ...]:
    """Give the identifiers of a text, in order and without overlaps; the longer one wins."""
    hidden = PLACEHOLDER.sub(lambda found: BARRIER * len(found[0]), text)
    near = read_text(hidden)
    found = [identifier for rule in TEXT_RULES for identifier in rule(hidden)]
    found += [identifier for rule in WORD_RULES for identifier in rule(near)]
    found.sort(key=lambda each: each.start - each.end)
    taken = bytearray(len(text))
    kept: list[Identifier] = []
    for each in found:
        if each.start >= each.end or BARRIER in hidden[each.start : each.end]:
            continue
        if any(taken[each.start : each.end]):
            continue
        taken[each.start : each.end] = b"\x01" * (each.end - each.start)
        kept.append(each)
    return tuple(sorted(kept, key=lambda each: each.start))
