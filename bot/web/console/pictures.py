"""Where everything lies in the pictures of a page over time, in the units of an SVG.

Nothing is drawn here: `pictures.html` does, with classes and attributes alone, since the
content policy allows no style in a page. What a picture tells stands in a table beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from bot.conversation.review.over_time import Seen, Week
from bot.conversation.trends.reading import Month
from bot.reflection.depth import Depth
from bot.reflection.scale import HIGHEST, LOWEST
from bot.themes.findings import Theme

_TOP, _RIGHT, _BOTTOM = 12, 26, 40
# A date under the picture takes so much room.
_DATE_WIDTH = 52
_WIDEST, _SPREAD = 30, 620
_DEPTH_HEIGHT, _SQUARE = 26, 12


@dataclass(frozen=True)
class Mark:
    """Something at x: a point at y, and a line from `low` to `high` where it spans.

    `small` stands below it. `said` is what it says in words.
    """

    x: float
    y: float | None
    low: float | None
    high: float | None
    said: str
    small: str = ""
    is_full: bool = True


@dataclass(frozen=True)
class Picture:
    """A picture with its lines across (y, words), its dates below (x, words) and its marks."""

    width: float
    height: float
    left: float
    lines: Sequence[tuple[float, str]]
    dates: Sequence[tuple[float, str]]
    marks: Sequence[Mark]

    @property
    def right(self) -> float:
        """Where the lines end."""
        return self.width - _RIGHT

    @property
    def bottom(self) -> float:
        """Where the marks end."""
        return self.height - _BOTTOM


def themes_picture(weeks: Sequence[Week], theme: Theme) -> Picture:
    """Give the part of each week's reflections with a theme, its interval, and n below."""
    left, height = 44, 130
    at = _columns(len(weeks), left, narrowest=15)

    def y(value: float) -> float:
        return _TOP + (1 - value) * height

    marks = []
    for number, week in enumerate(weeks):
        part = week.themes.get(theme)
        if part is not None:
            said = f"{_days_of(week)}: {part.count} of {part.of}"
            here = (y(part.share), y(part.low), y(part.high))
            marks.append(Mark(at(number), *here, said, small=str(part.of)))
    dates = [(at(number), _short(week.monday)) for number, week in enumerate(weeks)]
    lines = [(y(value), f"{value:.0%}") for value in (0, 0.5, 1)]
    return _picture(at, len(weeks), left, height, lines, dates, marks)


def months_picture(months: Sequence[Month], theme: Theme) -> Picture:
    """Give the part of each month's reflections with a theme, where it is shown; all rounded."""
    left, height = 44, 110
    at = _columns(len(months), left, narrowest=_DATE_WIDTH)
    marks = []
    for number, month in enumerate(months):
        count = month.figures.themes[theme] if month.figures else None
        if month.figures and count is not None:
            of = month.figures.reflections
            y = _TOP + (1 - count / of) * height
            marks.append(Mark(at(number), y, None, None, f"{month.name}: about {count} of {of}"))
    dates = [(at(number), f"{month.first:%b}") for number, month in enumerate(months)]
    lines = [(_TOP + (1 - value) * height, f"{value:.0%}") for value in (0, 0.5, 1)]
    return _picture(at, len(months), left, height, lines, dates, marks)


def arousal_picture(reflections: Sequence[Seen]) -> Picture:
    """Give each reflection's numbers at the end as a point, and from where they came as a line."""
    left, height = 36, 150
    at = _columns(len(reflections), left, narrowest=10)

    def y(value: float | None) -> float | None:
        return None if value is None else _TOP + (HIGHEST - value) / (HIGHEST - LOWEST) * height

    marks = [
        Mark(at(number), y(one.after), y(one.before), y(one.after), f"{one.day}: {span(one)}")
        for number, one in enumerate(reflections)
    ]
    lines = [(_TOP + (HIGHEST - value) * height / HIGHEST, str(value)) for value in (0, 5, 10)]
    dates = [(at(number), _short(one.began)) for number, one in enumerate(reflections)]
    return _picture(at, len(reflections), left, height, lines, dates, marks)


def plans_picture(weeks: Sequence[Week], planned: Sequence[Seen]) -> Picture:
    """Give each week's plans as squares, one on the other, full where it was told how they went."""
    left = 16
    at = _columns(len(weeks), left, narrowest=15)
    by_week = [
        [one for one in planned if week.monday <= one.began < week.monday + timedelta(weeks=1)]
        for week in weeks
    ]
    height = max(map(len, by_week), default=1) * (_SQUARE + 3)
    marks = [
        Mark(
            at(number),
            _TOP + height - (above + 1) * (_SQUARE + 3),
            None,
            None,
            f"{one.day}: {told(one)}",
            is_full=one.is_told,
        )
        for number, inside in enumerate(by_week)
        # The told ones below, so that they can be counted along the line.
        for above, one in enumerate(sorted(inside, key=lambda one: not one.is_told))
    ]
    dates = [(at(number), _short(week.monday)) for number, week in enumerate(weeks)]
    return _picture(at, len(weeks), left, height, [(_TOP + height, "")], dates, marks)


def depth_picture(reflections: Sequence[Seen]) -> Picture:
    """Give how far each reflection went: five lines, and a point on one of them."""
    left, levels = 98, list(Depth)
    height = (len(levels) - 1) * _DEPTH_HEIGHT
    at = _columns(len(reflections), left, narrowest=10)
    heights = {depth: _TOP + height - number * _DEPTH_HEIGHT for number, depth in enumerate(levels)}
    marks = [
        Mark(at(number), heights[one.depth], None, None, f"{one.day}: {one.depth}")
        for number, one in enumerate(reflections)
        if one.depth
    ]
    lines = [(y, depth.value) for depth, y in heights.items()]
    dates = [(at(number), _short(one.began)) for number, one in enumerate(reflections)]
    return _picture(at, len(reflections), left, height, lines, dates, marks)


def span(one: Seen) -> str:
    """Give a reflection's two numbers in words."""
    before, after = (
        "not told" if value is None else f"{value:g}" for value in (one.before, one.after)
    )
    return f"{before} at the beginning, {after} at the end"


def told(one: Seen) -> str:
    """Give in words whether it was told how a plan went."""
    return "told how it went" if one.is_told else "not told here how it went"


def _columns(number: int, left: float, narrowest: float) -> Callable[[int], float]:
    width = max(narrowest, min(_WIDEST, _SPREAD / max(number, 1)))
    return lambda column: left + (column + 0.5) * width


def _picture(
    at: Callable[[int], float],
    columns: int,
    left: float,
    height: float,
    lines: Sequence[tuple[float, str]],
    dates: Sequence[tuple[float, str]],
    marks: Sequence[Mark],
) -> Picture:
    width = max(at(columns) - (at(1) - at(0)) / 2, left + 2 * _DATE_WIDTH) + _RIGHT
    return Picture(width, _TOP + height + _BOTTOM, left, lines, _apart(dates), marks)


def _apart(dates: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Leave out dates until none touches the next."""
    step = 1
    while any(after - at < _DATE_WIDTH for (at, _), (after, _) in pairwise(dates[::step])):
        step += 1
    return list(dates[::step])


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"


def _days_of(week: Week) -> str:
    return f"{_short(week.monday)} to {_short(week.monday + timedelta(days=6))}"
