"""Reviews: where a supervisor stands with a reflection, comments in it, labels of findings.

Nothing here asks whether a share stands: that is `access.py`, and comes first.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.storage.audit import Event, record
from bot.storage.holding import hold_share
from bot.storage.models import Account, Reflection, Share
from bot.storage.review_tables import Comment, Label, Review, ReviewChange
from bot.storage.states import ReviewDeed, ReviewState

NEW = "new"


def its_review() -> ColumnElement[bool]:
    """Give the condition that a `Review` is that of a `Share`."""
    return and_(
        Review.reflection_id == Share.reflection_id, Review.supervisor_id == Share.supervisor_id
    )


async def review_state(session: AsyncSession, share: Share) -> str:
    """Give where a supervisor stands with what they were shown by `share`."""
    review = await session.get(Review, (share.reflection_id, share.supervisor_id))
    if review is None or review.changed_at < share.shared_at:
        return NEW
    return review.state.value


async def add_deed(
    session: AsyncSession, share: Share, deed: ReviewDeed, now: datetime, *, by: str
) -> None:
    """Write a step of a review down, and where it stands after it."""
    await hold_share(session, share.id)
    key = {"reflection_id": share.reflection_id, "supervisor_id": share.supervisor_id}
    await session.merge(Review(**key, state=deed.leads_to, changed_at=now))
    session.add(ReviewChange(**key, deed=deed, at=now))
    await record(
        session,
        Event.REVIEWED,
        now,
        by=by,
        reflection=share.reflection_id,
        account=share.supervisor_id,
        details={"deed": deed},
    )


async def deeds_of(session: AsyncSession, share: Share) -> list[ReviewChange]:
    """Give the steps of a supervisor's review of a reflection, the first first."""
    query = select(ReviewChange).where(
        ReviewChange.reflection_id == share.reflection_id,
        ReviewChange.supervisor_id == share.supervisor_id,
    )
    return list(await session.scalars(query.order_by(ReviewChange.at)))


async def deeds_in(session: AsyncSession, reflection: Reflection) -> list[ReviewChange]:
    """Give the steps of everybody's review of a reflection, the first first."""
    query = select(ReviewChange).where(ReviewChange.reflection_id == reflection.id)
    return list(await session.scalars(query.order_by(ReviewChange.at)))


async def comments_in(session: AsyncSession, reflection: Reflection) -> list[Comment]:
    """Give all that was written in all reviews of a reflection: for its author."""
    return list(await session.scalars(_comments(Comment.reflection_id == reflection.id)))


async def comments_for(session: AsyncSession, share: Share) -> list[Comment]:
    """Give what the supervisor of a share may read: their own review, and what they are drawn into.

    Of another supervisor's review that is a comment which mentions them, with all replies.
    """
    mentioning = aliased(Comment)
    drawn_into = select(_thread(mentioning)).where(
        mentioning.mentioned_id == share.supervisor_id,
        mentioning.reflection_id == share.reflection_id,
    )
    own = Comment.supervisor_id == share.supervisor_id
    query = _comments(
        Comment.reflection_id == share.reflection_id, or_(own, _thread(Comment).in_(drawn_into))
    )
    return list(await session.scalars(query))


def _thread(comment: type[Comment]) -> ColumnElement[str]:
    return func.coalesce(comment.root_id, comment.id)


def _comments(*which: ColumnElement[bool]) -> Select[Comment]:
    return (
        select(Comment)
        .where(*which)
        .order_by(Comment.written_at, Comment.id)
        .execution_options(populate_existing=True)
    )


async def comment_sent(session: AsyncSession, author: Account, client_id: str) -> Comment | None:
    """Give the comment that was made of this very form, if it came before."""
    found: Comment | None = await session.scalar(
        select(Comment).where(Comment.author_id == author.id, Comment.client_id == client_id)
    )
    return found


async def note_read_by_author(session: AsyncSession, reflection: Reflection, now: datetime) -> None:
    """Write down that all that others wrote in a reflection was on its author's page."""
    await _note_read(
        session,
        now,
        Comment.reflection_id == reflection.id,
        Comment.author_id != reflection.therapist_id,
    )


async def note_read_by_supervisor(session: AsyncSession, share: Share, now: datetime) -> None:
    """Write down that all that others wrote to a supervisor in a reflection was on their page."""
    await _note_read(
        session,
        now,
        Comment.reflection_id == share.reflection_id,
        Comment.supervisor_id == share.supervisor_id,
        Comment.author_id != share.supervisor_id,
    )
    await session.execute(
        update(Comment)
        .where(
            Comment.reflection_id == share.reflection_id,
            Comment.mentioned_id == share.supervisor_id,
            Comment.mention_read_at.is_(None),
        )
        .values(mention_read_at=now)
        .execution_options(synchronize_session=False)
    )


async def _note_read(session: AsyncSession, now: datetime, *which: ColumnElement[bool]) -> None:
    await session.execute(
        update(Comment)
        .where(*which, Comment.read_at.is_(None))
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


async def unread_by_supervisor(
    session: AsyncSession, supervisor: Account, reflections: Collection[str]
) -> set[str]:
    """Give those of these reflections in which something is written to them that is not read."""
    written = and_(
        Comment.supervisor_id == supervisor.id,
        Comment.author_id != supervisor.id,
        Comment.read_at.is_(None),
    )
    mentioned = and_(Comment.mentioned_id == supervisor.id, Comment.mention_read_at.is_(None))
    query = select(Comment.reflection_id).where(
        Comment.reflection_id.in_(reflections), or_(written, mentioned)
    )
    return set(await session.scalars(query))


async def news_for_author(
    session: AsyncSession, author: Account
) -> tuple[dict[str, int], set[str]]:
    """Give how many comments an author has not read, by reflection, and which wait for them."""
    own = select(Reflection.id).where(Reflection.therapist_id == author.id)
    counted = await session.execute(
        select(Comment.reflection_id, func.count())
        .where(
            Comment.reflection_id.in_(own),
            Comment.author_id != author.id,
            Comment.read_at.is_(None),
        )
        .group_by(Comment.reflection_id)
    )
    waiting = select(Review.reflection_id).where(
        Review.reflection_id.in_(own), Review.state == ReviewState.WAITING
    )
    return {row[0]: row[1] for row in counted}, set(await session.scalars(waiting))


async def labels_by(
    session: AsyncSession, supervisor_id: str, reflection_ids: Collection[str]
) -> dict[str, Label]:
    """Give a supervisor's newest label of each finding of these reflections, by its id."""
    query = select(Label).where(
        Label.reflection_id.in_(reflection_ids), Label.supervisor_id == supervisor_id
    )
    found = await session.scalars(query.order_by(Label.said_at))
    return {label.finding_id: label for label in found}


async def labels_in(session: AsyncSession, reflection: Reflection) -> list[Label]:
    """Give everybody's labels in a reflection, the first first: for its author."""
    query = select(Label).where(Label.reflection_id == reflection.id)
    return list(await session.scalars(query.order_by(Label.said_at)))
