"""Find schools, clinics, shelters, churches, clubs and courts by their own names.

"Rosebank Primary" has a name of its own and "the Primary School" has none. Public bodies in
general, as the Children's Court, stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.kinds import Identifier, IdentifierKind
from bot.privacy.near import Reading
from bot.privacy.unlisted import MAY_BE_A_NAME, looks_like_a_name
from bot.privacy.wordlists import PlaceLists

NAME = r"[A-Z][\w'’-]{1,24}"
# "St Mary's", with the words that follow when they name a school or a hospital.
SAINT = re.compile(
    r"\b(?:St\.? |Saint |Our Lady of (?:the )?|Sacred Heart)(?:[A-Z][\w-]{1,24})?"
    r"(?: [A-Z][a-z]{1,24}(?=['’]s))?(?:['’]s?)?"
    r"(?: (?i:primary|high|junior|senior|secondary|girls|boys|catholic|c of e|school|college|"
    r"academy|hospital|hospice|clinic|church)\b){0,4}"
)
# Languages that say first what it is: "Laerskool Jan van Riebeeck", "Ysgol Glan Clwyd".
KIND_FIRST = re.compile(
    r"\b(?i:laerskool|hoërskool|hoerskool|kleuterskool|ysgol|scoil|gaelscoil|escuela|colegio|école|"
    r"ecole|lycée|collège|szkoła|te kura(?: kaupapa māori)?|kura|masjid|gurdwara|iglesia|ngā puna)"
    rf"(?: (?:van|der|de|die|del|la|y|o|ō|ngā|te|na|an|{NAME})){{1,5}}"
)
NUMBERED = re.compile(r"\b(?:P\.?S\.?|I\.?S\.?|J\.?H\.?S\.?) ?#? ?\d{1,3}\b")
# "Toxteth Tigers FC", "Kuils River United", "Manly Sea Eagles under-12s"
CLUB = re.compile(
    rf"\b(?:{NAME} ){{1,4}}(?:FC|RFC|AFC|CC|Rovers|Wanderers|Athletic|Rangers|Hotspur|Albion|"
    r"(?:Rugby|Football|Soccer|Netball|Cricket|Swimming|Boxing|Judo|Karate|Running|Athletics|Hockey)"
    r" Club|(?:Sea )?(?:Eagles|Tigers|Sharks|Hawks|Panthers|Bulldogs|Roosters|Raiders|Dragons|"
    r"Knights|Warriors|Lions|Bulls|Stars|Swallows|Magpies|Bombers|Kangaroos)(?= under|\b))\b|"
    rf"(?<=for )(?:{NAME} ){{1,3}}(?:United|City|Town)\b"
)
# More words before "Primary" are a sentence in title case, not a name.
LONGEST_NAME = 4
# What lies between the words of a name: "Magistrates' Court" too.
GAPS = frozenset({" ", "' ", "’ "})
# These stand before a name though a capital makes them look like its part.
NO_PART = frozenset("in at from to of and or for when if because since after before".split())


def find_institutions(near: Reading, lists: PlaceLists) -> Iterator[Identifier]:
    """Give the institutions that the text names."""
    yield from _by_what_they_are(near, lists)
    for pattern, kind in (
        (SAINT, IdentifierKind.SCHOOL),
        (KIND_FIRST, IdentifierKind.SCHOOL),
        (NUMBERED, IdentifierKind.SCHOOL),
        (CLUB, IdentifierKind.PLACE),
    ):
        for found in pattern.finditer(near.text):
            shown = found[0].rstrip("'’ ")
            if " " in shown:
                yield Identifier(found.start(), found.start() + len(shown), kind)


def _by_what_they_are(near: Reading, lists: PlaceLists) -> Iterator[Identifier]:
    kinds = lists.school_words | lists.clinic_words | lists.court_words | lists.house_words
    at = 0
    while at < len(near.words):
        length = _length_of_kind(near, at, kinds, lists)
        first = _first_word(near, at, lists) if length else at
        if length and first < at and near.words[at].sentence in near.plain_sentences:
            last = at + length
            while last < len(near.words) and near.gap(last) == " ":
                if near.words[last].key not in lists.school_words:
                    break
                last += 1
            is_school = any(word.key in lists.school_words for word in near.words[at:last])
            kind = IdentifierKind.SCHOOL if is_school else IdentifierKind.PLACE
            yield Identifier(near.words[first].start, near.words[last - 1].end, kind)
            at = last
        else:
            at += 1


def _length_of_kind(near: Reading, at: int, kinds: frozenset[str], lists: PlaceLists) -> int:
    """Give the number of words that say what kind of institution it is, 0 for none."""
    for length in (3, 2, 1):
        here = near.words[at : at + length]
        if len(here) < length or not all(near.gap(at + step) in GAPS for step in range(1, length)):
            continue
        key = " ".join(f"{word.key}'s" if word.tail == "s" else word.key for word in here)
        key = key if key in kinds else " ".join(word.key for word in here)
        if key in kinds:
            # "The house" is a word like others: only "Haven House" may be a name.
            return length if key not in lists.house_words or here[0].is_capital else 0
    return 0


def _first_word(near: Reading, at: int, lists: PlaceLists) -> int:
    """Give where the institution's own name begins, `at` itself when it has none.

    Words that fit any school do not make a name, and with a small letter ("Rosebank primary",
    "oakwood primary") only unknown words do.
    """
    first = at
    while first > 0 and at - first < LONGEST_NAME and near.gap(first) == " ":
        word = near.words[first - 1]
        if not word.is_capital or word.key in near.names.roles:
            break
        first -= 1
    if first == at:
        return at - 1 if _has_small_name(near, at, lists) else at
    while first < at and _only_leads_to(near, first, lists):
        first += 1
    own = [word for word in near.words[first:at] if not _is_general(near, word.key, lists)]
    if not near.words[at].is_capital:
        own = [word for word in own if not near.is_english(word.key)]
    return first if own else at


def _only_leads_to(near: Reading, at: int, lists: PlaceLists) -> bool:
    """Whether a general word before a name is no part of it: "The", "At"; "Good" may be one."""
    word = near.words[at]
    leads = word.key in near.signs.determiners or word.key in NO_PART
    return leads or (word.starts and word.key in lists.generic)


def _has_small_name(near: Reading, at: int, lists: PlaceLists) -> bool:
    """Whether the word before is no English: "oakwood primary", "leeds family court"."""
    if near.words[at].is_capital or near.gap(at) != " " or near.words[at - 1].is_capital:
        return False
    key = near.words[at - 1].key
    if key in lists.generic or key in near.names.never or key in near.names.loanwords:
        return False
    return key in lists.towns or looks_like_a_name(near, key, MAY_BE_A_NAME)


def _is_general(near: Reading, key: str, lists: PlaceLists) -> bool:
    return key in lists.generic or key in near.names.roles or key in near.names.never
