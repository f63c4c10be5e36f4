"""Initials that stand for a person: "Mrs K", "little T", "J.'s mum", "S.M.".

A single letter is a name only with a sign beside it; "plan B" and "I" are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.kinds import Identifier, IdentifierKind
from bot.privacy.near import Reading, acts_as_person, has_title, is_addressed

# "S.M." and "J.P.K.", but not "a.m.", "U.K." or "e.g."
DOTTED = re.compile(r"(?<![\w.])(?!(?:U\.K|U\.S|S\.A|N\.Z|N\.B|P\.S|P\.E|T\.V)\b)(?:[A-Z]\. ?){2,}")
# "j.m.", but not "a.m.", "e.g." or "p.s."
SMALL_DOTTED = re.compile(
    r"(?<![\w.])(?!(?:a\.m|p\.m|e\.g|i\.e|n\.b|p\.s|u\.k|u\.s|p\.t|o\.t|d\.v|t\.v|c\.v|a\.k|d\.o|q\.e|r\.i|f\.y|a\.s|o\.k|l\.o|n\.a|c\.f)\b)"
    r"[a-z]\.[a-z]\.(?:[a-z]\.)?(?!\w)"
)
# "HK 4y", "NB (6)": two capitals and an age.
PAIR_AGED = re.compile(
    r"\b(?!(?:GP|SW|OT|PT|EP|HV|CW|KW|IQ|TV|AM|PM|OK|UK|US|SA|NZ|DV|IV|MH|LD|ID|Yr|YR|NO)\b)[A-Z]{2,3}"
    r"(?=,? \(?\d{1,2} ?(?:y|yo|yr|yrs|years?|m|mo|months?|[FfMm])\b|,? \(\d{1,2}\)|, aged? \d)"
)
# Two capitals that do what only people do. Those of roles and services are not initials.
PAIR_ACTS = re.compile(
    r"\b(?P<pair>[A-Z]{2})(?= (?P<verb>said|says|told|asked|cried|screamed|hit|bit|kicked|laughed|"
    r"wants|wanted|refused|drew|hugged|hates|threw|shouted|whispered|ran|sat|slept)\b)"
)
NO_PAIR = frozenset(
    "GP SW OT PT EP HV CW KW TA HR CP QA IT PM DR MP PC DC PI FC FM MC CO UK US SA NZ EU UN LA "
    "SS AP "
    "AI ME HE WE IT SO OK NO MY OH AS IN ON AT TO BY OF OR IF DO GO UP AM IS BE AN US FH MH SP "
    "PP RN".split()
)
# "JM's mum": two capitals are a person only as the owner of something of a person's.
PAIR = re.compile(r"\b[A-Z]{2}(?=['’]s (?:mum|mom|dad|mother|father|parents|gran|carer)\b)")
# Two letters that people go by: "AJ", "TJ".
TWO_LETTERS = frozenset("AJ TJ JJ CJ BJ PJ MJ KJ RJ LJ JD JT JB JC DJ EJ OJ ZJ JR JP MK".split())
CALLED = frozenset("little baby wee big".split())
SMALL_AFTER = frozenset("little young baby wee client patient kid toddler".split())
# "with k. and", "about t's mum"
SMALL_ENDS = re.compile(r"\.(?= [a-z])|['’]s [a-z]|[,;)]| and |$")
# Letters that stand for words when they are texted: "u said".
TEXTED = frozenset("u r y n b c w x k d m s".split())
# "M. wouldn't come": no sentence ends where a small letter follows.
DOTTED_ONE = re.compile(r"\.(?= [a-z])")
# The full stop of "J." goes too, unless it may end the sentence.
FULL_STOP = re.compile(r"\.(?=['’]s| [a-z]|[,;:)])")
# "the K family"
FAMILIES = frozenset("family household kids children boys girls twins siblings".split())
# "T - mother late"
NOTED = re.compile(r" [-–—] (?=[a-z])")
# "Hepatitis, C. Then" begins a sentence.
NO_SURNAME = frozenset(
    "i he she it we they you this that the a an and but so then there here now not no yes when "
    "what why how who where if as at in on to for my his her our your their".split()
)
LETTER_BEFORE = frozenset("with about told tell saw see met and for from of asked".split())


def find_initials(near: Reading) -> Iterator[Identifier]:
    """Give the initials in a text that stand for somebody."""
    for found in DOTTED.finditer(near.text):
        yield Identifier(found.start(), found.start() + len(found[0].rstrip()), IdentifierKind.NAME)
    for pattern in (SMALL_DOTTED, PAIR, PAIR_AGED):
        for found in pattern.finditer(near.text):
            yield Identifier(found.start(), found.end(), IdentifierKind.NAME)
    for found in PAIR_ACTS.finditer(near.text):
        if found["pair"] not in NO_PAIR and found["pair"] not in near.names.abbreviations:
            yield Identifier(found.start(), found.end(), IdentifierKind.NAME)
    for at, word in enumerate(near.words):
        if _is_two_letters(near, at) or _is_small_letter(near, at):
            first = near.words[at - 1] if _is_called_so(near, at) else word
            yield Identifier(first.start, word.end, IdentifierKind.NAME)
        if len(word.text) == 1 and word.is_capital and _stands_for_somebody(near, at):
            dotted = FULL_STOP.match(near.text, word.end)
            # "Mrs K" is one name: with the letter gone, the title tells no more than the letter
            # did.
            first = near.words[at - 1] if _is_called_so(near, at) else word
            yield Identifier(first.start, dotted.end() if dotted else word.end, IdentifierKind.NAME)


def _is_called_so(near: Reading, at: int) -> bool:
    """Whether the word before is a part of what somebody is called: "Mrs K", "little K"."""
    return has_title(near, at) or (near.before(at) in CALLED and len(near.words[at].text) == 1)


def _is_two_letters(near: Reading, at: int) -> bool:
    word = near.words[at]
    return word.text in TWO_LETTERS and near.before(at) not in {"a", "the", "my", "his", "her"}


def _is_small_letter(near: Reading, at: int) -> bool:
    """Whether a small letter is somebody: "little m was"."""
    word = near.words[at]
    if len(word.text) != 1 or word.is_capital or len(word.key) > 1:  # "n" that means "and"
        return False
    if has_title(near, at):
        return True
    if word.key in {"a", "i"}:
        return False
    if near.before(at) in {"with", "about", "told", "saw", "met", "asked"} and SMALL_ENDS.match(
        near.text, word.end
    ):
        return True
    speaks = word.key not in TEXTED and near.after(at) in near.signs.speech
    if speaks and (word.starts or near.before(at) in {"and", "but", "then", "so", "when"}):
        return True
    return near.before(at) in SMALL_AFTER and near.text[word.end : word.end + 1] in {"", " ", "."}


def _is_one_of_two(near: Reading, at: int) -> bool:
    """Whether another initial stands across "and": "seeing S and L"."""
    for other in (at - 2, at + 2):
        if not 0 <= other < len(near.words) or near.words[(at + other) // 2].key not in {
            "and",
            "&",
        }:
            continue
        one, two = sorted((near.words[at], near.words[other]), key=lambda each: each.start)
        first = min(at, other)
        lists = len(one.text) == len(two.text) == 1 and one.is_capital and two.is_capital
        if lists and one.key != "a" and "i" not in {one.key, two.key}:
            before = near.before(first)
            return before.removesuffix("s") not in near.signs.not_initial_after
    return False


def _stands_for_somebody(near: Reading, at: int) -> bool:
    word, before = near.words[at], near.before(at, " .,(")
    if near.before(at) in {"the", "both"} and near.after(at) in FAMILIES:
        return word.text.isascii() and word.key != "i"
    if not word.text.isascii() or before in near.signs.not_initial_after:
        return False
    beside = near.text[max(0, word.start - 1) : word.start] + near.text[word.end : word.end + 1]
    if any(map(str.isdigit, beside)):  # "R4500", "4B"
        return False
    if has_title(near, at) or (is_addressed(near, at) and word.key != "i"):
        return True
    if word.key == "i" or (word.key == "a" and word.starts):
        return False
    if near.before(at, " ,(") in near.signs.kin or _is_one_of_two(near, at):
        return True
    if word.key != "a" and DOTTED_ONE.match(near.text, word.end):
        return True
    if near.text[word.end : word.end + 3] in {".'s", ".’s"}:
        return True
    if _is_noted(near, at):
        return True
    leads = near.before(at) in near.signs.before or not near.before(at)
    if acts_as_person(near, at, is_word=word.key == "a" or not leads):
        return True
    if at + 1 < len(near.words) and follows_initial(near, at + 1):
        return True
    return word.key != "a" and near.before(at) in LETTER_BEFORE and _ends_phrase(near, at)


def _is_noted(near: Reading, at: int) -> bool:
    """Whether a note is about the letter: "T - mother late", "saw A today"."""
    if near.words[at].starts and NOTED.match(near.text, near.words[at].end):
        return True
    return near.before(at) in {"saw", "met"} and near.after(at) in {"today", "yesterday", "again"}


def _ends_phrase(near: Reading, at: int) -> bool:
    """Whether no noun follows that the letter could belong to: "with J went", "about T."."""
    follows = near.after(at)
    return not follows or follows in near.signs.acts | near.signs.before | near.signs.helpers


def may_follow_initial(near: Reading, at: int) -> bool:
    """Whether a word with a capital is a surname, should an initial stand before it."""
    word, lists = near.words[at], near.names
    if not word.is_capital or len(word.text) < 2:
        return False
    if word.key in lists.surname_words or not near.is_english(word.key):
        return True
    # "the duty worker, R. Fakir": set apart or with a title, any word is a surname.
    is_plain = word.key in lists.never or word.key in lists.roles or word.key in NO_SURNAME
    is_apart = at > 1 and (has_title(near, at - 1) or near.gap(at - 1) in {", ", " ("})
    return is_apart and not is_plain and word.sentence in near.plain_sentences


def follows_initial(near: Reading, at: int) -> bool:
    """Whether an initial and its full stop stand right before: "J. Smith"."""
    before = near.words[at - 1] if at > 0 else None
    if before is None or len(before.text) > 1 or not before.is_capital or near.gap(at) != ". ":
        return False
    return before.sentence == near.words[at].sentence and may_follow_initial(near, at)
