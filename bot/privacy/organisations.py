"""Find firms, homes and congregations by what the sentence says of them.

The name itself does not tell what it is in "her school, Rainbow Kids", "he packs for Penhale
Foods", "House of Hope" and "at Eagle's Nest". Those whose last word does are found in
`institutions.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.address_shapes import CAPITAL
from bot.privacy.kinds import Identifier, IdentifierKind
from bot.privacy.near import Reading
from bot.privacy.wordlists import PlaceLists

# "House of Hope", "Hands of Mercy"; but "Circle of Security" and "Place of Safety".
OF_NAME = re.compile(
    r"\b(?:House|Home|Place|Hands|Haven|Arms|Door|Gates?|Fountain|Tabernacle|Church|Temple|Ark|Assembly|"
    r"Assemblies|Children|Sisters|Daughters|Brothers|Friends|Wings|City|Valley|Village|Mothers|Fathers|"
    r"Seeds?|Rays?|Garden|Well|River|Rock|Light|Voice|Voices|Guardians|Angels|Bridge|School|College|"
    r"Academy|University|Diocese|Cathedral|Basilica|Parish|Mosque|Masjid) of (?:the |our )?"
    rf"(?P<own>{CAPITAL}(?: (?:and|&|of) {CAPITAL})?(?: (?!In |At |On ){CAPITAL}){{0,2}})"
)
SAFE_ENDS = frozenset(
    "safety security lords commons representatives cards fun horrors god assembly cards "
    "children".split()
)
# What may stand between "her school" and its name.
NAMED = re.compile(
    r"(?:,? (?:called|named)|,|:| \(| -| –| is(?: called)?|['’]s (?:called|named))? ?[\"“‘']?$"
)
# Whom somebody reaches: "called Safe Harbour for a bed".
REACHED = frozenset("called phoned rang emailed contacted joined from via".split())
PAIR = 2
AT = frozenset({"at", "outside", "behind", "opposite"})
FOR = AT | {"for", "by", "with", "from", "of"}
# How many words may stand between "works" and "for": "works night shift as a guard for".
REACH = 4
LONGEST = 6
JOINS = frozenset({"of", "the", "and", "for", "de", "la", "o", "na", "n"})


def find_organisations(near: Reading, lists: PlaceLists) -> Iterator[Identifier]:
    """Give the organisations that are named where only one can stand."""
    for found in OF_NAME.finditer(near.text):
        if found["own"].split()[0].lower() not in SAFE_ENDS:
            yield Identifier(found.start(), found.end(), IdentifierKind.PLACE)
    at = 1
    while at < len(near.words):
        last = _run(near, at, lists)
        if last and _is_called_so(near, at, last, lists):
            yield Identifier(
                near.words[at].start, near.end_with_tail(last - 1), IdentifierKind.PLACE
            )
        at = max(at + 1, last)


def _run(near: Reading, at: int, lists: PlaceLists) -> int:
    """Give where capitals that begin at a word end, 0 where they name nothing of its own."""
    word = near.words[at]
    if not word.is_capital or word.starts or word.sentence not in near.plain_sentences:
        return 0
    last = at
    while last < len(near.words) and last - at < LONGEST:
        word = near.words[last]
        gap = near.gap(last)
        if last > at and gap not in {" ", " & ", "-", ". "}:
            break
        if not word.is_capital:
            follows = near.words[last + 1] if last + 1 < len(near.words) else None
            joins = word.key in JOINS and follows and follows.is_capital and last > at
            if not joins or near.gap(last + 1) != " ":
                break
        elif word.key in near.names.roles and word.key not in lists.generic:
            break
        last += 1
    own = [
        word
        for word in near.words[at:last]
        if word.is_capital and not _says_little(near, word.key, lists)
    ]
    return last if own else 0


def _says_little(near: Reading, key: str, lists: PlaceLists) -> bool:
    in_general = key in lists.generic or key in near.names.never or key in near.names.roles
    return in_general or key in near.names.loanwords or len(key) < 2


def _is_called_so(near: Reading, at: int, last: int, lists: PlaceLists) -> bool:
    before = near.words[at - 1]
    if before.sentence != near.words[at].sentence:
        return False
    between = near.text[before.end : near.words[at].start]
    if before.key in {"called", "named", "is", "the"} and at > 1:
        before = near.words[at - 2]
        between = near.text[before.end : near.words[at].start].replace(" the", "")
    if before.key in lists.called_by_name and not before.is_capital and NAMED.fullmatch(between):
        # "The school is Catholic" names none, and "the home, Mum said" neither.
        return between.strip() != "" or last - at > 1
    is_reached = before.key in REACHED and last - at == PAIR and between == " "
    if is_reached and _is_of_its_own(near, at, last):
        return True
    return _is_where_somebody_works(near, at, last, lists)


def _is_of_its_own(near: Reading, at: int, last: int) -> bool:
    """Whether no word of the two is one that public bodies share: "Safe Harbour"."""
    keys = tuple(word.key for word in near.words[at:last])
    if keys in near.names.never_phrases.get(keys[0], ()):
        return False
    return all(
        near.is_english(key) and not (key in near.names.roles or key in near.names.never)
        for key in keys
    )


def _is_where_somebody_works(near: Reading, at: int, last: int, lists: PlaceLists) -> bool:
    place = at - 1
    if near.words[place].key == "the" and place > 0:
        place -= 1
    if near.words[place].key not in FOR or near.words[place].is_capital:
        return False
    if any(near.gap(each).strip() for each in range(place + 1, at + 1)):
        return False
    if near.words[place].key in AT and last - at > 1:
        return True
    beside = near.words[max(0, place - REACH) : place]
    works = [word for word in beside if word.key in lists.work_words]
    if not works or near.words[at].is_shouted:
        return False
    is_strong = near.words[place].key in {"at", "for"} or last - at > 1
    return is_strong and works[-1].sentence == near.words[at].sentence
