"""Look for safety concerns in what a therapist wrote.

Reads the words as they were written, in memory only; keeps nothing and says nothing.
What is answered is in `responses.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.safety.kinds import Kind, Level
from bot.safety.matching import Part
from bot.safety.signs import CompiledModifier, CompiledPattern, CompiledSign, Scope, Signs
from bot.safety.words import Words, read_words

__all__ = ["Concern", "Kind", "Level", "find_concerns"]

# So many matches of one sign are weighed against its modifiers; any further one counts
# as it stands, so that a very long message costs time in proportion and hides nothing.
_WEIGHED = 40
_BEFORE = 4


@dataclass(frozen=True)
class Concern:
    """A possible danger, and the place in the text of the words that raised it."""

    kind: Kind
    level: Level
    start: int
    end: int
    sign: str


def find_concerns(text: str, signs: Signs) -> tuple[Concern, ...]:
    """Give the concerns that a message raises, worst first, at most one of each kind.

    Never raises on any text. Time grows with the length of the text only.
    """
    words = read_words(text, signs.spelling, signs.clause_words)
    worst: dict[Kind, Concern] = {}
    for sign, patterns in signs.possible(words):
        known = [worst.get(kind) for kind in sign.kinds]
        if all(concern and concern.level.rank <= sign.worst.rank for concern in known):
            continue
        found = _raise_concern(sign, patterns, words)
        if not found:
            continue
        for kind in sign.kinds:
            other = worst.get(kind)
            if other is None or found.level.rank < other.level.rank:
                worst[kind] = replace(found, kind=kind)
    return tuple(sorted(worst.values(), key=lambda c: (c.level.rank, c.kind.rank, c.start)))


def _raise_concern(
    sign: CompiledSign, patterns: Sequence[CompiledPattern], words: Words
) -> Concern | None:
    found: Concern | None = None
    weighed = 0
    for pattern in patterns:
        for first, last in _matches(pattern.part, words):
            weighed += 1
            if weighed > _WEIGHED and found and found.level.stops:
                return found
            level: Level | None = sign.sign.level
            if weighed <= _WEIGHED:
                level = _weigh(sign, pattern, first, last, words)
            if level is None or (found and found.level.rank <= level.rank):
                continue
            start, end = words.spans[first][0], words.spans[last][1]
            found = Concern(sign.sign.kind, level, start, end, sign.sign.id)
            if level is sign.worst:
                return found
    return found


def _weigh(
    sign: CompiledSign, pattern: CompiledPattern, first: int, last: int, words: Words
) -> Level | None:
    """Give the level that is left once what stands around the words is counted."""

    def bears(modifier: CompiledModifier) -> bool:
        starts = _starts(modifier, words)
        if not starts:
            return False
        # "Not safe at home" is not undone by its own "not", but by one that stands before it.
        own_not = (
            pattern.negative
            and modifier.spares_negative
            and words.negatives & _between(first, last + 1)
        )
        region = _region(Scope.AHEAD if own_not else modifier.scope, first, last, words)
        if not starts & region:
            return False
        if modifier.scope is Scope.NEAREST:
            # Who is meant: the one named last before the words that raised the sign.
            others = max((_starts(m, words) & region for m in modifier.unless), default=0)
            return (starts & region).bit_length() > others.bit_length()
        return not any(bears(other) for other in modifier.unless)

    if not all(bears(modifier) for modifier in sign.needs):
        return None
    if any(bears(modifier) for modifier in sign.removed_by):
        return None
    if any(bears(modifier) for modifier in sign.lowered_by):
        return Level.CHECK
    if any(bears(modifier) for modifier in sign.immediate_with):
        return Level.IMMEDIATE
    return sign.sign.level


def _matches(part: Part, words: Words) -> Iterator[tuple[int, int]]:
    """Give the first and last place of every match, the shortest for each end."""
    if not part.occurs(words):
        return
    ends = part.forward(words.everywhere, words)
    while ends:
        end = ends & -ends
        ends ^= end
        starts = part.backward(end, words)
        yield starts.bit_length() - 1, end.bit_length() - 2


def _starts(modifier: CompiledModifier, words: Words) -> int:
    key = ("modifier", modifier.name)
    if key not in words.found:
        part = modifier.part
        ends = part.forward(words.everywhere, words) if part.occurs(words) else 0
        words.found[key] = part.backward(ends, words) if ends else 0
    return words.found[key]


def _region(scope: Scope, first: int, last: int, words: Words) -> int:
    """Give the places in which a modifier bears on the words from `first` to `last`."""
    if scope is Scope.INSIDE:
        return _between(first, last + 1)
    sentence = _last_before(words.stops, first) + 1
    if scope is Scope.EARLIER:
        return _between(sentence, last + 1)
    if scope is Scope.NEAREST:
        return _between(sentence, first + 1)
    clause = max(sentence, _last_before(words.clause_starts, first + 1))
    if scope is Scope.AHEAD:
        return _between(max(clause, first - _BEFORE), first)
    if scope is Scope.BEFORE:
        return _between(max(clause, first - _BEFORE), last + 1)
    sentence_end = _first_from(words.stops, last)
    if scope is Scope.CLAUSE:
        return _between(clause, _first_from(words.stops | words.clause_starts, last + 1))
    if scope is Scope.SENTENCE:
        return _between(sentence, sentence_end)
    return _between(
        _last_before(words.stops, sentence - 1) + 1, _first_from(words.stops, sentence_end + 1)
    )


def _between(start: int, end: int) -> int:
    return (1 << max(end, start)) - (1 << start)


def _last_before(places: int, place: int) -> int:
    return (places & ((1 << max(place, 0)) - 1)).bit_length() - 1


def _first_from(places: int, place: int) -> int:
    later = places >> place
    return place + (later & -later).bit_length() - 1 if later else places.bit_length()
