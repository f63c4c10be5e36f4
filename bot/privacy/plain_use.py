"""Uses of a word that may be a name in which nobody is meant, whatever its capital says.

"In Winter she came good", "Summer Program, Winter Program", "Echo, Dot, Siri", "a Psalm", "Faith,
Charity, Prudence, Chastity". What grammar makes sure (`sure.py`) wins over all of them.
"""

from __future__ import annotations

import re

from bot.privacy.near import Reading, has_title, is_of_kin
from bot.privacy.sure import owns_kin

SEASONS = frozenset("spring summer autumn winter".split())
# "in Winter", "last summer", "by Autumn"; "of spring".
BEFORE_SEASON = frozenset(
    "in this last next every each by until till since during all mid late early of through "
    "throughout come that previous whole following coming over before after".split()
)
VIRTUES = frozenset(
    "faith hope charity prudence chastity temperance fortitude justice patience mercy grace joy "
    "peace love kindness goodness gentleness humility honesty courage wisdom gratitude trust "
    "truth diligence modesty purity loyalty compassion integrity respect tolerance".split()
)
# Three of them may well be sisters.
FEWEST_VIRTUES = 4
FEWEST_THINGS = 3
# On each side, so that any text costs time in proportion to its length.
LONGEST_ROW = 8
# Somebody's own may stand before a name: "my Grace", "our Hope". These stand before things.
ARTICLES = frozenset("a an any every each some no another such".split())
SAID = frozenset("say says said saying".split())
OBJECTS = frozenset(
    "a an the his her my our their it them him me us one two three four five six seven eight nine "
    "ten some up back away off on out in at for to pictures".split()
)
# "so gentle", "really happy": before a name too, but then it does something.
INTENSIFIERS = frozenset("so really quite fairly rather super pretty how".split())
JOINS = frozenset({"and", "or", "&"})
# What an abstract word with a capital does no more than a thing does.
ADVERBS = frozenset({"ever"})
BEFORE_ADVERB = frozenset(
    "has have had hardly never not nothing nobody no-one anybody anyone did do does is was if the "
    "best worst first only than more they you i we he she".split()
)
# "PMHx", "GPs", "MRIs"; "Mirandised", "Kafkaesque".
ABBREVIATED = re.compile(r"[A-Z]{2,}[a-z]{1,2}$")
INFLECTED = ("ised", "ized", "ising", "izing", "esque", "ology", "ically", "isation", "ization")


def is_plain_use(near: Reading, at: int) -> bool:
    """Whether a word that may be a name stands for a season, a virtue or a thing here."""
    word, lists = near.words[at], near.names
    if word.key not in lists.word_names and word.key not in near.signs.names_first:
        return False
    if _is_what_kin_did(near, at):
        return True
    if has_title(near, at) or is_of_kin(near, at) or owns_kin(near, at):
        return False
    if word.key in SEASONS and _is_season(near, at):
        return True
    if _is_by_itself(near, at):
        return True
    if word.key == "grace" and near.before(at) in SAID:
        return True
    if word.key in ADVERBS:
        return not word.is_capital and near.before(at) in BEFORE_ADVERB
    if not word.is_capital:
        # "So dawn is 9": what begins a sentence intensifies nothing.
        is_intense = near.before(at) in INTENSIFIERS and not near.words[at - 1].starts
        return is_intense and near.after(at) not in near.signs.acts
    if near.before(at) in ARTICLES and near.after(at) not in near.signs.families:
        return True
    if near.before(at) == near.after(at) == "as" or _begins_a_title(near, at):
        return True
    row = _row(near, at)
    keys = [near.words[each].key for each in row]
    if len(row) >= FEWEST_VIRTUES and all(key in VIRTUES for key in keys):
        return True
    is_of_things = len(row) >= FEWEST_THINGS and any(key in lists.things for key in keys)
    return is_of_things and all(key in lists.things or key in lists.word_names for key in keys)


def _is_by_itself(near: Reading, at: int) -> bool:
    """Whether the word is told twice, "Penny by penny": one by one."""
    key = near.words[at].key
    ahead, behind = near.words[at + 1 : at + 3], near.words[max(0, at - 2) : at]
    return any(
        len(pair) > 1 and pair[far].key == key and pair[1 - far].key == "by"
        for pair, far in ((ahead, 1), (behind, 0))
    )


def _is_what_kin_did(near: Reading, at: int) -> bool:
    """Whether a word that is a verb too is what somebody did: "her granddaughter drew five"."""
    word, given = near.words[at], near.signs
    if word.is_capital or word.key not in given.verbs_too or not near.before(at):
        return False
    follows = near.after(at)
    return follows in OBJECTS and near.words[at - 1].key in near.names.roles | given.kin


def is_no_name_by_shape(text: str, key: str) -> bool:
    """Whether the letters alone tell that no list need know the word: "PMHx", "Mirandised"."""
    return ABBREVIATED.match(text) is not None or key.endswith(INFLECTED)


def _is_season(near: Reading, at: int) -> bool:
    if near.before(at) in BEFORE_SEASON:
        return True
    others = near.keys & (SEASONS - {near.words[at].key})
    return bool(others) and near.words[at].tail != "s"


def _begins_a_title(near: Reading, at: int) -> bool:
    """Whether a plain word with a capital goes on: "Summer Program", "Grace Period"."""
    word, ahead = near.words[at], at + 1
    if ahead >= len(near.words) or word.tail or near.gap(ahead) != " ":
        return False
    other, lists = near.words[ahead], near.names
    if not other.is_capital or other.is_shouted or other.starts or len(other.text) < 2:
        return False
    if word.key in lists.mostly or word.key in near.signs.names_first - SEASONS:
        return False
    is_name = other.key in lists.surname_words or other.key in lists.word_names
    is_name = is_name or other.key in lists.mostly or other.key in lists.roles
    return not is_name and other.key in lists.english and other.key not in lists.never


def _row(near: Reading, at: int) -> list[int]:
    """Give the words with a capital that commas and "and" put in a row with one, itself too."""
    row = [at]
    for step in (-1, 1):
        here = at
        for _ in range(LONGEST_ROW):
            other = here + step
            if 0 <= other < len(near.words) and near.words[other].key in JOINS:
                other += step
            if not 0 <= other < len(near.words) or not near.words[other].is_capital:
                break
            first, last = sorted((here, other))
            between = near.text[near.end_with_tail(first) : near.words[last].start]
            if between not in {", ", " and ", ", and ", " or ", " & ", "/"}:
                break
            row.append(other)
            here = other
    return sorted(row)
