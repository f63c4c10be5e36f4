"""Read a number from 0 to 10 out of what somebody wrote."""

from __future__ import annotations

import re

LOWEST, HIGHEST = 0, 10

_WORDS = {
    word: value
    for value, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
}
_NUMBER = re.compile(
    r"(?<![\w.])(?P<minus>minus\s+|(?<!\S)-)?"
    r"(?<!\bno )(?<!\bany )(?<!\bevery )(?<!\bsome )(?<!\bthe )(?<!\bthis )(?<!\bthat )"
    r"(?P<number>\d{1,2}(?:[.,]\d+)?|" + "|".join(_WORDS) + r")(?![^\W½])",
    re.IGNORECASE,
)
# "8/10", "8 out of 10": the ten is the scale, not an answer.
_OUT_OF_TEN = re.compile(r"\s*(?:/|out\s+of|from|of)\s*(?:10|ten)\b", re.IGNORECASE)
# "Ten minutes late", "the third time in two weeks": a number of something else.
_COUNTS = re.compile(
    r"[\s-]*(?:more\s+|other\s+|whole\s+)?(?:minutes?|mins?|hours?|days?|weeks?|months?|years?"
    r"|times|sessions?|calls?|messages?|emails?|kids|children|people|parents|o'?clock|[ap]m\b|%|percent)",
    re.IGNORECASE,
)
_HALF = re.compile(r"^\s+and\s+a\s+half\b|^½", re.IGNORECASE)


def read_scale(text: str) -> float | None:
    """Give the number between 0 and 10 that `text` states, or None.

    Two numbers ("six or seven", "between 5 and 6") give their middle. More than two, or
    none, or anything outside the scale, is no answer: better asked again than guessed.
    """
    values: list[float] = []
    position = 0
    while match := _NUMBER.search(text, position):
        position = match.end()
        if _COUNTS.match(text, position):
            continue
        if out_of := _OUT_OF_TEN.match(text, position):
            position = out_of.end()
        if match["minus"]:
            return None
        written = match["number"].lower().replace(",", ".")
        value = float(_WORDS[written]) if written in _WORDS else float(written)
        if half := _HALF.match(text[position:]):
            value += 0.5
            position += half.end()
        if not LOWEST <= value <= HIGHEST:
            return None
        values.append(value)
    if len(values) not in (1, 2):
        return None
    return sum(values) / len(values)
