"""Which figures of a team may be shown at all. Plain functions over who is counted in what.

Five or more are to be behind every figure, and behind every figure that can be worked out of
several (docs/decisions/0016). Nothing here knows a reflection, a name or a database.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.themes.findings import Theme

LEAST = 5
# Figures are rounded to so many.
ROUNDED_TO = 5


@dataclass(frozen=True)
class Counted:
    """A reflection that counts: whose it is, and the themes heard in it and not refused."""

    therapist: str
    themes: frozenset[Theme]


@dataclass(frozen=True)
class Figures:
    """What is shown of a team's month, rounded. A theme that may not be shown is None."""

    reflections: int
    themes: Mapping[Theme, int | None]


def may_stand_together(contributors: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Give the teams whose figures of one month may be shown, by who contributes to each.

    Any two of them have the same contributors or none in common. It is not enough that two
    differ by five: out of several such sets one person can be worked out all the same. The
    smaller go first, so that what is shown does not turn on who is asked first.
    """
    chosen: dict[str, frozenset[str]] = {}
    for team in sorted(contributors, key=lambda team: (len(contributors[team]), team)):
        mine = contributors[team]
        is_apart = all(mine == other or not mine & other for other in chosen.values())
        if len(mine) >= LEAST and is_apart:
            chosen[team] = mine
    return frozenset(chosen)


def figures_of(counted: Sequence[Counted]) -> Figures:
    """Give what may be shown of the reflections of a team whose figures may be shown."""
    return Figures(_rounded(len(counted)), {theme: _of_theme(counted, theme) for theme in Theme})


def _of_theme(counted: Sequence[Counted], theme: Theme) -> int | None:
    """Give a theme's figure, unless too few are behind it or behind what it leaves of the whole.

    Nobody at all is too few as well: it would say of each that they did not.
    """
    with_it = [one for one in counted if theme in one.themes]
    without = {one.therapist for one in counted if theme not in one.themes}
    if not _are_enough({one.therapist for one in with_it}):
        return None
    if without and not _are_enough(without):
        return None
    return _rounded(len(with_it))


def _are_enough(people: Collection[str]) -> bool:
    return len(people) >= LEAST


def _rounded(number: int) -> int:
    return ROUNDED_TO * round(number / ROUNDED_TO)
