"""Names typed in small letters, as hurried notes have them.

With no capital to go by, a word is a name when no English dictionary has it, or when it stands
where only a person can: "her mum grace was", "told hope that", "uncle goodwill", "rose says".
"""

from __future__ import annotations

import re

from bot.privacy.likeness import likeness
from bot.privacy.near import (
    AFTER_THESE_A_VERB,
    AGED_APART,
    HAS_AGE,
    NO_MODAL,
    Reading,
    acts_as_person,
    has_determiner,
    is_addressed,
    is_in_saying,
    is_of_kin,
    is_spoken_of,
    is_surely_spoken_of,
    may_be_determined,
)
from bot.privacy.plain_use import VIRTUES
from bot.privacy.sure import is_sure, owns_kin, owns_without_apostrophe
from bot.privacy.unlisted import MAY_BE_A_NAME, PREFIXES, looks_like_a_name
from bot.privacy.wordlists import place_lists

# Shorter words are rather abbreviations.
SHORTEST = 4
# What may close a name off: "her aunt, patience, waits", "mum (grace)".
CLOSES = re.compile(r" ?[,.;:!?)\n]|$| [-–—] ")
KIN_IN_BRACKETS = re.compile(r" ?\((?:the |his |her |my )?(?P<kin>[a-z-]{2,14})\b")
ASKS = frozenset("is was did does has can could would are isn't wasn't didn't".split())
# After these even a word that is a slip away from an English one is a name.
AUNTS = frozenset("auntie aunty aunt uncle gogo tannie oom malume pastor dr".split())
LIKE_SOMETHING = -3.0
# The little words of Afrikaans, Spanish, French, German, Swahili and isiZulu.
OTHER_LANGUAGES = frozenset(
    "het die nie ek hy sy ons hulle dit en vir van el la los las un una que es le les des et der "
    "das und ich ya wa na kwa ni baba uku ukuthi".split()
)
# So much like a name that it is one wherever it stands: "gertruida of erf 88".
LONG, LIKE_NOTHING_ELSE = 6, 7.0
# Everybody has one of each.
KIN_OF_ONE = frozenset(
    "mum mom mam mummy mommy dad daddy mother father gran granny grandma gogo ouma nan nana "
    "stepdad "
    "stepmum stepmom carer".split()
)
BEFORE_FAMILY = frozenset(
    "assigned got get allocated visited visit visiting saw seeing see met re about with from "
    "for".split()
)
LEADS_TO_SOMEBODY = frozenset("of about with for at by".split())
GOES_ON_ABOUT = frozenset("shes hes she's he's who whos who's".split())
CHILDREN = frozenset("kids children twins siblings sibs brothers sisters boys girls".split())
# "lucky mum", "early mum": no names before a relation.
DESCRIBES = frozenset(
    "happy lucky frank sunny merry dear sweet gentle young early late true noble royal golden wild "
    "wise bright smart real single loving good lovely decent proper".split()
)
NO_FAMILY = frozenset(
    "young rich strong small close good sweet wild savage love noble happy nice large long best "
    "royal crown church foster loving wise moody poor white black brown farmer business host day "
    "home care house great mixed".split()
)
SUBJECTS = frozenset("i u you he she we they to".split())
# Owned by people and by days and seasons alike: "summer's last week".
ANYBODYS = frozenset(
    "first last next best second third fourth new little big back play sleep people".split()
)


def is_name_in_small_letters(near: Reading, at: int) -> bool:
    """Whether a word in small letters is somebody's name."""
    word, lists = near.words[at], near.names
    if word.key in lists.sure_in_small_letters:
        return not has_determiner(near, at) or near.before(at) in {"my", "your"}
    if is_sure(near, at) or owns_without_apostrophe(near, at):
        return True
    if _is_unowned_family(near, at):
        return True
    if word.key in lists.word_names or word.key in lists.mostly:
        return _is_word_for_somebody(near, at)
    if near.is_english(word.key):
        return False
    if is_double_name(near, word.key) or _is_foreign_compound(near, word.key):
        return True
    if _owns_somebody(near, at) or _is_addressed_by_name(near, at):
        return True
    return _is_unknown_word_a_name(near, at)


def _is_unknown_word_a_name(near: Reading, at: int) -> bool:
    """Whether a word that English lacks, and that grammar leaves open, is somebody's name."""
    word, lists = near.words[at], near.names
    is_known = word.key in lists.familiar or word.key in lists.given
    is_determined = may_be_determined if is_known else has_determiner
    if is_determined(near, at) and not is_of_kin(near, at):
        return _is_a_familys(near, at)
    if _is_before_kin(near, at):
        return True
    if word.key in lists.familiar and word.key not in lists.loanwords:
        return len(word.key) >= SHORTEST or is_spoken_of(near, at)
    if word.key in lists.given and word.key not in lists.loanwords:
        # Five letters or more that are somebody's name and no slip of the pen are a name anywhere.
        return is_spoken_of(near, at) or looks_like_a_name(near, word.key)
    if is_surely_spoken_of(near, at):
        return _is_sure_enough(near, at)
    if not word.starts and is_spoken_of(near, at) and looks_like_a_name(near, word.key):
        return True
    # Likeness was learned in Latin letters.
    is_like_one = (
        word.key.isascii()
        and len(word.key) >= LONG
        and looks_like_a_name(near, word.key, LIKE_NOTHING_ELSE)
    )
    # Beside a word of another language it may be another such word: "het net gehuil".
    beside = {each.key for each in near.words[max(0, at - 2) : at + 3]}
    return is_like_one and beside.isdisjoint(OTHER_LANGUAGES)


def _is_sure_enough(near: Reading, at: int) -> bool:
    """Whether an unknown word where only somebody is spoken of looks enough like a name."""
    word, lists = near.words[at], near.names
    is_long = len(word.key) >= SHORTEST or word.key in lists.listed
    # "the dad desta is so gentle": between a relation and what it is, nothing else stands.
    follows = near.after(at)
    is_certain = near.before(at) in KIN_OF_ONE and follows in near.signs.is_words | {"from"}
    least = LIKE_SOMETHING if is_certain else MAY_BE_A_NAME
    return is_long and looks_like_a_name(near, word.key, least, may_be_slip=is_certain)


def is_double_name(near: Reading, key: str) -> bool:
    """Whether a compound is made of names: "Mary-Kate", "Jan-Hendrik", "ellie-mae"."""
    first, _, second = key.partition("-")
    lists = near.names
    return bool(second) and all(
        part in lists.listed or part in lists.mostly for part in (first, second.split("-")[-1])
    )


def _is_foreign_compound(near: Reading, key: str) -> bool:
    """Whether a compound is made of words that English lacks: "jun-ho", "siew-lan"."""
    parts = key.split("-")
    known = near.names.loanwords
    if len(parts) != 2 or parts[0] in PREFIXES or key in known:
        return False
    return all(len(part) > 1 and not near.is_english(part) and part not in known for part in parts)


def _is_addressed_by_name(near: Reading, at: int) -> bool:
    """Whether "auntie", "mama" or "dr" leads to a word that English lacks: "auntie funke"."""
    key, lists = near.words[at].key, near.names
    before = near.before(at)
    if before in lists.loanwords or not is_addressed(near, at) or key in lists.loanwords:
        return False
    if key in lists.listed:
        return True
    return before in AUNTS and len(key) >= SHORTEST and likeness(key) > LIKE_SOMETHING


def _owns_somebody(near: Reading, at: int) -> bool:
    """Whether a relation is the word's own: "pj's parents", "kai's cousins", "dimphos mom"."""
    key, lists = near.words[at].key, near.names
    may_own = key in lists.familiar or key not in lists.loanwords
    return _owns_without_apostrophe(near, at) or (
        owns_kin(near, at) and may_own and key not in lists.roles
    )


def _owns_without_apostrophe(near: Reading, at: int) -> bool:
    """Whether a listed name owns something: "anesus shoes", "dimphos mom"."""
    key, lists, given = near.words[at].key, near.names, near.signs
    if not key.endswith("s") or len(key) <= SHORTEST or key in lists.loanwords:
        return False
    is_known = key[:-1] in lists.familiar or key[:-1] in lists.given
    if is_known and near.after(at) in (given.kin | given.possessed) - ANYBODYS:
        return True
    if near.after(at) not in KIN_OF_ONE or has_determiner(near, at):
        return False
    return key[:-1] in lists.listed or looks_like_a_name(near, key[:-1], MAY_BE_A_NAME)


def _may_be_anybody(near: Reading, key: str) -> bool:
    """Whether a plain word is somebody's name more often than it describes a relation."""
    lists = near.names
    may_be = key in near.signs.names_first or key in lists.mostly or key in lists.word_names
    return may_be and key not in DESCRIBES


def _is_before_kin(near: Reading, at: int) -> bool:
    """Whether a relation follows at once, its "s" lost: "iggy mum outside", "angel mom goes"."""
    key, lists = near.words[at].key, near.names
    if near.after(at) not in KIN_OF_ONE or near.before(at) in near.signs.determiners:
        return False
    if _may_be_anybody(near, key):
        return key not in near.signs.verbs_too and near.before(at) not in SUBJECTS
    if key in lists.listed:
        return True
    is_word = near.is_english(key) or key in lists.loanwords
    return not is_word and looks_like_a_name(near, key, LIKE_SOMETHING)


def _is_a_familys(near: Reading, at: int) -> bool:
    """Whether a listed name stands before a family: "the okonkwo kids", "that dlamini woman"."""
    key, follows = near.words[at].key, near.after(at)
    given = near.signs
    # "the petrovics cancelled again"
    is_plural = key.endswith("s") and near.before(at) in {"the", "both", "van", "de", "le"}
    if is_plural and near.before(at) in near.signs.particles and near.before(at - 1) == "the":
        return True  # "the van tonders"
    is_theirs = near.text[near.words[at].end : near.words[at].end + 2] in {"' ", "’ "}
    if is_plural and is_theirs and looks_like_a_name(near, key[:-1], MAY_BE_A_NAME):
        return True
    if is_plural and follows in given.acts | given.person_verbs | {"are", "were", "have", "had"}:
        stem = key[:-1]
        return stem in near.names.listed or looks_like_a_name(near, stem, MAY_BE_A_NAME)
    if follows in near.signs.families and looks_like_a_name(near, key):
        return True  # "the tuhoro kids"
    is_of_people = follows in near.signs.families or follows in near.signs.kin
    is_of_people = is_of_people and follows not in {"named", "called", "name", "case", "worker"}
    return key in near.names.listed and key not in near.names.loanwords and is_of_people


def _is_word_for_somebody(near: Reading, at: int) -> bool:
    """Whether a word that may be a name is one here."""
    given, word = near.signs, near.words[at]
    before, follows = near.before(at), near.after(at)
    if word.key in given.modals:
        # "will doesn't": no modal stands before another.
        return follows in NO_MODAL or (
            before in given.addressed and follows in given.after_addressed
        )
    if has_determiner(near, at) or is_in_saying(near, at):
        return False
    if word.tail == "s" and at + 1 < len(near.words) and near.gap(at + 1) == " ":
        owned = near.words[at + 1].key
        return owned in given.kin or (owned in given.possessed and owned not in ANYBODYS)
    beside = (_is_one_of_two, _is_before_kin, _is_whom_kin_is, _is_told_of)
    if any(is_somebody(near, at) for is_somebody in beside):
        return True
    if _is_after_a_person(near, at) or _is_before_a_persons_sign(near, at):
        return True
    if before in {"called", "named"} and word.key in given.names_first:
        return True
    if before in given.endearments:
        return False
    if before in given.addressed and follows in given.after_addressed:
        return True
    if before in ASKS and near.words[at - 1].starts and follows in given.states | given.acts:
        return True
    if follows in given.speech and (word.starts or before in given.before):
        return True
    if word.starts:
        return acts_as_person(near, at, is_word=True)
    is_verb = before in AFTER_THESE_A_VERB and word.key in given.verbs_too
    return word.key in given.names_first and not is_verb and is_spoken_of(near, at)


def _is_told_of(near: Reading, at: int) -> bool:
    """Whether somebody is told of: "scared of joy shes", "dad of summer from"."""
    before, follows = near.before(at), near.after(at)
    if before in LEADS_TO_SOMEBODY and follows in GOES_ON_ABOUT:
        return True
    if before == "of" and follows == "from":
        return near.before(at - 1) in near.signs.kin
    is_first = before in CHILDREN and follows == "and"
    is_second = before == "and" and near.before(at - 2) in CHILDREN
    other = near.words[at + 2].key if is_first and at + 2 < len(near.words) else ""
    other = near.words[at - 2].key if is_second else other
    return other in near.names.word_names or other in near.names.listed


def _is_one_of_two(near: Reading, at: int) -> bool:
    """Whether two that may be names do what people do: "precious and beauty fought"."""
    lists = near.names
    for first in (at, at - 2):
        pair = near.words[max(0, first) : first + 3]
        if first < 0 or len(pair) < 3 or pair[1].key != "and" or not pair[0].starts:
            continue
        keys = [each.key for each in pair[::2]]
        may_be = all(key in lists.word_names or key in lists.familiar for key in keys)
        follows = near.after(first + 2)
        if may_be and follows in {"are", "were"}:
            return any(key in near.signs.names_first for key in keys)
        if may_be and follows in near.signs.speech | near.signs.acts:
            return f"{follows}s" not in near.signs.acts
    return False


def _is_after_a_person(near: Reading, at: int) -> bool:
    """Whether "uncle", "her mum", "his aunt," or "mum and" stands before, and nothing denies it."""
    given, word, follows = near.signs, near.words[at], near.after(at)
    before = near.before(at)
    acts = follows in given.acts | given.is_words
    if word.key in given.verbs_too and not acts:
        closed = near.before(at, " ,(") in given.kin and not before
        return closed and bool(CLOSES.match(near.text, word.end))
    leads_on = acts or follows in given.helpers or follows in given.after_addressed
    leads_on = (
        leads_on or follows not in near.names.english or bool(CLOSES.match(near.text, word.end))
    )
    if before == "and" and at > 1:
        other = near.words[at - 2].key
        return other in near.names.roles and (acts or follows in given.helpers)
    if before in given.addresses and before not in given.endearments:
        return leads_on
    if is_of_kin(near, at) and before and before not in given.endearments:
        return leads_on
    is_apart = not before and (is_of_kin(near, at) or near.before(at, " ,(") in {"one", "other"})
    return is_apart and bool(CLOSES.match(near.text, word.end))


def _is_unowned_family(near: Reading, at: int) -> bool:
    """Whether a surname stands before a family, no article with it: "wood family review today"."""
    key, lists = near.words[at].key, near.names
    if near.after(at) not in {"family", "twins", "siblings", "household"} or has_determiner(
        near, at
    ):
        return False
    if key in lists.roles or key in lists.never or key in place_lists().generic:
        return False
    leads = near.words[at].starts or near.before(at) in BEFORE_FAMILY
    return leads and key in lists.surname_words - NO_FAMILY


def _is_whom_kin_is(near: Reading, at: int) -> bool:
    """Whether a relation is told by name: "stepmum is hope, bio mum is grace"."""
    key = near.words[at].key
    if key not in VIRTUES and key not in near.signs.names_first:
        return False
    if near.before(at) not in {"is", "was"} or at < 2 or near.words[at - 2].tail:
        return False
    other = near.words[at - 2].key
    is_told = other in KIN_OF_ONE or (other == "name" and key in near.names.word_names)
    return is_told and bool(CLOSES.match(near.text, near.words[at].end))


def _is_before_a_persons_sign(near: Reading, at: int) -> bool:
    """Whether an age or a relation in brackets follows: "hope, 9, hid", "mark (dad)"."""
    word = near.words[at]
    if HAS_AGE.match(near.text, word.end) or AGED_APART.match(near.text, word.end):
        return True
    found = KIN_IN_BRACKETS.match(near.text, word.end)
    return found is not None and found["kin"] in near.signs.kin
