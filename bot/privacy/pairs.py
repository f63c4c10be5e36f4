"""Two or three capitals that stand for a client: "TK punched", "session with RB", "client SN".

Notes call people by their initials. Those of services, roles and diagnoses are listed in
`not_names.yml`; any others are somebody's where a person could stand and no article does.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.privacy.kinds import Identifier, IdentifierKind
from bot.privacy.near import Reading, has_determiner, is_of_kin
from bot.privacy.surnames import did_something

PAIR, LONGEST = 2, 3
LEADS = frozenset(
    "with about told tell saw see seeing met for from of asked re w vs between without by against "
    "because when if that but and than phoned rang texted called is was "
    "let did does what how does told".split()
)
# These lead to three capitals only where those are a person's.
KIN_LEADS = frozenset("client patient pt baby little mum mom mother dad father son".split())
NOT_KIN = frozenset("case family school sex parent parents".split())


def find_pairs(near: Reading) -> Iterator[Identifier]:
    """Give the capitals in a text that are somebody's initials."""
    for at, word in enumerate(near.words):
        if word.is_shouted and PAIR <= len(word.text) <= LONGEST and _is_somebody(near, at):
            yield Identifier(word.start, word.end, IdentifierKind.NAME)


def _is_somebody(near: Reading, at: int) -> bool:
    word = near.words[at]
    if word.text in near.names.abbreviations or not (word.text.isascii() and word.text.isalpha()):
        return False
    if word.sentence not in near.plain_sentences or has_determiner(near, at):
        return False
    if _is_among_capitals(near, at) or word.key in near.names.never_phrases:
        return False
    is_led = is_of_kin(near, at) and near.words[at - 1].key not in NOT_KIN
    if len(word.text) == LONGEST:
        return is_led and near.words[at - 1].key in KIN_LEADS and not near.is_english(word.key)
    if is_led or (near.before(at) == "of" and near.words[at - 2].key == "family"):
        return True
    leads = near.before(at) in LEADS or not near.before(at)
    return leads and _goes_on(near, at)


def _goes_on(near: Reading, at: int) -> bool:
    """Whether what follows belongs to a person: a deed, a relation, the sentence's end."""
    word, given = near.words[at], near.signs
    if word.tail == "s":
        return True
    end = near.text[word.end : word.end + 3]
    is_apart = end[:1] in {"", ".", ",", "?", "!", "("} or end[:2] in {" +", " &", " (", " -", " –"}
    if is_apart and near.before(at) in LEADS:
        return True
    follows = near.after(at)
    acts = given.acts | given.helpers | given.is_words | given.speech | given.person_verbs
    if follows in acts:
        return True
    if did_something(near, at):
        return True
    return near.before(at) in LEADS and follows in given.after_addressed


def _is_among_capitals(near: Reading, at: int) -> bool:
    """Whether capitals or digits stand beside, as in "SS 12", "ABC TV" and shouting."""
    word = near.words[at]
    beside = near.text[max(0, word.start - 2) : word.start] + near.text[word.end : word.end + 2]
    if any(map(str.isdigit, beside)) or "-" in beside.strip() or "/" in beside or "_" in beside:
        return True
    for other, gap_at in ((at - 1, at), (at + 1, at + 1)):
        if 0 <= other < len(near.words) and near.gap(gap_at) == " ":
            neighbour = near.words[other]
            if neighbour.is_shouted:
                return True
    return False
