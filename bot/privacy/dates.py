"""Find exact dates. Weekdays, "yesterday", months alone, years alone and times stay.

A month with a year goes too: HIPAA counts every element of a date but the year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.kinds import Identifier, IdentifierKind

LONG = (
    "january|february|april|june|july|august|september|october|november|december|"
    "januarie|februarie|maart|mei|junie|julie|augustus|oktober|desember|"
    "jan|feb|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
# "may" and "march" are verbs too, "mar" a name: they need their capital.
MONTH = rf"(?:(?i:{LONG})|May|MAY|March|MARCH|Mar)\b\.?"
ANY_MONTH = rf"(?:(?i:{LONG}|may|march|mar)\b\.?)"
DAY = r"(?:0?[1-9]|[12]\d|3[01])"
ORDINAL = rf"{DAY}(?i:st|nd|rd|th)"
TENS = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
TEENS = "thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth"
SPELT = rf"(?i:(?:twenty|thirty)[- ](?:{TENS})|{TENS}|{TEENS}|twentieth|thirtieth)"
YEAR = r"(?:,? ?(?:19|20)\d\d|,? ?['’]\d\d)?\b"
FULL_YEAR = r",? (?:19|20)\d\d\b"
LEFT = r"(?<![\w/.-])"
MONTH_NUMBER = "(?:0?[1-9]|1[0-2])"

PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{LEFT}(?:{ORDINAL}|{SPELT}) (?:day )?of {ANY_MONTH}{YEAR}",
        rf"{LEFT}{ORDINAL} ?{ANY_MONTH}{YEAR}",
        rf"{LEFT}{DAY}[ -]?{MONTH}(?:-(?:\d\d){{1,2}}\b)?{YEAR}",
        rf"{LEFT}{MONTH} (?:the )?(?:{ORDINAL}|{SPELT}){YEAR}",
        rf"{LEFT}{ANY_MONTH} (?:the )?{ORDINAL}{YEAR}",
        rf"{LEFT}{MONTH} {DAY}\b(?![:.]\d| ?(?:%|am\b|pm\b|times|of us|people|minutes)){YEAR}",
        rf"{LEFT}{MONTH}{FULL_YEAR}",
        rf"{LEFT}{ANY_MONTH}{FULL_YEAR}",
        # 12/03/2026, 3-4-15, 12.03.2026
        rf"{LEFT}{DAY}(?P<sep>[/.-])(?:{DAY})(?P=sep)(?:(?:19|20)\d\d|\d\d)(?![\w/]|[.-]\d)",
        rf"{LEFT}(?:19|20)\d\d(?P<sep>[/.-]){MONTH_NUMBER}(?P=sep){DAY}(?![\w/-])",
    )
)
# "on 12/3": two numbers are a date only after such a word, for "7/10" is a score.
SHORT = re.compile(
    r"\b(?i:on|dob:?|born|dated|since|until|by)(?: the)? "
    rf"(?P<date>{DAY}/{MONTH_NUMBER})(?![\w/]|\.\d)"
)
# "on the night of the 5th.": with a month or without.
DAY_ALONE = re.compile(
    r"\b(?:on|(?:night|morning|evening|day) of|since|until|by) the "
    rf"(?P<date>{ORDINAL})(?=[.,;!?]|$)"
)


def find_dates(text: str) -> Iterator[Identifier]:
    """Give the exact dates in a text."""
    for pattern in PATTERNS:
        for found in pattern.finditer(text):
            shown = found[0].rstrip(" .,")
            yield Identifier(found.start(), found.start() + len(shown), IdentifierKind.DATE)
    for pattern in (SHORT, DAY_ALONE):
        for found in pattern.finditer(text):
            yield Identifier(found.start("date"), found.end("date"), IdentifierKind.DATE)
