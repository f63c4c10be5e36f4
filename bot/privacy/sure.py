"""Places that only a person takes, whatever else the word means.

"Ocean's two mums", "Could May have", "asked sunday to bring", "I didn't protect Jordan": here the
grammar is enough, and neither a list nor a learned weight is asked.
"""

from __future__ import annotations

import re

from bot.privacy.near import Reading, has_determiner

# No month and no verb follows these at a sentence's start: "Could May have been lying?"
ASKS_OF_SOMEBODY = frozenset("could would did does can should do".split())
# "told sunday to wait"
ADDRESSED_TO = frozenset("told tell asked ask tells asks telling asking begged reminded".split())
# After these a country is a country.
TO_A_PLACE = frozenset(
    "in from to of at through across around near outside inside via into over back visit visits "
    "visited visiting left leave leaves leaving for than like wants want "
    "northern southern eastern western "
    "west east north south new rural".split()
)
# Between an owner and the relation: "Storm's two dads", "april's other mum".
MOST_BETWEEN = 2
BETWEEN = frozenset(
    "two three own other new older younger big little poor real birth foster late first lovely "
    "adoptive step half biological dear whole own elder baby twin sweet awful".split()
)
NOT_OWNED = frozenset("case cases client parent worker family session patient name".split())
KIN = frozenset(
    "mum mom dad mam mother father parent stepmum stepdad stepmother stepfather gran granny nan "
    "grandmother grandfather aunt auntie uncle sister brother son daughter cousin carer".split()
)
# "with hopes dad", "i just want marks mum to": no verb follows these.
OF_SOMEBODY = frozenset("with from about for of by at want wanted because met saw rang".split())
DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
# "ffrench-Mullen", "d'Angelo": a small letter begins, a capital follows a joint.
INSIDE = re.compile(r"(?:[dl]['’]|[^\W\d_]{5,}-)[A-Z][^\W\d_]{3,}$")


def owns_kin(near: Reading, at: int) -> bool:
    """Whether a relation is the word's own: "Ocean's two mums", "april's dad"."""
    if near.words[at].tail != "s":
        return False
    for ahead in range(at + 1, min(at + 2 + MOST_BETWEEN, len(near.words))):
        word = near.words[ahead]
        if near.gap(ahead) != " " or word.is_capital:
            return False
        key = word.key
        if key not in NOT_OWNED and (key in near.signs.kin or key.removesuffix("s") in KIN):
            return True
        if key not in BETWEEN:
            return False
    return False


def is_sure(near: Reading, at: int) -> bool:
    """Whether the place of a word that may be a name is one that only a person takes."""
    word, names = near.words[at], near.names
    may_be = word.key in names.word_names or word.key in names.mostly
    may_be = may_be or word.key in names.months_or_names
    if not may_be or has_determiner(near, at):
        return False
    if owns_kin(near, at) or _is_told_to(near, at):
        return True
    before = near.before(at)
    if word.is_capital and before in ASKS_OF_SOMEBODY and near.words[at - 1].starts:
        return True
    return word.is_capital and word.starts and _opens_a_list(near, at)


def _is_told_to(near: Reading, at: int) -> bool:
    return near.before(at) in ADDRESSED_TO and near.after(at) == "to"


def _opens_a_list(near: Reading, at: int) -> bool:
    """Whether another name with a capital follows the comma: "Ruby, Pearl and Reed"."""
    if at + 2 >= len(near.words) or near.gap(at + 1) != ", ":
        return False
    other = near.words[at + 1]
    is_name = other.key in near.names.word_names or other.key in near.names.listed
    return other.is_capital and is_name and near.gap(at + 2) in {", ", " "}


def is_told_to_somebody(near: Reading, at: int) -> bool:
    """Whether a day or a month is told to do something: "asked sunday to bring"."""
    return _is_told_to(near, at) or (owns_kin(near, at) and near.words[at].key not in DAYS)


def is_called_as_region(near: Reading, at: int) -> bool:
    """Whether a word that names people and a region is a person: "I didn't protect Jordan"."""
    word = near.words[at]
    if not word.is_capital or word.key not in near.names.people_or_regions or word.starts:
        return False
    before = near.before(at)
    if before in {"and", "or"} or not before or has_determiner(near, at):
        return False
    return before not in TO_A_PLACE and not before.endswith("ern")


def has_capital_inside(text: str) -> bool:
    """Whether a small letter begins and a capital follows a joint: "ffrench-Mullen"."""
    return text[0].islower() and INSIDE.match(text) is not None


def owns_without_apostrophe(near: Reading, at: int) -> str:
    """Give the name in "blessings dad" and "faiths mum", or "" where none owns anything."""
    key, names = near.words[at].key, near.names
    stem = key.removesuffix("s")
    if stem == key or near.after(at) not in KIN or has_determiner(near, at):
        return ""
    may_be = stem in near.signs.names_first or stem in names.mostly
    is_verb = stem in near.signs.verbs_too and near.before(at) not in OF_SOMEBODY
    may_be = may_be or (stem in names.word_names and not is_verb)
    subject = near.before(at) in {"i", "he", "she", "we", "they", "it", "who", "you"}
    return stem if may_be and not subject and near.before(at) not in near.signs.kin else ""
