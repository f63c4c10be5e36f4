"""Find places below state level, and schools, clinics and hospitals by their names.

Countries, states and provinces stay; places are listed in `data/library/privacy/places.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.institutions import find_institutions
from bot.privacy.kinds import Identifier, IdentifierKind
from bot.privacy.names import find_phrases
from bot.privacy.near import Reading
from bot.privacy.organisations import find_organisations
from bot.privacy.plain_use import SEASONS
from bot.privacy.small_places import find_places_in_small_letters
from bot.privacy.unlisted import looks_like_a_name
from bot.privacy.wordlists import PlaceLists, place_lists, place_phrases
from bot.privacy.words import key_of

# Almost any word that English lacks.
LIKE_NO_NAME = -8.0
# Longer ones that are listed are places wherever they stand in small letters.
LONGEST_AMBIGUOUS = 6
SIDES = frozenset("North South East West Central Upper Lower".split())
NAME = r"[A-Z][\w'’-]{1,24}"
# "Tuba City", "Broadwater Farm", "Cox's Bazar": an unlisted place by its last word or its first.
BY_ENDING = re.compile(
    rf"\b(?P<first>{NAME} )(?:{NAME} )?(?:City|Bay|Creek|Springs|Farm|Beach|Falls|Flats|Valley|"
    r"Ridge|Estate|Township|Heights|Green|Bazar|Hills|Rock|Downs|Vale|Island|Islands|Mission|Reserve|"
    r"Dam|Lake|Pond|Loch|Lough|Vlei|Kloof|Drift|Settlement|Common|Bridge|Gorge|Pass|Peninsula|"
    r"Location|Informal Settlement|River|Islet)\b"
)
BY_BEGINNING = re.compile(
    rf"\b(?:Mount|Port|Fort|Lake|Upper|Lower|Llan|Ballina|Glen) (?P<first>{NAME})\b"
)


PART = re.compile(r" [Ss]ite (?:[a-zA-Z]|\d{1,2}[a-zA-Z]?)\b")
# After "in", "at" and the like only, for "phoenix park" may be plain words elsewhere.
SMALL_ENDING = re.compile(
    r"\b(?:in|at|from|to|near|by|past|frm|draws|over|outside|around) (?:the )?"
    r"(?P<first>[^\W\d_]{4,24}) (?:dam|lake|park|pond|settlement|township|village|estate|"
    r"creek|river|"
    r"beach|bay|falls|heights|flats|gardens|common|reserve|vlei|kloof|drift|island|mission|location|library|station|courthouse|oval|"
    r""
    r"extension|loch|glen|pa|marae|square|precinct|camp|farm|mall|plaza)\b"
)


def find_places(near: Reading) -> Iterator[Identifier]:
    """Give places, schools, clinics and hospitals."""
    lists = place_lists()
    yield from _listed_places(near, lists)
    yield from find_institutions(near, lists)
    yield from find_organisations(near, lists)
    yield from _shaped_like_places(near, lists)
    yield from _places_in_small_letters(near)
    yield from find_places_in_small_letters(near, lists)


def _shaped_like_places(near: Reading, lists: PlaceLists) -> Iterator[Identifier]:
    """Give the places whose last or first word tells that they are one."""
    by_start = {word.start: word for word in near.words}
    for pattern in (BY_ENDING, BY_BEGINNING):
        for found in pattern.finditer(near.text):
            word = by_start.get(found.start("first"))
            if word is None or word.sentence not in near.plain_sentences:
                continue
            plain = (lists.generic, near.names.never, near.names.roles)
            if any(word.key in some for some in plain):
                continue
            if not (word.starts and near.is_english(word.key)):
                yield Identifier(found.start(), found.end(), IdentifierKind.PLACE)


def _places_in_small_letters(near: Reading) -> Iterator[Identifier]:
    """Give the places whose last word tells what they are: "phoenix settlement", "loskop dam"."""
    for found in SMALL_ENDING.finditer(near.text):
        key = key_of(found["first"])
        is_name = key in near.names.listed or key in near.signs.names_first - SEASONS
        if is_name or looks_like_a_name(near, key, LIKE_NO_NAME):
            yield Identifier(found.start("first"), found.end(), IdentifierKind.PLACE)


def _listed_places(near: Reading, lists: PlaceLists) -> Iterator[Identifier]:
    at = 0
    inside = find_phrases(near, place_phrases())
    # The Scotia of Nova Scotia is no town.
    regions = find_phrases(near, near.names.never_phrases)
    while at < len(near.words):
        length = inside.get(at, 1)
        if at in inside and regions.get(at, 1) <= length and _is_place(near, at, length, lists):
            # "Philippi East"
            if at + length < len(near.words) and near.words[at + length].text in SIDES:
                length += near.gap(at + length) == " "
            end = near.words[at + length - 1].end
            # "Khayelitsha Site B"
            part = PART.match(near.text, end)
            end = part.end() if part else end
            yield Identifier(near.words[at].start, end, IdentifierKind.PLACE)
        at += length


def _is_place(near: Reading, at: int, length: int, lists: PlaceLists) -> bool:
    word = near.words[at]
    follows_sign = near.before(at) in lists.before_a_place
    if length > 1:
        # "elsies river", "kempton park": no phrase of plain words
        is_own = any(not near.is_english(each.key) for each in near.words[at : at + length])
        return word.is_capital or follows_sign or is_own
    names = near.names
    is_other_word = near.is_english(word.key)
    is_name_too = word.key in names.listed or word.key in names.mostly
    if not word.is_capital:
        # "the soshanguve one", "small place. barberton everyone knows everyone"
        is_own = len(word.key) >= LONGEST_AMBIGUOUS and not is_name_too
        return not is_other_word and (follows_sign or (is_own and word.key not in names.loanwords))
    if is_other_word or is_name_too:
        follows_sign = follows_sign or near.text[max(0, word.start - 2) : word.start] == ", "
        return follows_sign and word.sentence in near.plain_sentences
    return True
