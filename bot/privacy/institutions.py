"""Find schools, clinics, shelters, churches, clubs and courts by their own names.

"Rosebank Primary" has a name of its own and "the Primary School" has none. Public bodies in
general, as the Children's Court, stay.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.privacy import institution_shapes as shapes
from bot.privacy.kinds import Identifier, IdentifierKind
from bot.privacy.names import find_phrases
from bot.privacy.near import Reading
from bot.privacy.unlisted import looks_like_a_name
from bot.privacy.wordlists import PlaceLists, place_phrases
from bot.privacy.words import key_of

SHAPES = (
    (shapes.SAINT, IdentifierKind.SCHOOL),
    (shapes.SMALL_SAINT, IdentifierKind.SCHOOL),
    (shapes.KIND_FIRST, IdentifierKind.SCHOOL),
    (shapes.DEVOTION, IdentifierKind.SCHOOL),
    (shapes.NUMBERED, IdentifierKind.SCHOOL),
    (shapes.ENDING, IdentifierKind.SCHOOL),
    (shapes.CLUB, IdentifierKind.PLACE),
)
# More words before "Primary" are a sentence in title case, not a name.
LONGEST_NAME = 7
# What lies between the words of a name: "Magistrates' Court" too.
GAPS = frozenset({" ", "' ", "’ ", ". ", "-"})
# "Happy Feet Day Care" begins with a word that "Local Clinic" could too.
PRAISE = frozenset("safe happy good little new big open sunny holy free warm heart dream".split())
# "westmount high": names of schools are put together from English words.
LIKE_NO_NAME = -20.0
LONGEST_SMALL_NAME = 3
SMALL_LEADS = frozenset("at from attends attending attended near outside to of in called".split())
# "Guardians of Hope Home", "Bread and Roses Café"
CONNECTORS = frozenset(
    "of the and for de la del las los el da do dos das du des di della van der den die von "
    "und et y "
    "e en na ya le les à ye".split()
)
# "Child & Youth Care Centre": here roles are parts of a name.
YOUNG = frozenset("child children youth family kids mother women".split())
# These stand before a name though a capital makes them look like its part.
NO_PART = frozenset("in at from to of and or for when if because since after before".split())


def find_institutions(near: Reading, lists: PlaceLists) -> Iterator[Identifier]:
    """Give the institutions that the text names."""
    yield from _by_what_they_are(near, lists)
    for pattern, kind in SHAPES:
        for found in pattern.finditer(near.text):
            is_closed = shapes.CLOSED_BY_APOSTROPHE.search(found[0])
            shown = found[0] if is_closed else found[0].rstrip("'’ ")
            if " " in shown and not near.text.startswith((" Day", " day", " Eve"), found.end()):
                yield Identifier(found.start(), found.start() + len(shown), kind)
    for found in shapes.FIRM.finditer(near.text):
        if key_of(found[0].split()[0]) not in near.names.roles:
            yield Identifier(found.start(), found.end(), IdentifierKind.PLACE)
    for found in shapes.BRANCH.finditer(near.text):
        if _is_a_towns_name(near, key_of(found["branch"])):
            yield Identifier(found.start(), found.end(), IdentifierKind.PLACE)


def _is_a_towns_name(near: Reading, key: str) -> bool:
    """Whether a word after a well-known body tells which of its branches is meant."""
    if key in near.names.roles or key in near.names.never:
        return False
    return key in place_phrases() or not near.is_english(key)


def _by_what_they_are(near: Reading, lists: PlaceLists) -> Iterator[Identifier]:
    kinds = lists.school_words | lists.clinic_words | lists.court_words | lists.house_words
    kinds |= lists.business_words
    inside = find_phrases(near, near.names.never_phrases)
    at = 0
    while at < len(near.words):
        if inside.get(at, 1) > 1 and inside.get(at - 1, 1) > 1:  # "Circle of Security"
            at += 1
            continue
        length = _length_of_kind(near, at, kinds, lists)
        first = _first_word(near, at, lists) if length else at
        if length and first < at and _is_no_title_case(near, first, at + length):
            last = _with_whom_it_is_for(near, at + length)
            while last < len(near.words) and near.gap(last) == " ":
                if near.words[last].key not in lists.school_words:
                    break
                last += 1
            is_school = any(word.key in lists.school_words for word in near.words[at:last])
            kind = IdentifierKind.SCHOOL if is_school else IdentifierKind.PLACE
            if first and near.words[first - 1].text == "The" and near.gap(first) == " ":
                first -= 1
            yield Identifier(near.words[first].start, near.words[last - 1].end, kind)
            at = last
        else:
            at += 1


def _with_whom_it_is_for(near: Reading, last: int) -> int:
    """Give where the name ends: "Home for Girls", "School of Hope"."""
    if last + 1 >= len(near.words) or near.words[last].key not in {"for", "of"}:
        return last
    joined = near.gap(last) == " " == near.gap(last + 1) and near.words[last - 1].is_capital
    ahead = last + 1
    while joined and ahead < len(near.words) and near.words[ahead].is_capital:
        ahead += 1
        joined = ahead < len(near.words) and near.gap(ahead) == " "
    return ahead if ahead > last + 1 else last


def _is_no_title_case(near: Reading, first: int, last: int) -> bool:
    """Whether capitals tell something here: small words stand beside the name."""
    sentence = near.words[first].sentence
    if sentence in near.plain_sentences:
        return True
    if any(not near.is_english(word.key) for word in near.words[first : last - 1]):
        return True
    beside = (*near.words[max(0, first - 4) : first], *near.words[last : last + 4])
    same = [word for word in beside if word.sentence == sentence and not word.starts]
    return bool(same) and not any(word.is_capital for word in same)


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
            if near.text[here[-1].end : here[-1].end + 1].isdigit():  # "INC0041882"
                return 0
            needs_capital = key in lists.house_words or key in lists.business_words
            return length if not needs_capital or here[0].is_capital else 0
    return 0


def _first_word(near: Reading, at: int, lists: PlaceLists) -> int:
    """Give where the institution's own name begins, `at` itself when it has none.

    Words that fit any school do not make a name, and with a small letter ("Rosebank primary",
    "oakwood primary") only unknown words do.
    """
    first = at
    while first > 0 and at - first < LONGEST_NAME and not near.words[first].starts:
        step = _step_back(near, first, lists)
        if not step:
            break
        first -= step
    if first == at:
        return at - _small_name(near, at, lists)
    while first < at and _only_leads_to(near, first, lists):
        first += 1
    own = [word for word in near.words[first:at] if not _is_general(near, word.key, lists)]
    if not near.words[at].is_capital:
        own = [word for word in own if not (word.starts and near.is_english(word.key))]
    return first if own else at


def _step_back(near: Reading, first: int, lists: PlaceLists) -> int:
    """Give how many words before `first` go on with a name: 0, 1, or 2 across "of" and "&"."""
    word = near.words[first - 1]
    if word.is_capital and near.gap(first) in GAPS:
        # "Umthombo Family Clinic" goes on at "Family", "Mum at Oak Clinic" does not.
        return 1 if word.key not in near.names.roles or word.key in lists.generic else 0
    joins = (word.key in CONNECTORS and near.gap(first) == " ") or near.gap(first) == " & "
    if not joins or first < 2 or not near.words[first].is_capital:
        return 0
    step = 1 if near.gap(first) == " & " else 2
    before = near.words[first - step]
    is_role = before.key in near.names.roles and before.key not in YOUNG
    joined = before.is_capital and not before.starts and not is_role
    return step if joined and before.key not in near.names.never else 0


def _only_leads_to(near: Reading, at: int, lists: PlaceLists) -> bool:
    """Whether a general word before a name is no part of it: "The", "At"; "Good" may be one."""
    word = near.words[at]
    leads = word.key in near.signs.determiners or word.key in NO_PART
    return leads or (word.starts and word.key in lists.generic and word.key not in PRAISE)


def _small_name(near: Reading, at: int, lists: PlaceLists) -> int:
    """Give how many small words before a kind name it: "oakwood primary", "at tiny tots creche".

    A word that is no English one does so anywhere. Others need "at" and the like before them, and
    nothing between that would make them plain words, as "the" does.
    """
    if near.words[at].is_capital or near.gap(at) != " " or near.words[at - 1].is_capital:
        return 0
    is_unsure = near.words[at].key in {"infants", "juniors", "infant", "junior", "prep"}
    length = 0
    while length < LONGEST_SMALL_NAME and at - length > 0 and near.gap(at - length) == " ":
        word = near.words[at - length - 1]
        if word.is_capital or (word.tail == "s" and length) or _is_no_name(near, word.key, lists):
            break
        length += 1
    leads = near.before(at - length) if length else ""
    if length and leads in SMALL_LEADS and (length > 1 or leads != "to"):
        return length
    key = near.words[at - 1].key
    if is_unsure:
        return 0
    if not length or key in near.names.loanwords:
        return 0
    return int(key in lists.towns or looks_like_a_name(near, key, LIKE_NO_NAME))


def _is_no_name(near: Reading, key: str, lists: PlaceLists) -> bool:
    signs = near.signs
    is_general = _is_general(near, key, lists) or key in signs.determiners or key in signs.kin
    is_kind = key in lists.school_words or key in lists.clinic_words or key in NO_PART
    acts = key in signs.acts or key in signs.helpers or key in signs.is_words
    return is_general or is_kind or acts or key in SMALL_LEADS or key.endswith("ing")


def _is_general(near: Reading, key: str, lists: PlaceLists) -> bool:
    return key in lists.generic or key in near.names.roles or key in near.names.never
