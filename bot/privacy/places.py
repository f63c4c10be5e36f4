"""Find places below state level, and schools, clinics and hospitals by their names.

Countries, states and provinces stay; places are listed in `data/library/privacy/places.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.kinds import Identifier, IdentifierKind
from bot.privacy.names import find_phrases
from bot.privacy.near import Reading
from bot.privacy.wordlists import PlaceLists, place_lists, place_phrases

# "St Mary's", with the words that follow when they name a school or a hospital.
SAINT = re.compile(
    r"\b(?:St\.? |Saint |Our Lady of )[A-Z][\w-]{1,24}(?: [A-Z][a-z]{1,24}(?=['’]s))?(?:['’]s?)?"
    r"(?: (?i:primary|high|junior|senior|secondary|girls|boys|catholic|c of e|school|college|"
    r"academy|hospital|hospice|clinic|church)\b){0,4}"
)
AFRIKAANS = re.compile(
    r"\b(?i:laerskool|hoërskool|hoerskool|kleuterskool)"
    r"(?: (?:van|der|de|die|[A-Z][\w-]{1,24})){1,4}"
)
# More words before "Primary" are a sentence in title case, not a name.
LONGEST_NAME = 4


def find_places(near: Reading) -> Iterator[Identifier]:
    """Give places, schools, clinics and hospitals."""
    lists = place_lists()
    yield from _listed_places(near, lists)
    yield from _institutions(near, lists)
    for found in SAINT.finditer(near.text):
        shown = found[0].rstrip("'’ ")
        yield Identifier(found.start(), found.start() + len(shown), IdentifierKind.SCHOOL)
    for found in AFRIKAANS.finditer(near.text):
        yield Identifier(found.start(), found.end(), IdentifierKind.SCHOOL)


def _listed_places(near: Reading, lists: PlaceLists) -> Iterator[Identifier]:
    at = 0
    inside = find_phrases(near, place_phrases())
    while at < len(near.words):
        length = inside.get(at, 1)
        if at in inside and _is_place(near, at, length, lists):
            end = near.words[at + length - 1].end
            yield Identifier(near.words[at].start, end, IdentifierKind.PLACE)
        at += length


def _is_place(near: Reading, at: int, length: int, lists: PlaceLists) -> bool:
    word = near.words[at]
    follows_sign = near.before(at) in lists.before_a_place
    if length > 1:
        return word.is_capital or follows_sign
    names = near.names
    is_other_word = near.is_english(word.key)
    is_name_too = word.key in names.listed or word.key in names.mostly
    if not word.is_capital:
        return follows_sign and not is_other_word
    if is_other_word or is_name_too:
        follows_sign = follows_sign or near.text[max(0, word.start - 2) : word.start] == ", "
        return follows_sign and word.sentence in near.plain_sentences
    return True


def _institutions(near: Reading, lists: PlaceLists) -> Iterator[Identifier]:
    kinds = {**dict.fromkeys(lists.school_words, IdentifierKind.SCHOOL)}
    kinds |= dict.fromkeys(lists.clinic_words, IdentifierKind.PLACE)
    at = 0
    while at < len(near.words):
        length = _length_of_kind(near, at, kinds)
        first = _first_word(near, at, lists) if length else at
        if length and first < at and near.words[at].sentence in near.plain_sentences:
            last = at + length
            while last < len(near.words) and near.words[last].key in lists.school_words:
                if near.gap(last) != " ":
                    break
                last += 1
            key = " ".join(word.key for word in near.words[at : at + length])
            yield Identifier(near.words[first].start, near.words[last - 1].end, kinds[key])
            at = last
        else:
            at += 1


def _length_of_kind(near: Reading, at: int, kinds: dict[str, IdentifierKind]) -> int:
    """Give the number of words that say what kind of institution it is, 0 for none."""
    for length in (3, 2, 1):
        here = near.words[at : at + length]
        if len(here) == length and " ".join(word.key for word in here) in kinds:
            return length
    return 0


def _first_word(near: Reading, at: int, lists: PlaceLists) -> int:
    """Give where the institution's own name begins, `at` itself when it has none.

    "Rosebank Primary" has one and "the Primary School" has none; words that fit any school
    do not make a name, and with a small letter ("Rosebank primary") only unknown words do.
    """
    first = at
    while first > 0 and at - first < LONGEST_NAME and near.gap(first) == " ":
        word = near.words[first - 1]
        if not word.is_capital or word.key in near.names.roles:
            break
        first -= 1
    while first < at and near.words[first].key in lists.generic:
        first += 1
    own = [word for word in near.words[first:at] if word.key not in lists.generic]
    if near.words[at].is_capital:
        own = [word for word in own if not (word.starts and near.is_english(word.key))] or own[1:]
    else:
        own = [word for word in own if not near.is_english(word.key)]
    own = [word for word in own if word.key not in near.names.roles]
    return first if own else at
