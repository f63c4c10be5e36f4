"""Mask a text: identifiers out, placeholders in, and the way back for spans."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot.privacy.identifiers import Identifier, IdentifierKind, find_identifiers
from bot.privacy.kinds import PLACEHOLDERS
from bot.privacy.people import People

# With a name gone, a rule may read the rest otherwise and find more. Two rounds are usual.
MOST_ROUNDS = 6


@dataclass(frozen=True)
class Masked:
    """A masked text with the identifiers found, at their offsets in the given text.

    `placeholders` are what stands in the masked text for each identifier, in order.
    """

    text: str = field(repr=False)
    identifiers: tuple[Identifier, ...] = field(repr=False)
    placeholders: tuple[str, ...] = ()

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Give the span of the given text behind a span of the masked text.

        A span that touches a placeholder covers the whole identifier behind it. An empty
        span inside a placeholder does so too.
        """
        return self._back(start, is_end=False), self._back(end, is_end=True)

    def _back(self, offset: int, *, is_end: bool) -> int:
        # A span that ends where a placeholder begins, or begins where it ends, misses it.
        find = bisect_left if is_end else bisect_right
        at = find(self._begins, offset) - 1
        if at < 0:
            return offset
        identifier = self.identifiers[at]
        ends = self._begins[at] + len(self.placeholders[at])
        if offset < ends or (is_end and offset == ends):
            return identifier.end if is_end else identifier.start
        return identifier.end + offset - ends

    @cached_property
    def _begins(self) -> tuple[int, ...]:
        """Where each placeholder begins in the masked text."""
        begins: list[int] = []
        shift = 0
        for each, shown in zip(self.identifiers, self.placeholders, strict=True):
            begins.append(each.start + shift)
            shift += len(shown) - (each.end - each.start)
        return tuple(begins)


def mask(text: str, people: People | None = None) -> Masked:
    """Replace every identifier by its placeholder; masking the result changes nothing.

    Names are given the stand-ins of `people`, which learns the new ones.
    """
    return put_placeholders(text, find_all(text), people)


def find_all(text: str) -> tuple[Identifier, ...]:
    """Give every identifier of a text, those found only once others are gone too."""
    identifiers: tuple[Identifier, ...] = ()
    masked = Masked(text, ())
    for _ in range(MOST_ROUNDS):
        found = find_identifiers(masked.text)
        if not found:
            break
        in_original = (_moved_back(masked, each) for each in found)
        identifiers = tuple(sorted((*identifiers, *in_original), key=lambda each: each.start))
        masked = put_placeholders(text, identifiers)
    return identifiers


def put_placeholders(
    text: str, identifiers: Sequence[Identifier], people: People | None = None
) -> Masked:
    """Give `text` with a placeholder for each of `identifiers`, which are in order."""
    people = people or People(b"")
    placeholders = tuple(
        people.stand_in(text[each.start : each.end])
        if each.kind is IdentifierKind.NAME
        else PLACEHOLDERS[each.kind]
        for each in identifiers
    )
    return Masked(_replaced(text, identifiers, placeholders), tuple(identifiers), placeholders)


def _moved_back(masked: Masked, found: Identifier) -> Identifier:
    start, end = masked.original_span(found.start, found.end)
    return Identifier(start, end, found.kind)


def _replaced(text: str, identifiers: Iterable[Identifier], placeholders: Iterable[str]) -> str:
    parts: list[str] = []
    last = 0
    for identifier, shown in zip(identifiers, placeholders, strict=True):
        parts += [text[last : identifier.start], shown]
        last = identifier.end
    return "".join([*parts, text[last:]])
