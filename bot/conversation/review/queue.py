"""A supervisor's queue: what needs attention first, then all that is shared, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.conversation.review.facets import (
    CONCERN,
    DANGER,
    DISAGREEMENT,
    QUESTION,
    codes_for,
    kind_facet,
    theme_facet,
)
from bot.conversation.shared_view import day_in_words, end_of, last_day
from bot.conversation.views import theme_for_others
from bot.safety.kinds import Kind
from bot.storage.models import Account
from bot.storage.queue import Filter, Line, queue_lines, therapists_in_queue
from bot.storage.reviews import NEW
from bot.storage.states import ReviewState

PAGE = 50
MOST_URGENT = 20
ANY_CONCERN = "any"
STATES = (NEW, *(state.value for state in ReviewState))


class UnknownFilter(ValueError):
    """The queue cannot be filtered by what was asked; `name` says by which field."""

    def __init__(self, name: str) -> None:
        """Take the name of a field."""
        super().__init__(name)
        self.name = name


@dataclass(frozen=True)
class QueueWish:
    """What a supervisor wants to see; None and False where it does not matter.

    `theme` is a theme or `theme/subtheme`, `concern` a kind or `any`, `since` and `until` days
    of sharing (UTC), both counted in, `after` is what the page before gave as `next`.
    """

    therapist: str | None = None
    theme: str | None = None
    concern: str | None = None
    state: str | None = None
    since: date | None = None
    until: date | None = None
    question: bool = False
    disagreement: bool = False
    after: str | None = None

    @property
    def is_for_all(self) -> bool:
        """Say whether nothing is filtered, whichever the page."""
        return replace(self, after=None) == QueueWish()


@dataclass(frozen=True)
class Queue:
    """A page of the queue. `urgent` is on the first page of all, and never again in `lines`."""

    urgent: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    therapists: list[Account]
    next: str | None


async def read_queue(desk: Desk, supervisor: Account, wish: QueueWish) -> Queue:
    """Give a page of what is shared with a supervisor now. Raises `UnknownFilter`."""
    now, codes = desk.clock(), codes_for(desk, supervisor.id)
    wanted = filter_of(codes, wish)
    async with desk.sessions() as session:
        urgent = await _urgent(session, supervisor, now, codes) if wish.is_for_all else []
        wanted = replace(wanted, but_not=[line.share.id for line in urgent])
        # One more than is shown says whether there is another page.
        lines = await queue_lines(session, supervisor, now, wanted, PAGE + 1)
        therapists = await therapists_in_queue(session, supervisor, now)
    shown, more = lines[:PAGE], lines[PAGE:]
    last = shown[-1].share if more else None
    return Queue(
        urgent=[] if wish.after else line_views(desk, codes, urgent),
        lines=line_views(desk, codes, shown),
        therapists=therapists,
        next=mark_of(last.shared_at, last.id) if last else None,
    )


async def _urgent(
    session: AsyncSession, supervisor: Account, now: datetime, codes: Mapping[str, str]
) -> Sequence[Line]:
    """Give what told of danger and is not closed: nothing goes before it."""
    found: list[Line] = []
    for state in (NEW, ReviewState.IN_REVIEW.value, ReviewState.WAITING.value):
        wanted = Filter(codes=[codes[DANGER]], state=state)
        found += await queue_lines(session, supervisor, now, wanted, MOST_URGENT - len(found))
    return found


def filter_of(codes: Mapping[str, str], wish: QueueWish) -> Filter:
    """Give a wish in the database's terms, with a supervisor's codes. Raises `UnknownFilter`."""
    asked: list[str] = []
    if wish.theme is not None:
        asked.append(_code("theme", theme_facet(*wish.theme.split("/", 1)), codes))
    if wish.concern is not None:
        is_any = wish.concern == ANY_CONCERN
        facet = CONCERN if is_any else f"{CONCERN}:{wish.concern}"
        asked.append(_code("concern", facet, codes))
    if wish.question:
        asked.append(codes[QUESTION])
    if wish.disagreement:
        asked.append(codes[DISAGREEMENT])
    if wish.state is not None and wish.state not in STATES:
        raise UnknownFilter("state")
    return Filter(
        therapist_id=wish.therapist,
        codes=asked,
        state=wish.state,
        since=datetime.combine(wish.since, time.min, UTC) if wish.since else None,
        before=_before(wish.until) if wish.until else None,
        after=_place(wish.after) if wish.after else None,
    )


def _before(until: date) -> datetime:
    try:
        return end_of(until)
    except OverflowError:
        raise UnknownFilter("until") from None


def _code(name: str, facet: str, codes: Mapping[str, str]) -> str:
    if facet not in codes:
        raise UnknownFilter(name)
    return codes[facet]


def mark_of(shared_at: datetime, share_id: str) -> str:
    """Give where a page ended, as a wish's `after` takes it."""
    return f"{shared_at.timestamp():.6f}-{share_id}"


def _place(mark: str) -> tuple[datetime, str]:
    seconds, _, share_id = mark.partition("-")
    try:
        return datetime.fromtimestamp(float(seconds), UTC), share_id
    except (ValueError, OverflowError, OSError):
        raise UnknownFilter("after") from None


def line_views(desk: Desk, codes: Mapping[str, str], lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Give lines as a page shows them; `codes` are those of their supervisor."""
    words = {code: facet for facet, code in codes.items()}
    return [_view(desk, line, words) for line in lines]


def _view(desk: Desk, line: Line, words: Mapping[str, str]) -> dict[str, Any]:
    # Not a word that anybody wrote: those are read on a page whose author sees that it was opened.
    facets = {words[code] for code in line.codes if code in words}
    return {
        "id": line.reflection.id,
        "therapist": line.therapist.name,
        "day": day_in_words(line.reflection.started_at),
        "shared": day_in_words(line.share.shared_at),
        "until": last_day(line.share.until),
        "state": line.state,
        "themes": [
            theme_for_others(desk, theme) for theme in desk.taxonomy if theme_facet(theme) in facets
        ],
        "concerns": [kind.value for kind in Kind if kind_facet(kind) in facets],
        "stops": DANGER in facets,
        "question": QUESTION in facets,
        "disagreement": DISAGREEMENT in facets,
        "unread": line.has_unread,
    }
