"""Join the words that belong to a name beside them: surnames, particles, first parts.

Which words are names at all is decided in `names.py`.
"""

from __future__ import annotations

from bot.privacy.near import Reading
from bot.privacy.unlisted import MAY_BE_A_NAME, looks_like_a_name
from bot.privacy.wordlists import place_phrases

# What may lie between the parts of one name.
JOINTS = frozenset({" ", "-", ". ", ".", "  "})
# "Big Dave" is what he goes by.
BY_LOOKS = frozenset("big lil fat mad crazy skinny tall shorty".split())
# Particles that no English word looks like; the others join names only.
SURE_PARTICLES = frozenset("van der du von le de".split())
# Only with a capital: "Ó Dálaigh", "Te Rangihaeata", "Umm Yusra".
CAPITAL_PARTICLES = frozenset("o ni nic ui te umm abu mac al el ibn ben".split())
# "a", "I", and what is texted for and, you, are, kisses, why, very, see and okay.
TEXTED_LETTERS = frozenset("aAIiunryxvc")
# Shorter words in small letters are rather abbreviations.
SHORTEST_SURNAME = 3


def join_neighbours(near: Reading, chosen: set[int], protected: dict[int, int]) -> None:
    """Add the words that belong to a name beside them: surnames, particles, first parts."""
    for at, word in enumerate(near.words):
        follows_name = at - 1 in chosen and near.gap(at) in JOINTS and not near.words[at - 1].tail
        # "Diepsloot Extension 4": a place has no surname.
        if not follows_name or _is_listed_place(near, at - 1) or at in chosen or word.starts:
            continue
        joins = word.key in near.signs.particles and _leads_to_capital(near, at)
        joins = joins or (
            near.words[at - 1].key in near.signs.particles
            and not near.words[at - 1].is_capital
            and not near.is_english(word.key)
        )
        joins = joins or _is_small_surname(near, at, protected) or _is_small_initial(near, at)
        if joins or (word.is_capital and _may_be_surname(near, at, protected)):
            chosen.add(at)
    for at in sorted(chosen, reverse=True):
        _join_before(near, at, chosen, protected)


def _is_listed_place(near: Reading, at: int) -> bool:
    key = near.words[at].key
    return key in place_phrases() and key not in near.names.listed


def _join_before(near: Reading, at: int, chosen: set[int], protected: dict[int, int]) -> None:
    while at > 0 and near.gap(at) in JOINTS and not near.words[at - 1].tail:
        at -= 1
        word = near.words[at]
        is_first = word.is_capital and _may_be_first(near, at, protected)
        is_first = is_first or word.text in {"big", "lil"}
        if word.key not in SURE_PARTICLES and not is_first:
            return
        chosen.add(at)


def _may_be_first(near: Reading, at: int, protected: dict[int, int]) -> bool:
    """Whether a word with a capital goes with the name after it: "Lovemore Chikwanha"."""
    word, lists = near.words[at], near.names
    if word.key in BY_LOOKS or word.key in CAPITAL_PARTICLES:
        return True
    if word.key in lists.word_names:
        return word.key not in near.signs.openers
    is_unknown = not near.is_english(word.key) and word.key not in lists.loanwords
    follows = near.words[at + 1]
    is_plain = word.sentence in near.plain_sentences and follows.is_capital and not follows.starts
    return is_unknown and is_plain and at not in protected and len(word.key) > 2


def _leads_to_capital(near: Reading, at: int) -> bool:
    ahead = near.words[at + 1 : at + 3]
    return any(word.is_capital and not word.starts for word in ahead)


def _may_be_surname(near: Reading, at: int, protected: dict[int, int]) -> bool:
    word, lists = near.words[at], near.names
    if word.sentence not in near.plain_sentences or word.key == "i" or word.key in lists.roles:
        return False
    return at not in protected or (protected[at] == 1 and word.key in lists.surname_like)


def _is_small_initial(near: Reading, at: int) -> bool:
    """Whether a letter stands for the surname of somebody well known as a name: "tyler k from"."""
    is_letter = len(near.words[at].text) == 1 and near.words[at].text not in TEXTED_LETTERS
    return is_letter and near.words[at - 1].key in near.names.familiar


def _is_small_surname(near: Reading, at: int, protected: dict[int, int]) -> bool:
    """Whether a small word that is no English one goes on with a small name: "thabo nkosi"."""
    word = near.words[at]
    if word.is_capital or near.words[at - 1].is_capital or at in protected:
        return False
    return len(word.key) > SHORTEST_SURNAME and looks_like_a_name(near, word.key, MAY_BE_A_NAME)
