"""Words that are on no list: a name, or English badly typed, inflected or borrowed.

Therapists type in a hurry. "definately", "overstimmed" and "gatvol" are no names, and
"boikanyo" is one; a small letter or the start of a sentence does not tell which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_lowercase

from bot.privacy.likeness import likeness
from bot.privacy.near import Reading

# Shorter words are a slip away from too many others.
SHORTEST_SLIP, LONGEST_SLIP = 5, 20
# Each slip is looked up some hundreds of times, so a text may ask this often.
MOST_SLIPS = 40
JOINTS = str.maketrans("", "", "-'")
PREFIXES = "re un over under out pre non mis dis co counter self semi anti super".split()
SUFFIXES = (
    "s es ed d ing ings er ers ly ness y ish ier iest less ful able ism ist ists ment isation "
    "ization ised ized ising izing ability like wise ful ology"
).split()
SHORTEST_STEM = 3
# "sooo", "arghhh": said long.
STRETCHED = re.compile(r"(.)\1\1")
# Above this a word in a weak place, as after "about", is a name.
LOOKS_LIKE_A_NAME = 2.0
# In a strong place, as after "her son", a word that looks neither way is one.
MAY_BE_A_NAME = -1.0


def looks_like_a_name(
    near: Reading, key: str, least: float = LOOKS_LIKE_A_NAME, *, may_be_slip: bool = False
) -> bool:
    """Whether a word that English does not know looks like a name and like no slip of the pen.

    `may_be_slip` tells that no English word could stand in its place, a slip away or not.
    """
    if near.is_english(key) or key in near.names.loanwords or not key.translate(JOINTS).isalpha():
        return False
    if STRETCHED.search(key):
        return False
    known = key in near.names.listed
    if not known and (likeness(key) < least or _is_inflected(near, key)):
        return False
    return may_be_slip or not (SHORTEST_SLIP <= len(key) <= LONGEST_SLIP and _is_slip(near, key))


def _is_inflected(near: Reading, key: str) -> bool:
    """Whether the word is an English one with an ending or a prefix: "overshared", "zoomy"."""
    stems = {key[len(each) :] for each in PREFIXES if key.startswith(each)} | {key}
    for stem in tuple(stems):
        for suffix in SUFFIXES:
            if stem.endswith(suffix) and len(stem) - len(suffix) >= SHORTEST_STEM:
                bare = stem[: -len(suffix)]
                stems |= {bare, bare + "e"}
                if bare[-1] == bare[-2]:
                    stems.add(bare[:-1])
    return any(len(stem) >= SHORTEST_STEM and stem in near.names.english for stem in stems)


def _is_slip(near: Reading, key: str) -> bool:
    """Whether one slip, after the first letter, parts the word from a frequent English one."""
    if key not in near.slips:
        if len(near.slips) >= MOST_SLIPS:
            return False
        near.slips[key] = any(each in near.names.english for each in _slips(key))
    return near.slips[key]


def _slips(key: str) -> Iterator[str]:
    for at in range(1, len(key)):
        before, rest = key[:at], key[at:]
        yield before + rest[1:]
        if len(rest) > 1:
            yield before + rest[1] + rest[0] + rest[2:]
        for letter in ascii_lowercase:
            yield before + letter + rest
            yield before + letter + rest[1:]
    for letter in ascii_lowercase:
        yield key + letter
