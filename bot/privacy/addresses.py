"""Find street addresses, boxes and postcodes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.kinds import Identifier, IdentifierKind

STREET = (
    "street|road|avenue|lane|drive|crescent|close|boulevard|highway|terrace|court|parade|gardens|"
    "mews|grove|circuit|esplanade|straat|st|rd|ave|ln|dr|cres|cl|blvd|hwy|tce|pde|ct|str"
)
FULL_STREET = (
    "Street|Road|Avenue|Lane|Drive|Crescent|Close|Boulevard|Highway|Terrace|Parade|Mews|Rd|Ave|Blvd|"
    "Cres|Straat|Laan"
)
WORD_STREET = (
    "Hill|Walk|Way|Place|Row|Square|View|Rise|Wharf|Yard|Loop|Quay|Green|Park|Path|Mall|Vale|Bend|"
    "Plaza|Villas|Mansions|Heights|Buildings|House|Court|Gate|Pass|Trail|Cove|Pike|Grove|Field|"
    "Fields|Croft|Wynd|Brae|Nagar|Marg|Chowk|Colony|Layout"
)
UNIT = (
    r"(?:(?:(?i:flat|unit|apartment|apt|room|suite|erf|stand|block|house|plot|no)\.? ?"
    r"[\dA-Z]{1,5},? )|\d{1,4}/)?"
)
SHORT_UNIT = r"(?:(?i:flat|unit|apt|no)\.? |\d{1,4}/)?"
NAMES = r"(?:[^\W\d_][\w'’-]{0,24}\.? ){1,3}"
CAPITALS = r"(?:(?!The |My |Our |This |That |On |In )[A-Z][\w'’-]{1,24} ){1,3}"
# A few streets are words too: "7 minutes down the road" is no address.
NO_STREET = re.compile(
    r"\b(?:the|a|an|down|of|and|or|in|on|to|long|minutes?|min|hours?|days?|years?|weeks?|kids|children|people|my|our|this|that|into|from|at|with|was|is|old)\b"
)

PATTERNS = (
    re.compile(
        rf"(?<![\w/.:-]){UNIT}\d{{1,5}}[A-Za-z]?,? (?P<names>{NAMES})(?i:{STREET})\b\.?"
        r"(?: (?:NE|NW|SE|SW|N|S|E|W)\b)?"
    ),
    # Endings that are common words too: only after a number and with capitals.
    re.compile(
        rf"(?<![\w/.:-]){SHORT_UNIT}\d{{1,5}}[A-Za-z]?,? "
        rf"(?P<names>{CAPITALS})(?:{WORD_STREET})\b"
    ),
    # "Flat 12", "stand 4471", "House 14, Road 7": what a reader needs to knock at the door.
    re.compile(
        r"\b(?:[Ff]lat|[Uu]nit|[Aa]partment|[Ss]tand|[Ee]rf|[Pp]lot|House|Shack|Hse) (?:no\.? ?|#)?"
        r"\d{1,5}[A-Za-z]?\b(?! ?(?:of|%|people|kids|year|min|hour|sess|times))"
        r"(?:, (?:Road|Street|Block|Lane) \d{1,4}\b)?(?P<names>)"
    ),
    re.compile(rf"\b(?P<names>{CAPITALS})(?:{FULL_STREET})\b"),
    re.compile(r"\b[A-Z][a-z]{2,24}(?:straat|laan|weg) \d{1,5}[A-Za-z]?\b(?P<names>)"),
    re.compile(r"(?i)\b(?:p\.? ?o\.? box|private bag|posbus) [xX]?\d{1,6}\b(?P<names>)"),
)
# "5 Acacia Close, Mowbray, 7700"
CODE_BEHIND = re.compile(
    r",? ?(?:[A-Z][\w' -]{1,30}[,] ?)?(?P<code>\d{4,5})\b(?! (?:people|of us))"
)
UK_POSTCODE = re.compile(
    r"\b(?:[A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]{2}|[A-Z]{1,2}\d{1,2}[A-Z]?\d[ABD-HJLNP-UW-Z]{2})\b"
)
US_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|"
    "NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC"
)
POSTCODE_AFTER = re.compile(
    rf"\b(?:(?:{US_STATES}),? |(?i:zip)(?: code)?:? (?:is )?)(?P<code>\d{{5}}(?:-\d{{4}})?)\b|"
    r"\b(?:(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT),? |(?i:post(?:al)? ?code):? (?:is )?)(?P<code4>\d{4})\b"
)


def find_addresses(text: str) -> Iterator[Identifier]:
    """Give street addresses, post boxes and postcodes."""
    for pattern in PATTERNS:
        for found in pattern.finditer(text):
            if not NO_STREET.search(found["names"]):
                yield _address(found.start(), found.start() + len(found[0].rstrip(".")))
                if code := CODE_BEHIND.match(text, found.end()):
                    yield _address(*code.span("code"))
    for found in UK_POSTCODE.finditer(text):
        yield _address(found.start(), found.end())
    for found in POSTCODE_AFTER.finditer(text):
        group = "code" if found["code"] else "code4"
        yield _address(found.start(group), found.end(group))


def _address(start: int, end: int) -> Identifier:
    return Identifier(start, end, IdentifierKind.ADDRESS)
