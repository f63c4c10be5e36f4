"""Find telephone numbers, identity numbers by their check digit, and ages over 89.

Numbers of records are found in `records.py`. Scores, times, years, amounts and ages under 90
stay, since supervision needs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from bot.privacy.kinds import Identifier, IdentifierKind

REGIONS = ("ZA", "AU", "GB", "US", "IN", "KE", "NZ")
PHONE_SHAPE = re.compile(r"(?<![\w.,/])[+(]{0,2}\d(?:[ ().\u2011-]{0,3}\d){6,14}(?![\w/])")
LOCAL_PHONE = re.compile(r"(?<![\w-])\d{3}[-.]\d{4}(?![\w-])")
# What phonenumbers calls impossible (numbers kept for fiction, a digit short) still looks like one.
PHONE_LOOK = re.compile(
    r"(?:\+|00)[1-9][\d ().-]{7,}|0[1-9][\d ().-]{7,}|\(\d{3}\) ?\d{3}[ .-]\d{4}"
)
# A lookup takes about half a millisecond. A text with more numbers than this is no debrief:
# to keep the time bounded, whatever is shaped like a telephone number is then masked.
MOST_LOOKUPS = 25

# How Verhoeff turns a digit for each place further left.
VERHOEFF_TURN = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
CURRENCY = re.compile(r"(?:[$£€R]|ZAR|USD|AUD|GBP) ?$")
GROUPED = r"(?<![\w.,/-])\d{2,6}(?:[ -]\d{1,6}){2,4}(?![\w/-])"
GROUPS = re.compile(GROUPED)
AGE = re.compile(
    r"(?i)(?<![\w./,:-])(?P<age>9\d|1[01]\d)(?=[- ](?:(?:years?|yrs?)[- ](?:old|of age)|yo\b|y/o))|"
    r"\b(?:aged?|turned|turning)(?: of)? (?P<aged>9\d|1[01]\d)\b(?![%.:/]|\s*(?:minutes|percent))|"
    r"\b(?:he|she|gran|granny|grandmother|grandfather|gogo|ouma|oupa|nan|nana|koro|kuia|grandma|"
    r"grandpa|mother|father|who)(?:['’]s| is| was|, now|,) (?P<is>9\d|1[01]\d)\b"
    r"(?!\s*(?:[%:/]|minutes|percent|kilo|kg|cm|days|out of|years in|\d))"
)
SPELT_AGE = re.compile(
    r"(?i)\bninety(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?"
    r"(?=[- ]years?[- ]old)"
)


def find_numbers(text: str) -> Iterator[Identifier]:
    """Give telephone numbers, identity numbers with a right check digit, and ages over 89."""
    yield from _phones(text)
    for found in GROUPS.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if (
            is_nhs_number(digits)
            or is_za_identity(digits)
            or is_au_medicare(digits)
            or is_aadhaar(digits)
        ):
            yield Identifier(found.start(), found.end(), IdentifierKind.RECORD_NUMBER)
    for found in AGE.finditer(text):
        start, end = found.span(found.lastgroup or 0)
        yield Identifier(start, end, IdentifierKind.AGE_OVER_89)
    for found in SPELT_AGE.finditer(text):
        yield Identifier(found.start(), found.end(), IdentifierKind.AGE_OVER_89)


def is_za_identity(digits: str) -> bool:
    """Whether 13 digits are a South African identity number (Luhn check digit)."""
    if len(digits) != 13 or not ("01" <= digits[2:4] <= "12" and "01" <= digits[4:6] <= "31"):
        return False
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0


def is_aadhaar(digits: str) -> bool:
    """Whether twelve digits are an Indian Aadhaar number (Verhoeff check digit)."""
    if len(digits) != 12 or digits[0] in "01":
        return False
    check = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        turned = digit
        for _ in range(place % 8):
            turned = VERHOEFF_TURN[turned]
        check = _dihedral(check, turned)
    return check == 0


def _dihedral(one: int, two: int) -> int:
    """Multiply in the group of a pentagon's turns (0 to 4) and flips (5 to 9)."""
    turned = (one % 5 + (two % 5 if one < 5 else -(two % 5))) % 5
    return turned + 5 * ((one < 5) != (two < 5))


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits are an NHS number (check digit modulo 11)."""
    if len(digits) != 10:
        return False
    weighed = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9]))
    return (11 - weighed % 11) % 11 == int(digits[9])


def is_au_medicare(digits: str) -> bool:
    """Whether ten or eleven digits are an Australian Medicare card's number."""
    if len(digits) not in {10, 11} or digits[0] not in "23456":
        return False
    weights = (1, 3, 7, 9, 1, 3, 7, 9)
    return sum(w * int(digit) for w, digit in zip(weights, digits, strict=False)) % 10 == int(
        digits[8]
    )


CHECKS = (is_nhs_number, is_za_identity, is_au_medicare, is_aadhaar)


def _phones(text: str) -> Iterator[Identifier]:
    lookups = 0
    for found in PHONE_SHAPE.finditer(text):
        if CURRENCY.search(text[max(0, found.start() - 4) : found.start()]):
            continue
        shown = found[0]
        opened = shown.startswith("(") and ")" not in shown
        looks = bool(PHONE_LOOK.fullmatch(shown[opened:]))
        lookups += not looks
        if looks or lookups > MOST_LOOKUPS or _is_phone(shown[opened:]):
            yield Identifier(found.start() + opened, found.end(), IdentifierKind.PHONE)
    for found in LOCAL_PHONE.finditer(text):
        yield Identifier(found.start(), found.end(), IdentifierKind.PHONE)


def _is_phone(shown: str) -> bool:
    return any(phonenumbers.PhoneNumberMatcher(shown, region).has_next() for region in REGIONS)
