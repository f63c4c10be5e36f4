"""The small language in which signs are written.

CHILD .. (is|are) being HURT      words, GROUPS of words, a choice
bruis*                            any ending
her own? life                     may be absent
..                                up to three words between, in the same clause
...                               up to seven words between, in the same sentence
KNIFE & me                        both, in either order, as close as with ...
^  $                              start of a sentence; end of a clause or sentence
suicide !(risk|prevention)        not when this follows
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import permutations

from bot.safety.matching import Choice, Edge, Gap, InOrder, NotHere, Optional, Part, Phrases
from bot.safety.words import LONGEST_BEGINNING

_TOKEN = re.compile(r"\s*(\.\.\.|\.\.|[()|^$!?&]|[A-Z][A-Z0-9_]*|[a-z0-9]+\*?)")
_SHORT_GAP, _LONG_GAP = 3, 7
# Every order is a pattern of its own: three parts are six of them.
_MOST_IN_ANY_ORDER = 3


class PatternError(ValueError):
    """A pattern is not well formed; the message shows it."""


Groups = Mapping[str, Part]


def compile_group(phrases: Sequence[str], groups: Groups) -> Part:
    """Compile a word group; a phrase may use the whole language and earlier groups."""
    return _choice([compile_pattern(phrase, groups) for phrase in phrases])


def compile_pattern(pattern: str, groups: Groups) -> Part:
    """Compile one pattern. Raises `PatternError` when it is not well formed."""
    tokens: list[str] = []
    at = 0
    while at < len(pattern.rstrip()):
        match = _TOKEN.match(pattern, at)
        if not match:
            raise PatternError(f"cannot read this pattern: {pattern}")
        tokens.append(match.group(1))
        at = match.end()
    part, rest = _parse_choice(tokens, groups, pattern)
    if rest:
        raise PatternError(f"brackets do not match in this pattern: {pattern}")
    return part


def _parse_choice(tokens: list[str], groups: Groups, pattern: str) -> tuple[Part, list[str]]:
    # A choice of branches, each of them one or more sequences in any order.
    choice: list[list[list[Part]]] = [[[]]]
    while tokens and tokens[0] != ")":
        if tokens[0] in "|&":
            if tokens[0] == "|":
                choice.append([[]])
            else:
                choice[-1].append([])
            tokens = tokens[1:]
            continue
        part, tokens = _parse_one(tokens, groups, pattern)
        if tokens and tokens[0] == "?":
            part, tokens = Optional(part), tokens[1:]
        choice[-1][-1].append(part)
    if not all(all(branch) for branch in choice) or max(map(len, choice)) > _MOST_IN_ANY_ORDER:
        raise PatternError(f"something is empty or too much in this pattern: {pattern}")
    return _choice([_in_any_order([_sequence(s) for s in branch]) for branch in choice]), tokens


def _parse_one(tokens: list[str], groups: Groups, pattern: str) -> tuple[Part, list[str]]:
    token, rest = tokens[0], tokens[1:]
    if token == "(":
        part, rest = _parse_choice(rest, groups, pattern)
        if not rest:
            raise PatternError(f"brackets do not match in this pattern: {pattern}")
        return part, rest[1:]
    if token == "!" and rest:
        part, rest = _parse_one(rest, groups, pattern)
        return NotHere(part), rest
    if token in ("..", "..."):
        short = token == ".."
        return Gap(_SHORT_GAP if short else _LONG_GAP, short), rest
    if token in "^$":
        return Edge(token == "^"), rest
    if token[0].isupper():
        if token not in groups:
            raise PatternError(f"no group {token}, in this pattern: {pattern}")
        return groups[token], rest
    if token in "|&)?!":
        raise PatternError(f"a sign stands in the wrong place in this pattern: {pattern}")
    if token.endswith("*") and len(token) > LONGEST_BEGINNING:
        raise PatternError(f"a beginning is too long in this pattern: {pattern}")
    return Phrases({1: frozenset({(token,)})}), rest


def _sequence(parts: list[Part]) -> Part:
    """Join parts; neighbouring fixed words become one phrase."""
    if len(parts) == 1:
        return parts[0]
    if all(_fixed_words(part) for part in parts):
        phrase = tuple(word for part in parts for word in _fixed_words(part))
        return Phrases({len(phrase): frozenset({phrase})})
    return InOrder(tuple(parts))


def _in_any_order(parts: list[Part]) -> Part:
    """Join parts that may stand in any order, with a long gap between them."""
    if len(parts) == 1:
        return parts[0]
    gap = Gap(_LONG_GAP, within_clause=False)
    return _choice(
        [
            InOrder(tuple(p for part in order for p in (gap, part))[1:])
            for order in permutations(parts)
        ]
    )


def _choice(parts: list[Part]) -> Part:
    """Join choices; those of fixed phrases become one look-up for each length."""
    fixed: dict[int, set[tuple[str, ...]]] = {}
    others: list[Part] = []
    for part in parts:
        if isinstance(part, Phrases):
            for length, phrases in part.by_length.items():
                fixed.setdefault(length, set()).update(phrases)
        else:
            others.append(part)
    if fixed:
        others.append(Phrases({length: frozenset(found) for length, found in fixed.items()}))
    return others[0] if len(others) == 1 else Choice(tuple(others))


def _fixed_words(part: Part) -> tuple[str, ...]:
    """Give the words of a part that can only be those, none for any other part."""
    if not isinstance(part, Phrases) or sum(map(len, part.by_length.values())) != 1:
        return ()
    return next(iter(next(iter(part.by_length.values()))))
