"""How a written word is read: short forms, known misspellings, and words one or two letters off.

What is a word of the language is never read as another: only what stands in no dictionary
can be a misspelling.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

_ENDINGS = {"s": "s", "m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would"}
_SHORT_FOR_IS = frozenset({"he", "she", "it", "that", "there", "who", "what", "here", "where"})
_IRREGULAR = {"can't": ("can", "not"), "won't": ("will", "not"), "ain't": ("is", "not")}
_AGE = re.compile(r"(\d{1,2})(?:yo|y|yrs?|mo|mth|mths|mos|wo|wk)")
# One letter may be wrong from five letters on, two from nine on. Bounded above as well:
# nobody misspells into a word of thirty letters, an attacker may.
_SHORTEST, _SHORTEST_FOR_TWO, _LONGEST = 5, 9, 20


class Spelling:
    """Reads written words; knows the words of the signs, which are worth a second look."""

    def __init__(
        self,
        spellings: Mapping[str, str],
        near: Iterable[str] = (),
        but_not: Iterable[str] = (),
        language: Collection[str] = frozenset(),
    ) -> None:
        """Prepare for looking up: `near` words are known misspelled, `language` never is one."""
        self._known = {wrong: tuple(right.split()) for wrong, right in spellings.items()}
        near = sorted(set(near))
        self._as_is = frozenset(but_not) | frozenset(near)
        self._language = language
        self._near: dict[str, list[str]] = {}
        for word in near:
            if _SHORTEST <= len(word) <= _LONGEST:
                for shorter in _with_letters_less(word):
                    self._near.setdefault(shorter, []).append(word)

    def read(self, written: str, *, is_name: bool = False) -> tuple[str, ...]:
        """Give the plain words that a written word (lower case) stands for."""
        if written in self._known:
            return self._known[written]
        if "'" in written:
            return self._long_form(written)
        if age := _AGE.fullmatch(written):
            return (age.group(1), "year", "old")
        if (
            is_name
            or not _SHORTEST <= len(written) <= _LONGEST
            or written in self._as_is
            or written in self._language
        ):
            return (written,)
        return (self._nearest(written),)

    def _long_form(self, written: str) -> tuple[str, ...]:
        if written in _IRREGULAR:
            return _IRREGULAR[written]
        if written.endswith("n't"):
            return (written[:-3], "not")
        stem, _, ending = written.partition("'")
        if ending == "s" and stem in _SHORT_FOR_IS:
            return (stem, "is")
        return (*self.read(stem), _ENDINGS.get(ending, ending))

    def _nearest(self, written: str) -> str:
        best, least = written, 3
        for shorter in _with_letters_less(written):
            for word in self._near.get(shorter, ()):
                if word[0] == written[0]:
                    off = _letters_off(written, word)
                    if off < least and off <= _allowed(min(len(word), len(written))):
                        best, least = word, off
            if least == 1:
                break
        return best


def _allowed(length: int) -> int:
    return 2 if length >= _SHORTEST_FOR_TWO else 1


def _with_letters_less(word: str) -> Iterator[str]:
    """Give a word with no, one or, if it is long, two of its letters left out."""
    yield word
    once = [word[:place] + word[place + 1 :] for place in range(1, len(word))]
    yield from once
    if len(word) >= _SHORTEST_FOR_TWO:
        for shorter in once:
            yield from (shorter[:at] + shorter[at + 1 :] for at in range(1, len(shorter)))


def _letters_off(written: str, word: str) -> int:
    """Count letters wrong, missing, too many or swapped with the next."""
    before: list[int] = []
    row = list(range(len(word) + 1))
    for i, letter in enumerate(written, 1):
        two_before, before = before, row
        row = [i]
        for j, other in enumerate(word, 1):
            least = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == word[j - 2] and written[i - 2] == other:
                least = min(least, two_before[j - 2] + 1)
            row.append(least)
    return row[-1]
