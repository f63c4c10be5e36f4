"""Who is meant by which name, so that a story stays readable once the names are gone.

The same person keeps the same stand-in, "[person A]", through a reflection. What is
remembered is a keyed fingerprint of each name, never the name.
"""

from __future__ import annotations

import hmac
import re
import string
import unicodedata
from collections.abc import Mapping

_FINGERPRINT_CHARACTERS = 16
_TITLES = frozenset("mr mrs ms miss mx dr prof mev mnr meneer mevrou juffrou".split())
_NOT_OF_A_NAME = re.compile(r"[^\w\s-]|_")


class People:
    """The people of one reflection, by the fingerprints of their names.

    A full name and the given name in it are one person. A surname alone, or a title with it,
    is another: it may be anybody of the family.
    """

    def __init__(self, key: bytes, known: Mapping[str, int] | None = None) -> None:
        """Go on with the people `known`, whose names were fingerprinted with the same `key`."""
        self._key = key
        self._numbers = dict(known or {})

    @property
    def known(self) -> dict[str, int]:
        """The person's number behind each fingerprint, to be kept with the reflection."""
        return dict(self._numbers)

    def stand_in(self, name: str) -> str:
        """Give what stands in for `name`; a new person gets the next letter."""
        return f"[person {_letters(self._number(_words(name)))}]"

    def _number(self, words: list[str]) -> int:
        whole, given = self._fingerprint(" ".join(words)), self._fingerprint(words[0])
        if whole in self._numbers:
            return self._numbers[whole]
        # "Thandi" becomes "Thandi Nkosi" once; a second surname is a second Thandi.
        has_surname = self._fingerprint(f"{words[0]} *")
        if given in self._numbers and has_surname not in self._numbers:
            number = self._numbers[given]
        else:
            number = len(set(self._numbers.values()))
        self._numbers[whole] = number
        if len(words) > 1:
            self._numbers.setdefault(given, number)
            self._numbers.setdefault(has_surname, number)
        return number

    def _fingerprint(self, words: str) -> str:
        digest = hmac.digest(self._key, words.encode("utf-8", "surrogatepass"), "sha256")
        return digest.hex()[:_FINGERPRINT_CHARACTERS]


def _words(name: str) -> list[str]:
    plain = _NOT_OF_A_NAME.sub("", unicodedata.normalize("NFKC", name)).casefold()
    words = plain.split()
    # "Mrs K" and "K" are one person.
    bare = words[1:] if len(words) > 1 and words[0] in _TITLES else words
    return bare or [name]


def _letters(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = string.ascii_uppercase[rest] + letters
    return letters
