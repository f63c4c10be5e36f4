"""A therapist's reflections over some weeks: for a supervisor only of what is shared with them now.

Everything is taken from `shared_view`, the very thing that is shown of each reflection, so that
nothing can be read off here that is not on its own page. Nobody's words are given, nothing is
averaged over a person, and nothing is kept: what is withdrawn is gone with the next look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from scipy.stats import binomtest

from bot.conversation.desk import Desk
from bot.conversation.shared_view import (
    SharedView,
    Terms,
    day_in_words,
    shared_view,
    worth_showing,
)
from bot.privacy.sealing.problems import KeyGone
from bot.reflection.depth import Depth, depth_of
from bot.reflection.stages import Question
from bot.reflection.verdicts import Verdict
from bot.storage.access import NotFound
from bot.storage.batches import turns_in
from bot.storage.models import Account, Reflection, Turn
from bot.storage.queue import therapists_in_queue
from bot.storage.spans import MOST, own_since, plans_told, shared_since
from bot.storage.states import ShareScope
from bot.themes.findings import Theme

# How many weeks may be looked at.
SPANS = (13, 26, 52)
USUAL_SPAN = 26
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Part:
    """So many of so many, with Wilson's 95 % interval; all between 0 and 1."""

    count: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The part as a number."""
        return self.count / self.of


@dataclass(frozen=True)
class Week:
    """A week from its Monday (UTC), with the reflections begun in it and the themes in them.

    Without a reflection there are no themes.
    """

    monday: date
    reflections: int
    themes: Mapping[Theme, Part]

    @property
    def name(self) -> str:
        """The week as ISO 8601 counts it, such as 2026, week 10."""
        year, week, _ = self.monday.isocalendar()
        return f"{year}, week {week}"


@dataclass(frozen=True)
class Seen:
    """What is seen of one reflection. None where it is not there, or not shown."""

    id: str
    began: date
    # Heard, and not refused.
    themes: frozenset[Theme]
    before: float | None
    after: float | None
    has_plan: bool
    # Whether a later reflection that is seen here tells how the plan went.
    is_told: bool
    depth: Depth | None

    @property
    def day(self) -> str:
        """The day on which it began, in words."""
        return day_in_words(self.began)


@dataclass(frozen=True)
class OverTime:
    """A page about a therapist, the oldest first; a week is there whether or not it has any."""

    therapist: str
    weeks: Sequence[Week]
    reflections: Sequence[Seen]
    # Whether there may be more than are looked at here.
    is_cut: bool

    @property
    def with_arousal(self) -> list[Seen]:
        """Those that show how stirred up somebody was, before or after."""
        return [one for one in self.reflections if (one.before, one.after) != (None, None)]

    @property
    def with_plan(self) -> list[Seen]:
        """Those in which a plan was made."""
        return [one for one in self.reflections if one.has_plan]

    @property
    def with_depth(self) -> list[Seen]:
        """Those that can be called by how far they went."""
        return [one for one in self.reflections if one.depth]


_Shown = Sequence[tuple[Reflection, SharedView, int]]


async def therapists_to_see(desk: Desk, supervisor: Account) -> list[Account]:
    """Give those of whom there is a page for this supervisor: who shares something now."""
    async with desk.sessions() as session:
        return await therapists_in_queue(session, supervisor, desk.clock())


async def over_time_shared(
    desk: Desk, supervisor: Account, therapist_id: str, span: int
) -> OverTime:
    """Give the last `span` weeks of a therapist, of what they share with this supervisor now.

    Raises `NotFound` for whoever shares nothing, the same as for whoever is not there.
    """
    now = desk.clock()
    async with desk.sessions() as session:
        sharing = await therapists_in_queue(session, supervisor, now)
        therapist = next((one for one in sharing if one.id == therapist_id), None)
        if therapist is None:
            raise NotFound
        pairs = await shared_since(session, supervisor, therapist, _begin(now, span), now)
        turns = await turns_in(session, [reflection.id for _, reflection in pairs])
        told = await plans_told(session, [reflection.id for _, reflection in pairs])
    wanted = [(reflection, Terms.of(share)) for share, reflection in pairs]
    return await asyncio.to_thread(_page, desk, therapist, now, span, wanted, turns, told)


async def over_time_own(desk: Desk, therapist: Account, span: int) -> OverTime:
    """Give a therapist the last `span` weeks of all their own reflections."""
    now = desk.clock()
    async with desk.sessions() as session:
        own = await own_since(session, therapist, _begin(now, span))
        turns = await turns_in(session, [reflection.id for reflection in own])
        told = await plans_told(session, [reflection.id for reflection in own])
    wanted = [(reflection, _everything(turns[reflection.id])) for reflection in own]
    return await asyncio.to_thread(_page, desk, therapist, now, span, wanted, turns, told)


def themes_heard(view: SharedView) -> frozenset[Theme]:
    """Give the themes that are shown as heard, but for those that the therapist refused."""
    return frozenset(
        Theme(theme["theme"])
        for theme in view.themes
        if any(finding["verdict"] != Verdict.NO for finding in theme["findings"])
    )


def _everything(turns: Sequence[Turn]) -> Terms:
    shown = frozenset(turn.id for turn in worth_showing(turns))
    last = max((turn.number for turn in turns), default=0)
    return Terms(ShareScope.WHOLE, shown, last, None, None)


def _page(
    desk: Desk,
    therapist: Account,
    now: datetime,
    span: int,
    wanted: Sequence[tuple[Reflection, Terms]],
    turns: Mapping[str, Sequence[Turn]],
    told: Sequence[tuple[str, str, int]],
) -> OverTime:
    views = []
    for one, terms in wanted:
        with suppress(KeyGone):  # erased a moment ago
            view = shared_view(desk, one, therapist, turns[one.id], terms)
            views.append((one, view, terms.last_turn))
    # In what was only begun there is nothing to count.
    shown = [each for each in views if each[1].told or each[1].answered]
    plans = _plans_told(shown, told)
    seen = [_seen(reflection, view, plans) for reflection, view, _ in shown]
    first = _begin(now, span).date()
    weeks = [_week(first + number * _WEEK, seen) for number in range(span)]
    return OverTime(therapist.name, weeks, seen, is_cut=len(wanted) == MOST)


def _plans_told(shown: _Shown, told: Sequence[tuple[str, str, int]]) -> frozenset[str]:
    """Give the reflections whose plan is told of where that is shown."""
    last_turns = {
        reflection.id: last_turn
        for reflection, view, last_turn in shown
        if Question.FOLLOW_UP in view.answered
    }
    return frozenset(plan for plan, where, number in told if number <= last_turns.get(where, -1))


def _seen(reflection: Reflection, view: SharedView, plans: frozenset[str]) -> Seen:
    findings = view.findings.values()
    summary = view.summary
    has_plan = Question.PLAN in view.answered
    has_weighed = any(finding["verdict"] for finding in findings)
    return Seen(
        id=reflection.id,
        began=reflection.started_at.date(),
        themes=themes_heard(view),
        before=summary.arousal_before if summary else None,
        after=summary.arousal_after if summary else None,
        has_plan=has_plan,
        is_told=has_plan and reflection.id in plans,
        # Of chosen turns alone it cannot be said how far the whole went.
        depth=depth_of(view.answered, has_weighed=has_weighed) if summary else None,
    )


def _week(monday: date, seen: Sequence[Seen]) -> Week:
    inside = [one for one in seen if monday <= one.began < monday + _WEEK]
    themes = {
        theme: part(sum(theme in one.themes for one in inside), len(inside))
        for theme in Theme
        if inside
    }
    return Week(monday, len(inside), themes)


@lru_cache(maxsize=4096)
def part(count: int, of: int) -> Part:
    """Give a part of at least one with Wilson's interval, which holds for few as well."""
    interval = binomtest(count, of).proportion_ci(method="wilson")
    return Part(count, of, float(interval.low), float(interval.high))


def _begin(now: datetime, span: int) -> datetime:
    """Give the Monday (UTC) with which the last `span` weeks begin, this one counted in."""
    today = now.astimezone(UTC).date()
    monday = today - timedelta(days=today.weekday()) - (span - 1) * _WEEK
    return datetime.combine(monday, time.min, UTC)
