"""Find the names of people. Lists and signs are data in `data/library/privacy/`.

A capital in the middle of a sentence tells most; at its start, in a title or in shouting it
tells nothing and a list must know the name; in lower case the words beside it must agree too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.figures import is_author, is_figure
from bot.privacy.initials import find_initials, follows_initial
from bot.privacy.joining import JOINTS, join_neighbours
from bot.privacy.judge import judged
from bot.privacy.kinds import Identifier, IdentifierKind
from bot.privacy.near import (
    Reading,
    acts_as_person,
    has_determiner,
    has_title,
    is_addressed,
    is_in_saying,
)
from bot.privacy.nicknames import find_nicknames
from bot.privacy.pairs import find_pairs
from bot.privacy.plain_use import is_no_name_by_shape, is_plain_use
from bot.privacy.small_letters import is_double_name, is_name_in_small_letters
from bot.privacy.sure import has_capital_inside, is_called_as_region, is_sure
from bot.privacy.surnames import did_something, is_surname_alone
from bot.privacy.unlisted import looks_like_a_name
from bot.privacy.wordlists import Phrases

# Shorter words in capitals are abbreviations.
SHORT_SHOUT = 3
# "T" and "T."
LONGEST_INITIAL = 3
LONG_PHRASE = 4
# Whom one calls so need not be named so.
ENDEARMENTS = frozenset("angel princess prince precious star sunny sonny jewel pearl duke".split())
LIKE_ANYTHING = -20.0
# "J." and, after its title, "Mrs A"
ENDS_IN_INITIAL = re.compile(r"\.$|(?:^|\s)[^\W\d_]$")


def find_names(near: Reading) -> Iterator[Identifier]:
    """Give the names of people in a text, parts of one name joined."""
    protected = find_phrases(near, near.names.never_phrases)
    chosen = {at for at in range(len(near.words)) if _is_name(near, at, protected)}
    chosen |= _repeated(near, chosen, protected)
    chosen |= judged(near, chosen, protected)
    join_neighbours(near, chosen, protected)
    yield from _joined(
        near.text,
        [
            *_spans(near, chosen),
            *find_initials(near),
            *find_pairs(near),
            *find_nicknames(near),
        ],
    )


def find_phrases(near: Reading, phrases: Phrases) -> dict[int, int]:
    """Give each word that belongs to a listed phrase, with the phrase's number of words."""
    inside: dict[int, int] = {}
    for at, word in enumerate(near.words):
        if at in inside:
            continue
        for phrase in phrases.get(word.key, ()):
            here = near.words[at : at + len(phrase)]
            if tuple(each.key for each in here) == phrase and _is_close(near, at, len(phrase)):
                inside |= dict.fromkeys(range(at, at + len(phrase)), len(phrase))
                break
    return inside


def _is_close(near: Reading, at: int, length: int) -> bool:
    # "Jesus, Mary and Joseph"
    joints = JOINTS | {", "} if length >= LONG_PHRASE else JOINTS
    return all(near.gap(each) in joints for each in range(at + 1, at + length))


def _is_name(near: Reading, at: int, protected: dict[int, int]) -> bool:
    word, lists = near.words[at], near.names
    if len(word.text) < 2 or near.text[max(0, word.start - 1) : word.start].isdigit():  # "9mo"
        return False
    if protected.get(at, 1) > 1:
        return False
    if word.key in lists.regions_or_names and near.before(at) in {"in", "from", "to"}:
        return False
    if has_title(near, at):
        return _may_follow_title(near, at)
    is_plain = word.sentence in near.plain_sentences
    if is_addressed(near, at) and word.is_capital and (is_plain or word.key in lists.listed):
        # "The father Sotho, the mother Zulu" are no surnames.
        is_surname = word.key in lists.surname_like and not has_determiner(near, at - 1)
        return word.key not in lists.roles and (at not in protected or is_surname)
    if is_called_as_region(near, at) or (
        word.is_capital and is_sure(near, at) and not is_plain_use(near, at)
    ):
        return is_plain
    if word.is_capital and word.key in lists.months_or_names | lists.regions_or_names:
        is_told = near.before(at) in near.signs.addressed and near.before(at) != "saw"
        return is_plain and (is_told or acts_as_person(near, at, is_word=True))
    if at in protected or word.key in lists.roles or is_plain_use(near, at):
        return False
    if is_figure(near, at) or (word.is_capital and is_author(near, at)):
        return False
    if has_capital_inside(word.text):
        return is_plain and not near.is_english(word.key)
    if word.is_capital:
        return _is_name_with_capital(near, at, is_plain=is_plain and not word.is_shouted)
    return is_name_in_small_letters(near, at)


def _may_follow_title(near: Reading, at: int) -> bool:
    key = near.words[at].key
    if near.words[at].is_capital:
        return key not in near.names.roles
    given = near.signs
    if key in given.particles:  # "ms le roux"
        follows = near.after(at)
        return bool(follows) and (follows in given.particles or not near.is_english(follows))
    return not (key in given.before or key in given.acts or key in given.is_words | given.particles)


def _is_name_with_capital(near: Reading, at: int, *, is_plain: bool) -> bool:
    word, lists = near.words[at], near.names
    if word.is_shouted:
        known = word.key in lists.listed and len(word.text) > SHORT_SHOUT
        return known or (len(word.text) > SHORT_SHOUT + 1 and looks_like_a_name(near, word.key))
    if word.key in lists.listed and len(word.text) > 2:
        return True
    if word.key in lists.mostly and not is_in_saying(near, at):
        return is_plain or acts_as_person(near, at, is_word=True)
    if is_in_saying(near, at):
        return False
    if word.key in lists.word_names:
        if is_plain and not word.starts:
            return True
        return _is_called_to(near, at) or acts_as_person(near, at, is_word=True)
    if is_double_name(near, word.key):
        return True
    if is_plain and _is_written_abroad(near, at):
        return True
    if near.is_english(word.key):
        return _is_english_name(near, at, is_plain=is_plain)
    return is_plain and _is_unlisted_name(near, at)


def _is_unlisted_name(near: Reading, at: int) -> bool:
    """Whether a word with a capital that is on no list is somebody's name."""
    word = near.words[at]
    if is_no_name_by_shape(word.text, word.key):
        return False
    if not word.starts or acts_as_person(near, at, is_word=False):
        return True
    if did_something(near, at) and looks_like_a_name(near, word.key, LIKE_ANYTHING):
        return True
    return looks_like_a_name(near, word.key)


def _is_english_name(near: Reading, at: int, *, is_plain: bool) -> bool:
    """Whether a plain English word with a capital is somebody's: "the Hardy boys", "J. Smith"."""
    word = near.words[at]
    if is_plain and _is_family(near, at):
        return True
    owner = word.tail == "s" and is_plain and not word.starts
    if owner and acts_as_person(near, at, is_word=True):
        return True
    if is_plain and is_surname_alone(near, at):
        return True
    return near.before(at) == "named" or follows_initial(near, at)


def _is_written_abroad(near: Reading, at: int) -> bool:
    """Whether an accent parts a word with a capital from the English one: "Rún", "Graça"."""
    word, lists = near.words[at], near.names
    if word.text.isascii() or word.text.replace("’", "'").casefold() == word.key:
        return False
    if word.key in lists.loanwords or word.key in lists.never or word.key in lists.roles:
        return False
    return not word.starts or acts_as_person(near, at, is_word=False) or did_something(near, at)


def _is_called_to(near: Reading, at: int) -> bool:
    """Whether somebody is called to at the start of what is said: '"Hunter, feet," he said'."""
    word = near.words[at]
    is_quoted = near.text[max(0, word.start - 1) : word.start] in {'"', "“", "‘"}
    return (
        word.starts
        and is_quoted
        and near.text[word.end : word.end + 1] in {",", "!"}
        and word.key in near.signs.names_first - ENDEARMENTS
    )


def _is_family(near: Reading, at: int) -> bool:
    """Whether an English word is a family's name: "the Hardy boys", "the Nightingales are"."""
    word, lists = near.words[at], near.names
    if word.starts or near.before(at) not in {"the", "both", "all"} or word.key in lists.never:
        return False
    follows = near.after(at)
    if follows in near.signs.families:
        return word.key in lists.surname_words or word.key in lists.word_names
    is_plural = word.key.endswith("s") and word.key[:-1] in lists.surname_words
    return is_plural and (follows in {"are", "were", "have", "had"} or follows in near.signs.acts)


def _repeated(near: Reading, chosen: set[int], protected: dict[int, int]) -> set[int]:
    """Give the other places of names already found: told once, a name is known."""
    keys = {near.words[at].key for at in chosen}
    again: set[int] = set()
    for at, word in enumerate(near.words):
        if word.key not in keys or at in protected or word.key in near.names.roles:
            continue
        rare = len(word.key) > 2 and not near.is_english(word.key)
        if (word.is_capital and word.text != "I") or rare:
            again.add(at)
    return again


def _spans(near: Reading, chosen: set[int]) -> Iterator[Identifier]:
    start: int | None = None
    for at in sorted(chosen):
        word = near.words[at]
        start = word.start if start is None else start
        joins_next = at + 1 in chosen and near.gap(at + 1) in JOINTS and not word.tail
        if joins_next and not near.words[at + 1].starts:
            continue
        yield Identifier(start, word.end, _kind(near, at))
        start = None


def _joined(text: str, found: list[Identifier]) -> Iterator[Identifier]:
    """Give the identifiers with an initial joined to the name beside it: "T. Maluleke"."""
    last: Identifier | None = None
    for each in sorted(found, key=lambda each: each.start):
        if last is None:
            last = each
        elif each.start <= last.end + 2 and _is_initial_beside(text, last, each):
            last = Identifier(last.start, max(last.end, each.end), last.kind)
        else:
            yield last
            last = each
    if last is not None:
        yield last


def _is_initial_beside(text: str, last: Identifier, each: Identifier) -> bool:
    has_initial = min(last.end - last.start, each.end - each.start) < LONGEST_INITIAL
    has_initial = has_initial or bool(ENDS_IN_INITIAL.search(text[: last.end][-3:]))
    return each.start <= last.end or (has_initial and text[last.end : each.start] in JOINTS)


def _kind(near: Reading, at: int) -> IdentifierKind:
    """Tell an unknown word after "in" from a person: more likely a place."""
    word = near.words[at]
    lists = near.names
    is_known = any(word.key in some for some in (lists.listed, lists.mostly, lists.word_names))
    after_in = near.before(at) in near.signs.before_unknown_place
    return IdentifierKind.PLACE if after_in and not is_known else IdentifierKind.NAME
