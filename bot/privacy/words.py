"""Words of a text with what their shape and place tell: capitals, sentence starts, shouting.

Splitting is one pass of one expression, so that any text costs time in proportion to its length.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MARKS = "\u0300-\u036f"
WORD = re.compile(rf"[^\W\d_][^\W\d_{MARKS}]*(?:[{MARKS}]|[^\W\d_])*(?:['’ʼ‑-][^\W\d_]+)*")
# After these a full stop belongs to the word and no sentence ends.
ABBREVIATIONS = frozenset("mr mrs ms dr prof st rev fr sr jr mnr mev no nr vs approx".split())
# Words as they are texted, and what they stand for when names are looked for beside them.
TEXTED = {
    "frm": "from", "fr": "from", "abt": "about", "bout": "about", "wud": "would", "cud": "could",
    "shd": "should", "shud": "should", "wuz": "was", "wz": "was", "cuz": "because",
    "cos": "because", "coz": "because", "bcos": "because", "bcoz": "because", "bcz": "because",
    "tht": "that", "dat": "that", "wen": "when", "wiv": "with", "wid": "with", "wth": "with",
    "nd": "and", "hv": "have", "hav": "have", "sed": "said", "sez": "says", "askd": "asked",
    "tld": "told", "aft": "after", "lil": "little", "thru": "through",
}  # fmt: skip
# A single "n" is "and", unless it is somebody's initial: "told n that".
BEFORE_INITIAL = frozenset(
    "with about told saw met asked little young baby client patient mrs mr ms dr miss for".split()
)
SENTENCE_END = re.compile(r"[.!?…:\n\r•|]|^\s*[-*–—>]\s", re.MULTILINE)
OPENING_QUOTE = re.compile(r"[\"“„«]\s*$|(?:^|\s)[‘']$")


@dataclass(frozen=True)
class Word:
    """A word without its possessive or contracted ending.

    `key` is what lists are compared with: lower case, no accents, straight apostrophes.
    """

    text: str
    start: int
    end: int
    key: str
    tail: str
    starts: bool
    sentence: int

    @property
    def is_capital(self) -> bool:
        """Whether the first letter is a capital."""
        return self.text[0].isupper()

    @property
    def is_shouted(self) -> bool:
        """Whether the word is in capitals throughout."""
        return len(self.text) > 1 and self.text.isupper()

    @property
    def is_possessive(self) -> bool:
        """Whether "'s" follows, which may also stand for "is"."""
        return self.tail == "s"


def key_of(word: str) -> str:
    """Give the form in which words are compared: casefolded, without accents."""
    folded = word.replace("’", "'").replace("ʼ", "'").replace("‑", "-").casefold()
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFKD", folded)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def split_words(text: str) -> tuple[Word, ...]:
    """Split a text into words, each knowing whether it starts a sentence."""
    words: list[Word] = []
    sentence = 0
    last_end = 0
    for found in WORD.finditer(text):
        between = text[last_end : found.start()]
        starts = not words or _ends_sentence(between, words[-1])
        sentence += starts
        body, tail = _without_tail(found.group())
        end = found.start() + len(body)
        key = _meant(body, words[-1].key if words else "")
        words.append(Word(body, found.start(), end, key, tail, starts, sentence))
        last_end = found.end()
    return tuple(words)


def _meant(word: str, before: str) -> str:
    """Give the key of a word, and of a texted one that for which it stands."""
    if word == "n" and before and before not in BEFORE_INITIAL:
        return "and"
    key = key_of(word)
    return TEXTED.get(key, key) if word.islower() else key


def _ends_sentence(between: str, last: Word) -> bool:
    if between == " ":
        return False
    if between.startswith(".") and between.strip(" ") == ".":
        is_initial = len(last.text) == 1 and last.is_capital and last.key != "i"
        if is_initial or (last.key in ABBREVIATIONS):
            return False
    return bool(SENTENCE_END.search(between) or OPENING_QUOTE.search(between))


def _without_tail(word: str) -> tuple[str, str]:
    """Part a possessive or contraction from its word: "Thandi's" into "Thandi" and "s"."""
    at = max(word.rfind("'"), word.rfind("’"), word.rfind("ʼ"))
    tail = word[at + 1 :].lower() if at > 0 else ""
    if tail in {"s", "ll", "d", "ve", "re", "m"}:
        return word[:at], tail
    return word, ""
