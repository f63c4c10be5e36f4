"""A supervisor's queue: what is shared with them now, filtered and paged by the database.

It gives what `access.py` would give and never more: every query starts from what stands.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from bot.storage.access import can_be_read, shared_with, stands
from bot.storage.models import Account, Reflection, Share, Supervision
from bot.storage.review_tables import Review, SearchEntry, ShareFacet
from bot.storage.reviews import NEW, its_review, unread_by_supervisor
from bot.storage.shares import standing
from bot.storage.states import ReviewState


@dataclass(frozen=True)
class Filter:
    """What a supervisor asks the queue for; everything given has to hold.

    `codes` are those of facets, which must all be there. `since` and `before` are moments of
    sharing, `after` is where the page before ended, `but_not` are shares to leave out, `only` the
    ones to take.
    """

    therapist_id: str | None = None
    codes: Sequence[str] = ()
    state: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    after: tuple[datetime, str] | None = None
    but_not: Collection[str] = ()
    only: Collection[str] | None = None
    # What is not closed, or was closed at this moment or later.
    open_at: datetime | None = None


@dataclass(frozen=True)
class Line:
    """One line of the queue."""

    share: Share
    reflection: Reflection
    therapist: Account
    state: str
    codes: frozenset[str]
    # Whether their therapist wrote something here that the supervisor has not read.
    has_unread: bool


_STATE = case(
    (or_(Review.state.is_(None), Review.changed_at < Share.shared_at), NEW), else_=Review.state
)


async def queue_lines(
    session: AsyncSession, supervisor: Account, now: datetime, wanted: Filter, limit: int
) -> list[Line]:
    """Give at most `limit` lines, the newest share first, with a constant number of queries."""
    found: list[Row[Share, Reflection, Account, str]] = []
    is_more = True
    while is_more and len(found) < limit:
        rows = (await session.execute(_query(supervisor, now, wanted).limit(limit))).all()
        found += [row for row in rows if can_be_read(session, row[1].id)]
        # Instead of those that have lost their key, the next ones.
        is_more = len(rows) == limit
        if is_more:
            wanted = replace(wanted, after=(rows[-1][0].shared_at, rows[-1][0].id))
    found = found[:limit]
    codes: dict[str, set[str]] = {}
    ids = [share.id for share, *_ in found]
    for one in await session.scalars(select(ShareFacet).where(ShareFacet.share_id.in_(ids))):
        codes.setdefault(one.share_id, set()).add(one.code)
    unread = await unread_by_supervisor(session, supervisor, {row[1].id for row in found})
    return [
        Line(
            share,
            reflection,
            therapist,
            state,
            frozenset(codes.get(share.id, ())),
            reflection.id in unread,
        )
        for share, reflection, therapist, state in found
    ]


def _query(
    supervisor: Account, now: datetime, wanted: Filter
) -> Select[Share, Reflection, Account, str]:
    query = shared_with(supervisor, now).outerjoin(Review, its_review()).add_columns(_STATE)
    at, last = Share.shared_at, Share.id
    if wanted.codes:
        # Read along the index of the first facet, so that what has it not is never looked at.
        facet = aliased(ShareFacet)
        its_facet = and_(facet.share_id == Share.id, facet.code == wanted.codes[0])
        at, last = facet.shared_at, facet.share_id
        query = query.join(facet, its_facet).order_by(None).order_by(at.desc(), last.desc())
    return query.where(*_conditions(wanted, at, last))


def _conditions(
    wanted: Filter, at: InstrumentedAttribute[datetime], last: InstrumentedAttribute[str]
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        select(ShareFacet.code)
        .where(ShareFacet.share_id == Share.id, ShareFacet.code == code)
        .exists()
        for code in wanted.codes[1:]
    ]
    if wanted.therapist_id is not None:
        found.append(Reflection.therapist_id == wanted.therapist_id)
    if wanted.state is not None:
        found.append(_STATE == wanted.state)  # noqa: SIM300 - SQLAlchemy writes the condition
    if wanted.open_at is not None:
        is_closed = _STATE == ReviewState.CLOSED.value  # noqa: SIM300 - as above
        found.append(or_(~is_closed, Review.changed_at >= wanted.open_at))
    if wanted.since is not None:
        found.append(at >= wanted.since)
    if wanted.before is not None:
        found.append(at < wanted.before)
    if wanted.but_not:
        found.append(Share.id.not_in(wanted.but_not))
    if wanted.only is not None:
        found.append(Share.id.in_(wanted.only))
    if wanted.after is not None:
        moment, share_id = wanted.after
        found.append(or_(at < moment, and_(at == moment, last < share_id)))
    return found


async def therapists_in_queue(
    session: AsyncSession, supervisor: Account, now: datetime
) -> list[Account]:
    """Give those who share something with a supervisor now, by name."""
    query = (
        select(Account)
        .where(
            Account.id.in_(
                select(Supervision.therapist_id).where(Supervision.supervisor_id == supervisor.id)
            ),
            # Asked therapist by therapist, and only until there is one.
            select(Share.id)
            .join(Reflection, Reflection.id == Share.reflection_id)
            .where(
                Reflection.therapist_id == Account.id,
                Share.supervisor_id == supervisor.id,
                standing(now),
                stands(),
            )
            .exists(),
        )
        .order_by(Account.name, Account.id)
    )
    return list(await session.scalars(query))


async def search_entries(
    session: AsyncSession, supervisor: Account, now: datetime, wanted: Filter, limit: int
) -> list[tuple[SearchEntry, datetime]]:
    """Give the words of at most `limit` shares, the newest first, with when each was shared."""
    query = (
        select(SearchEntry, Share.shared_at)
        .join(Share, Share.id == SearchEntry.id)
        .join(Reflection, Reflection.id == Share.reflection_id)
        .where(
            Share.supervisor_id == supervisor.id,
            standing(now),
            stands(),
            *_conditions(wanted, Share.shared_at, Share.id),
        )
        .order_by(Share.shared_at.desc(), Share.id.desc())
        .limit(limit)
    )
    return [(entry, at) for entry, at in await session.execute(query)]


async def readers_of(session: AsyncSession, therapist: Account, now: datetime) -> list[Account]:
    """Give those with whom something of a therapist is shared now, by name."""
    shared = (
        select(Share.supervisor_id)
        .join(Reflection, Reflection.id == Share.reflection_id)
        .where(Reflection.therapist_id == therapist.id, standing(now), stands())
    )
    query = select(Account).where(Account.id.in_(shared)).order_by(Account.name, Account.id)
    return list(await session.scalars(query))


async def shares_without_index(session: AsyncSession) -> list[str]:
    """Give the reflections of shares that nobody closed and that cannot be found yet."""
    query = (
        select(Share.reflection_id)
        .where(
            Share.closed_at.is_(None),
            or_(
                Share.id.not_in(select(ShareFacet.share_id)),
                Share.id.not_in(select(SearchEntry.id)),
            ),
        )
        .distinct()
    )
    return list(await session.scalars(query))
