"""What stands beside a word: the evidence that a word is somebody's name.

Each function answers one question about one word of a text; the rules in `names.py` and
`initials.py` weigh the answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bot.privacy.wordlists import Names, Signs, names, signs
from bot.privacy.words import Word, split_words

# "The Mother And Her Son": title case leaves only short words small.
LONGEST_SMALL_WORD = 3
# With fewer words after the first, "Mary Stone left" would look like a title.
FEWEST_WORDS = 2


@dataclass(frozen=True)
class Reading:
    """A text with its words and the lists they are compared with."""

    text: str
    words: tuple[Word, ...]
    names: Names
    signs: Signs

    def gap(self, at: int) -> str:
        """Give what stands between word `at` and the one before it."""
        return self.text[self._end_with_tail(at - 1) : self.words[at].start] if at > 0 else ""

    def before(self, at: int, across: str = " ") -> str:
        """Give the key of the word before, or "" where more than `across` lies between."""
        if at == 0 or self.gap(at).strip(across):
            return ""
        same = self.words[at].sentence == self.words[at - 1].sentence
        return self.words[at - 1].key if same else ""

    def after(self, at: int, across: str = " ") -> str:
        """Give the word after, its contraction joined on, under the same condition."""
        follows = at + 1
        if follows >= len(self.words) or self.words[at].tail or self.gap(follows).strip(across):
            return ""
        word = self.words[follows]
        return word.key if word.sentence == self.words[at].sentence else ""

    @cached_property
    def plain_sentences(self) -> frozenset[int]:
        """Sentences in which a capital tells something: neither shouted nor in title case."""
        counts: dict[int, list[int]] = {}
        for word in self.words:
            if word.starts or len(word.text) < 2 or word.key not in self.names.english:
                continue
            # Words, words with a capital, and longer words without: title case has none.
            tally = counts.setdefault(word.sentence, [0, 0, 0])
            tally[0] += 1
            tally[1] += word.is_capital
            tally[2] += len(word.text) > LONGEST_SMALL_WORD and not word.is_capital
        styled = {
            each
            for each, (words, capitals, small) in counts.items()
            if words > FEWEST_WORDS and 2 * capitals > words and not small
        }
        return frozenset(word.sentence for word in self.words) - styled

    def is_english(self, key: str) -> bool:
        """Whether a word, or every part of a compound, is a frequent English word."""
        lists = self.names
        if key in lists.english or key in lists.never or key in lists.roles or "n't" in key:
            return True
        if key.endswith("s") and (key[:-1] in lists.never or key[:-1] in lists.roles):
            return True
        parts = key.split("-")
        return len(parts) > 1 and all(len(part) < 3 or self.is_english(part) for part in parts)

    def _end_with_tail(self, at: int) -> int:
        word = self.words[at]
        return word.end + (len(word.tail) + 1 if word.tail else 0)


def read_text(text: str) -> Reading:
    """Give a text as the rules for names read it."""
    return Reading(text, split_words(text), names(), signs())


def has_title(near: Reading, at: int) -> bool:
    """Whether "Mr", "Mrs" and the like stand before: whatever follows is a name."""
    return near.before(at, " .") in near.signs.titles


def is_addressed(near: Reading, at: int) -> bool:
    """Whether "Aunty", "Gogo", "Dr", "Sister" and the like stand before."""
    return near.before(at, " .") in near.signs.addresses


def may_follow_initial(near: Reading, at: int) -> bool:
    """Whether a word with a capital is a surname, should an initial stand before it."""
    word = near.words[at]
    is_surname = word.key in near.names.surname_words or not near.is_english(word.key)
    return word.is_capital and len(word.text) > 1 and is_surname


def follows_initial(near: Reading, at: int) -> bool:
    """Whether an initial and its full stop stand right before: "J. Smith"."""
    before = near.words[at - 1] if at > 0 else None
    if before is None or len(before.text) > 1 or not before.is_capital or near.gap(at) != ". ":
        return False
    return before.sentence == near.words[at].sentence and may_follow_initial(near, at)


def acts_as_person(near: Reading, at: int, *, is_word: bool) -> bool:
    """Whether what follows is what a person does, is or owns.

    An English word that may be a name needs more: "Grace was" proves nothing, "Grace was
    crying" does.
    """
    given, word = near.signs, near.words[at]
    follows = near.after(at)
    beyond = near.after(at + 1) if follows else ""
    if word.tail == "s":
        after_tail = near.words[at + 1].key if at + 1 < len(near.words) else ""
        owns = near.gap(at + 1) == " " if after_tail else False
        return owns and after_tail in given.possessed
    if follows in given.acts:
        return word.key not in given.modals or not _is_base_form(given, follows)
    if word.key in given.modals | near.names.months_or_names and near.after(at):
        return False
    if follows in given.helpers:
        return beyond in given.acts or (not is_word and bool(beyond))
    if follows in given.is_words:
        return beyond in given.states or not is_word
    if follows == "and" and beyond in {"his", "her", "their", "i", "mum", "dad", "mom", "gran"}:
        return True
    return near.after(at, " ,") in {"who", "whose"}


def is_spoken_of(near: Reading, at: int) -> bool:
    """Whether a listed name in lower case is used as a name: "her son thabo", "told thabo"."""
    given, word = near.signs, near.words[at]
    if word.starts or near.before(at, " ,(") in given.kin or near.before(at) in given.before:
        return True
    if "," in near.gap(at) or "(" in near.gap(at):
        return True
    return word.tail == "s" or acts_as_person(near, at, is_word=True)


def _is_base_form(given: Signs, verb: str) -> bool:
    return f"{verb}s" in given.acts or f"{verb}es" in given.acts
