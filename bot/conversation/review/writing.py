"""What is written into a review: its steps, comments and replies, labels of findings."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.conversation.hearing import Heard, hear
from bot.conversation.refused import Refused
from bot.conversation.shared_view import SharedView, Terms, shared_view
from bot.privacy.people import People
from bot.safety.concerns import Concern
from bot.storage.access import NotFound, own_reflection, shared_reflection, turns_of
from bot.storage.audit import Event, record
from bot.storage.columns import new_id
from bot.storage.holding import hold_reflection
from bot.storage.models import Account, Reflection, Share, Turn
from bot.storage.review_tables import Comment, Label
from bot.storage.reviews import (
    add_deed,
    comment_sent,
    comments_for,
    comments_in,
    deeds_of,
    review_state,
)
from bot.storage.shares import standing_shares
from bot.storage.states import Opinion, ReviewDeed, ReviewState, Role
from bot.themes.findings import Theme

LONGEST_COMMENT = 2000


class CommentRefused(Refused):
    """What was written cannot be taken; `notice` says why."""


@dataclass(frozen=True)
class Written:
    """A comment as a page sends it. `client_id` is the page's own id for it.

    It is on the turn of that number and on words of it (`passage`), or on the whole; or it is a
    reply to the comment `answers`. Only an author says `to` which supervisor, needed where there
    are several, and `mentions` another one who reads the reflection.
    """

    client_id: str
    text: str
    turn: int | None = None
    passage: str = ""
    answers: str | None = None
    to: str | None = None
    mentions: str | None = None


async def add_step(desk: Desk, supervisor: Account, reflection_id: str, deed: ReviewDeed) -> None:
    """Write a supervisor's step down; the same one again changes nothing. Raises `NotFound`."""
    now = desk.clock()
    async with desk.sessions.begin() as session:
        await hold_reflection(session, reflection_id)
        share, reflection, _ = await shared_reflection(session, supervisor, reflection_id, now)
        steps = await deeds_of(session, share)
        if not steps or steps[-1].deed is not deed:
            await add_deed(session, share, deed, now, by=supervisor.id)
            desk.news.tell_accounts(session, reflection.therapist_id)


async def comment(
    desk: Desk, writer: Account, reflection_id: str, written: Written, *, asks: bool = False
) -> tuple[Concern, ...]:
    """Keep a comment on what is shared, and give what was heard of danger in a therapist's.

    With `asks` the review waits for the therapist from now on, and goes on when they write. The
    same `client_id` again has no further effect. Raises `NotFound` or `CommentRefused`, and then
    nothing was kept.
    """
    if len(written.text) > LONGEST_COMMENT:
        raise CommentRefused("comment_long")
    # In a thread, as for a message: others are waiting.
    heard = await asyncio.to_thread(hear, written.text, desk.signs, desk.concern_detector)
    is_author = writer.role is Role.THERAPIST
    try:
        async with desk.sessions.begin() as session:
            # Nobody else may give the next person of this reflection the same letter meanwhile.
            await hold_reflection(session, reflection_id)
            page = await (_for_author if is_author else _for_supervisor)(
                desk, session, writer, reflection_id, written
            )
            if not await comment_sent(session, writer, written.client_id):
                await _add(desk, session, page, writer, written, heard)
                is_answer = await review_state(session, page.share) == ReviewState.WAITING
                if asks and not is_author:
                    deed = ReviewDeed.ASKED_FOR_MORE
                    await add_deed(session, page.share, deed, page.now, by=writer.id)
                elif is_author and is_answer:
                    deed = ReviewDeed.ANSWERED
                    await add_deed(session, page.share, deed, page.now, by=writer.id)
    except IntegrityError:
        # The same form came twice at the same moment.
        async with desk.sessions() as session:
            if not await comment_sent(session, writer, written.client_id):
                raise
    return heard.concerns if is_author else ()


async def label_finding(
    desk: Desk,
    supervisor: Account,
    reflection_id: str,
    finding_id: str,
    opinion: Opinion,
    instead: tuple[Theme, str | None] | None = None,
) -> None:
    """Keep a supervisor's opinion of a finding that they are shown, beside the author's verdict.

    `instead` is the theme and subtheme of a relabelling. Raises `NotFound`, or `CommentRefused`
    for a relabelling without a theme.
    """
    if (opinion is Opinion.RELABEL) is not (instead is not None):
        raise CommentRefused("label_which")
    now = desk.clock()
    async with desk.sessions.begin() as session:
        share, reflection, therapist = await shared_reflection(
            session, supervisor, reflection_id, now
        )
        turns = await turns_of(session, reflection)
        view = shared_view(desk, reflection, therapist, turns, Terms.of(share))
        if finding_id not in {one["id"] for theme in view.themes for one in theme["findings"]}:
            raise NotFound
        theme, subtheme = instead or (None, None)
        session.add(
            Label(
                reflection_id=reflection.id,
                finding_id=finding_id,
                supervisor_id=supervisor.id,
                said_at=now,
                opinion=opinion,
                theme=theme,
                subtheme=subtheme,
            )
        )
        desk.news.tell_accounts(session, reflection.therapist_id)
        await session.flush()
        await record(session, Event.LABELLED, now, by=supervisor.id, reflection=reflection.id)


@dataclass(frozen=True)
class _Page:
    """Where a comment is written: under a share, with what that shows, and under which comment."""

    share: Share
    reflection: Reflection
    turns: Sequence[Turn]
    view: SharedView
    root: Comment | None
    # Whose review it belongs to.
    supervisor_id: str
    now: datetime


async def _for_supervisor(
    desk: Desk, session: AsyncSession, supervisor: Account, reflection_id: str, written: Written
) -> _Page:
    now = desk.clock()
    share, reflection, therapist = await shared_reflection(session, supervisor, reflection_id, now)
    if written.to or written.mentions:
        # Who else reads a reflection is known to its author alone.
        raise CommentRefused("comment_whom")
    turns = await turns_of(session, reflection)
    view = shared_view(desk, reflection, therapist, turns, Terms.of(share))
    root = _root(await comments_for(session, share), written)
    return _Page(
        share, reflection, turns, view, root, root.supervisor_id if root else supervisor.id, now
    )


async def _for_author(
    desk: Desk, session: AsyncSession, author: Account, reflection_id: str, written: Written
) -> _Page:
    now = desk.clock()
    reflection = await own_reflection(session, author, reflection_id)
    root = _root(await comments_in(session, reflection), written)
    shares = {reader.id: share for share, reader in await standing_shares(session, reflection, now)}
    to = root.supervisor_id if root else written.to or (min(shares) if len(shares) == 1 else None)
    mentioned = written.mentions
    if to not in shares or (mentioned and (mentioned not in shares or mentioned == to)):
        raise CommentRefused("comment_whom")
    turns = await turns_of(session, reflection)
    view = shared_view(desk, reflection, author, turns, Terms.of(shares[to]))
    return _Page(shares[to], reflection, turns, view, root, to, now)


def _root(comments: Sequence[Comment], written: Written) -> Comment | None:
    """Give the comment under which a reply belongs. Raises `NotFound`."""
    if written.answers is None:
        return None
    there = {comment.id: comment for comment in comments}
    answered = there.get(written.answers)
    root = there.get(answered.root_id or answered.id) if answered else None
    if root is None:
        raise NotFound
    return root


async def _add(
    desk: Desk,
    session: AsyncSession,
    page: _Page,
    writer: Account,
    written: Written,
    heard: Heard,
) -> None:
    reflection, root = page.reflection, page.root
    turn, passage = (None, None) if root else _place(page, written)
    people = People(desk.people_key + reflection.id.encode(), reflection.people)
    text = heard.masked(people).text.strip()
    if not text:
        raise CommentRefused("comment_empty")
    added = Comment(
        id=new_id(),
        reflection_id=reflection.id,
        supervisor_id=page.supervisor_id,
        author_id=writer.id,
        client_id=written.client_id,
        root_id=root.id if root else None,
        turn_id=root.turn_id if root else turn.id if turn else None,
        mentioned_id=written.mentions,
        written_at=page.now,
        text=text,
        passage=passage,
    )
    reflection.people = people.known
    session.add(added)
    first = root.mentioned_id if root else None
    everybody = (reflection.therapist_id, page.supervisor_id, written.mentions, first)
    desk.news.tell_accounts(session, *everybody)
    await session.flush()
    await record(
        session,
        Event.COMMENTED,
        page.now,
        by=writer.id,
        reflection=reflection.id,
        account=page.supervisor_id,
    )


def _place(page: _Page, written: Written) -> tuple[Turn | None, dict[str, Any] | None]:
    """Give the turn that is commented on, and which of its words."""
    words = written.passage.split()
    if written.turn is None and not words:
        return None, None
    shown = {told["turn"] for told in page.view.told}
    turn = next((turn for turn in page.turns if turn.number == written.turn), None)
    if turn is None or turn.number not in shown:
        raise CommentRefused("comment_turn")
    if not words:
        return turn, None
    # A page may have broken the lines in another way.
    found = re.search(r"\s+".join(map(re.escape, words)), turn.text)
    if found is None:
        raise CommentRefused("comment_passage")
    return turn, {"start": found.start(), "end": found.end(), "text": found.group()}
