"""A supervisor's page of concerns: what is open, since when, what was done; and writing it down.

Only what the shares show that stand with this supervisor now. None of the words of a reflection
is on it: those are on a page whose author sees that it was opened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.conversation.hearing import writable
from bot.conversation.notifications import HowNotified, how_notified
from bot.conversation.review.watching import (
    ALL_DONE,
    OPEN,
    Shown,
    is_shown,
    keep_watch,
    shown_by,
    watch_codes,
)
from bot.conversation.shared_view import day_in_words
from bot.privacy.mask import find_all, put_placeholders
from bot.privacy.people import People
from bot.storage import concerns
from bot.storage.access import NotFound, can_be_read, shared_reflection
from bot.storage.audit import Event, record
from bot.storage.concern_tables import ConcernReview, Notification
from bot.storage.holding import hold_reflection
from bot.storage.models import Account, RaisedConcern, Reflection, Share
from bot.storage.notifications import messages_about
from bot.storage.states import ConcernStep

LONGEST_DONE = 1000
# Shares with something open on one page, and concerns that are done.
PAGE = 50
DONE_LAST = 50

_Found = tuple[Share, Reflection, Account]
_Place = tuple[str, tuple[datetime, str]]


class UnknownPlace(ValueError):
    """The address names no place in the open concerns."""


class NotWritten(Exception):
    """What was done was not told, or at too great a length."""


@dataclass(frozen=True)
class Case:
    """A concern as a supervisor sees it, with what they did about it and what told them."""

    reflection: Reflection
    therapist: Account
    shown: Shown
    reviews: Sequence[ConcernReview]
    messages: Sequence[Notification]
    now: datetime
    limit: timedelta

    @property
    def id(self) -> str:
        """The concern's id."""
        return self.shown.concern.id

    @property
    def concern(self) -> RaisedConcern:
        """The concern itself."""
        return self.shown.concern

    @property
    def day(self) -> str:
        """The day of the reflection, in words."""
        return day_in_words(self.reflection.started_at)

    @property
    def seen_at(self) -> datetime | None:
        """When the supervisor said that they have seen it; who did something has seen it."""
        return self.reviews[0].at if self.reviews else None

    @property
    def done(self) -> list[ConcernReview]:
        """What was done, the newest entry first."""
        return [one for one in reversed(self.reviews) if one.step is ConcernStep.DONE]

    @property
    def done_at(self) -> datetime | None:
        """When it was first written down that something was done."""
        return self.done[-1].at if self.done else None

    @property
    def stood_open(self) -> timedelta:
        """How long it has been open, or was."""
        return (self.done_at or self.now) - self.shown.since

    @property
    def is_late(self) -> bool:
        """Say whether it has been open longer than the deployer's limit, or was."""
        return self.stood_open > self.limit

    @property
    def _order(self) -> tuple[int, datetime, str]:
        return (self.concern.level.rank, self.shown.since, self.id)


@dataclass(frozen=True)
class Concerns:
    """A page: what is open, what was done last (on the first page), how one is notified."""

    open: list[Case]
    done: list[Case]
    next: str | None
    how: HowNotified


async def read_concerns(desk: Desk, supervisor: Account, after: str | None = None) -> Concerns:
    """Give a page of the concerns that are shown to a supervisor now. Raises `UnknownPlace`."""
    now = desk.clock()
    place = _place(after) if after else None
    async with desk.sessions() as session:
        rows, following = await _open_rows(desk, session, supervisor, now, place)
        done = [] if place else await _done_rows(desk, session, supervisor, now)
        cases = await _cases(
            desk, session, supervisor, [*map(_found, rows), *map(_found, done)], now
        )
        how = await how_notified(desk, session, supervisor.id)
    open_ids = {row[1].id for row in rows}
    still_open = [case for case in cases if not case.done and case.reflection.id in open_ids]
    over = [case for case in cases if case.done and not place]
    return Concerns(
        open=sorted(still_open, key=lambda case: case._order),  # noqa: SLF001 - its own page
        done=sorted(over, key=lambda case: case.done[0].at, reverse=True)[:DONE_LAST],
        next=following,
        how=how,
    )


async def read_concern(desk: Desk, supervisor: Account, concern_id: str) -> Case:
    """Give one concern that is shown to a supervisor now. Raises `NotFound`."""
    now = desk.clock()
    async with desk.sessions() as session:
        found = await _shown_to(session, supervisor, concern_id, now)
        cases = await _cases(desk, session, supervisor, [found], now)
    return next(case for case in cases if case.id == concern_id)


async def acknowledge(desk: Desk, supervisor: Account, concern_id: str) -> None:
    """Write down that a supervisor has seen a concern, once. Raises `NotFound`."""
    now = desk.clock()
    async with desk.sessions.begin() as session:
        _, reflection, _ = await _shown_to(session, supervisor, concern_id, now)
        await hold_reflection(session, reflection.id)
        before = await concerns.reviews_of(session, [reflection.id])
        if any(
            review.concern_id == concern_id and review.supervisor_id == supervisor.id
            for review in before
        ):
            return
        step, event = ConcernStep.ACKNOWLEDGED, Event.CONCERN_ACKNOWLEDGED
        session.add(_review(reflection, supervisor, concern_id, step, now, None))
        await session.flush()
        await record(session, event, now, by=supervisor.id, reflection=reflection.id)


async def write_done(desk: Desk, supervisor: Account, concern_id: str, typed: str) -> None:
    """Write down what was done about a concern; what stood there before stays in its history.

    Raises `NotFound`, or `NotWritten` for nothing and for more than `LONGEST_DONE` characters.
    """
    given = " ".join(writable(typed).split())
    if not 0 < len(given) <= LONGEST_DONE:
        raise NotWritten
    # In a thread, as for a message: others are waiting.
    identifiers = await asyncio.to_thread(find_all, given)
    now = desk.clock()
    async with desk.sessions.begin() as session:
        _, reflection, _ = await _shown_to(session, supervisor, concern_id, now)
        # Held and read anew: its therapist may be writing names of people at this moment.
        await hold_reflection(session, reflection.id)
        await session.refresh(reflection)
        people = People(desk.people_key + reflection.id.encode(), reflection.people)
        text = put_placeholders(given, identifiers, people).text
        reflection.people = people.known
        step, event = ConcernStep.DONE, Event.CONCERN_DONE
        session.add(_review(reflection, supervisor, concern_id, step, now, text))
        await session.flush()
        await keep_watch(desk, session, reflection)
        await record(session, event, now, by=supervisor.id, reflection=reflection.id)


def _review(
    reflection: Reflection,
    supervisor: Account,
    concern_id: str,
    step: ConcernStep,
    at: datetime,
    text: str | None,
) -> ConcernReview:
    return ConcernReview(
        reflection_id=reflection.id,
        supervisor_id=supervisor.id,
        step=step,
        at=at,
        concern_id=concern_id,
        text=text,
    )


async def _shown_to(
    session: AsyncSession, supervisor: Account, concern_id: str, now: datetime
) -> _Found:
    """Give the share that shows a concern to a supervisor now. Raises `NotFound`."""
    concern, number = await concerns.concern_of(session, concern_id)
    found = await shared_reflection(session, supervisor, concern.reflection_id, now)
    if not is_shown(found[0], concern, number):
        raise NotFound
    return found


async def _cases(
    desk: Desk,
    session: AsyncSession,
    supervisor: Account,
    found: Sequence[_Found],
    now: datetime,
) -> list[Case]:
    """Give every concern that these shares show, in as many queries however many there are."""
    by_share = {one[0].id: one for one in found}
    ids = {reflection.id for _, reflection, _ in by_share.values()}
    raised = await concerns.concerns_in(session, ids)
    shares = _of(supervisor, await concerns.shares_of(session, ids))
    reviews = _of(supervisor, await concerns.reviews_of(session, ids))
    messages = await messages_about(session, [share.id for share in shares])
    limit = timedelta(hours=desk.settings.concern_hours)

    def of(share: Share, reflection: Reflection, therapist: Account) -> Iterator[Case]:
        its_shares = [one for one in shares if one.reflection_id == reflection.id]
        its_raised = [one for one in raised if one[0].reflection_id == reflection.id]
        its_ids = {one.id for one in its_shares}
        for shown in shown_by(share, its_shares, its_raised):
            yield Case(
                reflection=reflection,
                therapist=therapist,
                shown=shown,
                reviews=[one for one in reviews if one.concern_id == shown.concern.id],
                messages=[
                    one
                    for one in messages
                    if one.share_id in its_ids and one.made_at >= shown.since
                ],
                now=now,
                limit=limit,
            )

    return [case for one in by_share.values() for case in of(*one)]


def _found(row: Row[Share, Reflection, Account, *tuple[Any, ...]]) -> _Found:
    return row[0], row[1], row[2]


async def _open_rows(
    desk: Desk, session: AsyncSession, supervisor: Account, now: datetime, place: _Place | None
) -> tuple[list[concerns.Watched], str | None]:
    """Give a page of shares with something open, danger first, and where the next one begins."""
    codes = watch_codes(desk, supervisor.id)
    rows: list[concerns.Watched] = []
    begin = OPEN.index(place[0]) if place else 0
    for which in OPEN[begin:]:
        after = place[1] if place and place[0] == which else None
        rows += await concerns.watched_shares(
            session, supervisor, now, codes[which], after=after, limit=PAGE + 1 - len(rows)
        )
    page = [row for row in rows[:PAGE] if can_be_read(session, row[1].id)]
    if len(rows) <= PAGE:
        return page, None
    last = rows[PAGE - 1][3]
    which = next(name for name in OPEN if codes[name] == last.code)
    mark = f"{OPEN.index(which)}-{last.since.timestamp():.6f}-{last.share_id}"
    return page, mark


async def _done_rows(
    desk: Desk, session: AsyncSession, supervisor: Account, now: datetime
) -> list[concerns.Watched]:
    """Give the shares of which all is done, the last first; others stand among what is open."""
    code = watch_codes(desk, supervisor.id)[ALL_DONE]
    rows = await concerns.watched_shares(
        session, supervisor, now, code, newest_first=True, limit=DONE_LAST
    )
    return [row for row in rows if can_be_read(session, row[1].id)]


_Theirs = TypeVar("_Theirs", Share, ConcernReview)


def _of(supervisor: Account, rows: Sequence[_Theirs]) -> list[_Theirs]:
    # Not in the query: there are few of a reflection, and a database may look at all of theirs.
    return [row for row in rows if row.supervisor_id == supervisor.id]


def _place(mark: str) -> _Place:
    which, _, rest = mark.partition("-")
    seconds, _, share_id = rest.partition("-")
    try:
        if which not in map(str, range(len(OPEN))):
            raise UnknownPlace
        return OPEN[int(which)], (datetime.fromtimestamp(float(seconds), UTC), share_id)
    except (ValueError, OverflowError, OSError):
        raise UnknownPlace from None
