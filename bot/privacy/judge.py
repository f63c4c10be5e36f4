"""Judge from the words around whether a word is somebody's name. It only ever adds names.

Rules find what grammar makes sure. What they leave, "not sure if i should ring grace back", is
weighed here: weights learned from sentences that name nobody (`setup/names/learn.py` says how) are
added up. Which words are weighed at all is decided here too.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache

from bot.library import LibraryError
from bot.privacy.beside import EDGE, features, kind_of, signs_after, signs_before
from bot.privacy.figures import is_author, is_figure
from bot.privacy.near import Reading, has_determiner, is_in_saying
from bot.privacy.plain_use import is_plain_use
from bot.privacy.sure import DAYS, is_told_to_somebody
from bot.privacy.unlisted import looks_like_a_name
from bot.privacy.wordlists import PRIVACY, names, signs

WEIGHTS_FILE = PRIVACY / "name_context.json"
# How sure the words around must be, as a log ratio.
SURE_OF_A_WORD = 0.0
SURE_OF_AN_UNKNOWN = 1.0
# A word that was found to be a name elsewhere in the text needs less.
SURE_OF_A_KNOWN = -1.0
# At a sentence's start, rules have found those whose capital tells.
SURE_OF_A_START = 4.0
SURE_OF_A_SMALL_START = 2.0
# A saying, a month or a country needs more.
SURE_OF_A_RARE = 2.8
SURE_OF_A_MONTH = 2.4
# "India was called a liar by her own gran."
SURE_OF_A_PERSON_OR_REGION = 1.4
SURE_OF_A_SHORT_ONE = 0.8
# "Friday can't come quickly enough" stands as a person would.
SURE_OF_A_DAY_FIRST = 7.0
# "ty" is thanks in one message and a boy in another.
SHORT_NAMES = frozenset({"ty", "em", "ed", "al", "bo", "mo", "jo", "lu", "flo", "kg"})
FEWEST_LETTERS = 2
# The least likeness to names, as a log ratio, where the place is one of a person's.
LIKE_ALMOST_ANYTHING = -3.0
# What people find, lose and need is more often mercy than Mercy.
SURE_OF_WHAT_IS_FELT = 3.0
FELT = frozenset("find finds found lose lost need needs felt bring brought".split())
MODALS = frozenset({"will", "may"})
VOWEL = re.compile("[aeiouy]")


@dataclass(frozen=True)
class Weights:
    """What was learned: a number for each feature, and one to begin with."""

    bias: float
    weights: dict[str, float]


@cache
def words_to_judge() -> frozenset[str]:
    """Give the words that are somebody's name in one sentence and none in another."""
    lists = names()
    some = lists.word_names | lists.mostly | lists.months_or_names | lists.regions_or_names
    return some | signs().names_first | DAYS


@cache
def weights() -> Weights:
    """Give the learned weights."""
    try:
        kept = json.loads(WEIGHTS_FILE.read_bytes())
        return Weights(float(kept["bias"]), {str(k): float(v) for k, v in kept["weights"].items()})
    except FileNotFoundError:
        raise LibraryError(f"{WEIGHTS_FILE.name}: the file is missing.") from None
    except (ValueError, KeyError, TypeError):
        raise LibraryError(f"{WEIGHTS_FILE.name}: not the weights that were learned.") from None


def evidence(near: Reading, at: int, identity: str) -> float:
    """Give how much the words around speak for a name, as a log ratio."""
    learned = weights()
    known = learned.weights
    return learned.bias + sum(known.get(each, 0.0) for each in features(near, at, identity))


def judged(near: Reading, chosen: set[int], protected: dict[int, int]) -> set[int]:
    """Give the words that the words around make names, beyond those `chosen` by rules."""
    keys = {near.words[at].key for at in chosen}
    more: set[int] = set()
    for at, word in enumerate(near.words):
        if at in chosen or protected.get(at, 1) > 1 or word.key in near.names.roles:
            continue
        if is_plain_use(near, at) or near.text[max(0, word.start - 1) : word.start].isdigit():
            continue
        if is_figure(near, at) or is_author(near, at):
            continue
        if word.key in near.names.figures_or_names and near.has_figure:
            continue
        if word.key in words_to_judge():
            is_name = _is_word_a_name(near, at, is_known=word.key in keys)
        else:
            is_name = at not in protected and _is_unknown_a_name(near, at)
        if is_name:
            more.add(at)
    return more


def _is_word_a_name(near: Reading, at: int, *, is_known: bool) -> bool:
    """Whether a word of the lists is somebody here, judged with what is known of that word."""
    word, lists = near.words[at], near.names
    if has_determiner(near, at):
        return False
    if word.key in MODALS and _is_modal_a_name(near, at):
        return True
    least = SURE_OF_A_WORD
    if word.starts:
        least = SURE_OF_A_START if word.is_capital else SURE_OF_A_SMALL_START
    if near.before(at) in FELT:
        least = SURE_OF_WHAT_IS_FELT
    least = SURE_OF_A_KNOWN if is_known else least
    if is_in_saying(near, at) and (word.is_capital or word.starts):
        return False
    if is_in_saying(near, at) or word.key in lists.never or word.key in lists.regions_or_names:
        least = SURE_OF_A_RARE
        if word.key in lists.people_or_regions and word.is_capital:
            least = SURE_OF_A_PERSON_OR_REGION
    if word.key in lists.months_or_names:
        least = SURE_OF_A_MONTH
    if word.key in DAYS and word.starts and not word.tail:
        least = SURE_OF_A_DAY_FIRST
    if is_told_to_somebody(near, at):
        return True
    return evidence(near, at, word.key) > least


def _is_modal_a_name(near: Reading, at: int) -> bool:
    """Whether "will" or "may" stands where no verb can: "cc'd will and", "about may."."""
    before, *_ = signs_before(near, at)
    after, other, _ = signs_after(near, at)
    follows = kind_of(after)
    if after == "and" and (other in near.names.familiar or other in near.names.mostly):
        return kind_of(before) not in {"subject", "owner"}
    led_to = {"towards", "speech", "acts", "past", "'d"}
    if kind_of(before) not in led_to or before in {"by", "since"}:
        return False
    return follows in {"joins", "place", "towards", "is", "speech", ",", ".", EDGE, "'s"}


def _is_unknown_a_name(near: Reading, at: int) -> bool:
    """Whether a word on no list of English words is somebody here."""
    key, lists = near.words[at].key, near.names
    if near.is_english(key) or len(key) < FEWEST_LETTERS or not VOWEL.search(key):
        return False
    if key in lists.loanwords:
        return key in SHORT_NAMES and evidence(near, at, "") > SURE_OF_A_SHORT_ONE
    if has_determiner(near, at) and not near.words[at].is_capital:
        return False
    return evidence(near, at, "") > SURE_OF_AN_UNKNOWN and looks_like_a_name(
        near, key, LIKE_ALMOST_ANYTHING
    )
