"""The journal of what the app says in Slack: planned, sent, posted, and taken away again.

What a message says is made anew from the journal of turns when it is sent; here stands only
which messages there are, in which order, and what is known of each.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.conversation.desk import Desk
from bot.conversation.slack.saying import ToSay, next_number, plan_to_say
from bot.storage.access import can_be_read, whole_turn
from bot.storage.erasing import is_erased
from bot.storage.holding import hold_reflection
from bot.storage.models import Turn
from bot.storage.slack import FROM_SLACK, deliverable
from bot.storage.slack_tables import SlackIdentity, SlackLine, SlackPost
from bot.storage.states import SlackOccasion, SlackPostState, TurnState

# Slack comes again with an event for up to a day; so long is remembered what was answered.
_REMEMBERED = timedelta(days=2)
_WAITS = SlackPost.state.in_((SlackPostState.PLANNED, SlackPostState.SENDING))


@dataclass(frozen=True)
class Piece:
    """What is said at once of a turn: its messages from `first` up to but not `last`.

    `is_answer`: nothing more comes to this turn, and what was heard and offered belongs to it.
    """

    turn: Turn
    first: int
    last: int
    is_answer: bool


CountParts = Callable[[AsyncSession, Piece], Awaitable[int]]


async def plan_turns(desk: Desk, reflection_id: str, count_parts: CountParts) -> None:
    """Plan what Slack has not been told of a reflection's turns; those of the web stay there."""
    async with desk.sessions.begin() as session:
        await hold_reflection(session, reflection_id)
        line = await deliverable(session, reflection_id)
        if line is None or not can_be_read(session, reflection_id):
            return
        for turn_id, told in await _not_told(session, line):
            turn = await whole_turn(session, turn_id)
            if turn is None:
                continue
            is_answer = turn.state is not TurnState.KEPT
            if is_answer or len(turn.messages) > told:
                piece = Piece(turn, told, len(turn.messages), is_answer)
                parts = await count_parts(session, piece)
                await _plan(desk, session, line, piece, parts)


async def _not_told(session: AsyncSession, line: SlackLine) -> list[tuple[str, int]]:
    """Give the turns of which something may be left to tell, with how many messages were told."""
    is_here = Turn.client_id.startswith(FROM_SLACK) | (Turn.number == line.from_turn)
    is_again = SlackLine.from_turn == Turn.number
    counts = or_(~is_again, SlackPost.round == SlackLine.round)
    query = (
        select(
            Turn.id,
            func.coalesce(func.max(SlackPost.last), 0),
            func.max(case((SlackPost.is_answer, 1), else_=0)),
        )
        .join(SlackLine, SlackLine.reflection_id == Turn.reflection_id)
        .outerjoin(SlackPost, (SlackPost.turn_id == Turn.id) & counts)
        .where(Turn.reflection_id == line.reflection_id, Turn.number >= line.from_turn, is_here)
        .group_by(Turn.id, Turn.number)
        .order_by(Turn.number)
    )
    found = (await session.execute(query)).all()
    return [(turn_id, told) for turn_id, told, is_all in found if not is_all]


async def _plan(
    desk: Desk, session: AsyncSession, line: SlackLine, piece: Piece, parts: int
) -> None:
    number = await next_number(session, line.channel)
    for part in range(max(parts, 1)):
        session.add(
            SlackPost(
                channel=line.channel,
                number=number + part,
                # Nothing to say is noted as said, so that it is not asked for again.
                state=SlackPostState.PLANNED if parts else SlackPostState.NOT_TAKEN,
                made_at=desk.clock(),
                account_id=line.account_id,
                reflection_id=line.reflection_id,
                turn_id=piece.turn.id,
                round=line.round,
                first=piece.first,
                last=piece.last,
                part=part,
                parts=parts,
                is_answer=piece.is_answer,
            )
        )
    await session.flush()


async def first_waiting(desk: Desk, channel: str) -> SlackPost | None:
    """Give the message that is to be posted next in a channel."""
    query = select(SlackPost).where(SlackPost.channel == channel, _WAITS, ~_is_erased())
    async with desk.sessions() as session:
        found: SlackPost | None = await session.scalar(query.order_by(SlackPost.number).limit(1))
    return found


async def channels_with_something(desk: Desk) -> set[str]:
    """Give the channels in which something waits to be posted, closed or taken away."""
    is_due = _WAITS | SlackPost.is_open | _is_erased()
    async with desk.sessions() as session:
        return set(await session.scalars(select(SlackPost.channel).where(is_due).distinct()))


async def note_state(
    desk: Desk,
    post: SlackPost,
    state: SlackPostState,
    *,
    ts: str | None = None,
    is_open: bool = False,
) -> None:
    """Write down what is known of a message now."""
    async with desk.sessions.begin() as session:
        this = update(SlackPost).where(SlackPost.id == post.id)
        await session.execute(this.values(state=state, ts=ts, is_open=is_open))
    post.state, post.ts, post.is_open = state, ts, is_open


async def to_close(desk: Desk, channel: str) -> list[SlackPost]:
    """Give the messages of a channel in which nothing should be pressed any more."""
    its_turn = aliased(Turn)
    later = (
        select(Turn.id)
        .join(its_turn, its_turn.id == SlackPost.turn_id)
        .where(Turn.reflection_id == SlackPost.reflection_id, Turn.number > its_turn.number)
        .correlate(SlackPost)
        .exists()
    )
    shown_again = (
        select(SlackLine.reflection_id)
        .where(
            SlackLine.reflection_id == SlackPost.reflection_id, SlackLine.round > SlackPost.round
        )
        .correlate(SlackPost)
        .exists()
    )
    is_over = later | shown_again | SlackPost.chosen.is_not(None)
    query = select(SlackPost).where(
        SlackPost.channel == channel, SlackPost.is_open, is_over, ~_is_erased()
    )
    async with desk.sessions() as session:
        return list(await session.scalars(query.order_by(SlackPost.number)))


async def to_take_away(desk: Desk, channel: str) -> list[SlackPost]:
    """Give the messages of a channel whose reflection is deleted."""
    query = select(SlackPost).where(SlackPost.channel == channel, _is_erased())
    async with desk.sessions() as session:
        return list(await session.scalars(query.order_by(SlackPost.number)))


async def note_taken_away(desk: Desk, reflection_id: str) -> None:
    """Note that no message of a reflection stands in Slack, and plan to say so where they stood."""
    query = select(SlackPost).where(SlackPost.reflection_id == reflection_id).limit(1)
    async with desk.sessions() as session:
        post = await session.scalar(query)
        tie = await session.get(SlackIdentity, post.account_id) if post else None
    if post is not None and tie is not None:
        answers = f"deleted-{reflection_id}"
        what = ToSay(SlackOccasion.DELETED, post.channel, answers, account_id=post.account_id)
        await plan_to_say(desk, what)
    await drop_posts(desk, reflection_id)


async def post_of(desk: Desk, account_id: str, post_id: str) -> SlackPost | None:
    """Give a message to the account it was for."""
    async with desk.sessions() as session:
        found = await session.get(SlackPost, post_id)
    return found if found and found.account_id == account_id else None


async def choose(desk: Desk, post: SlackPost, chosen: str) -> bool:
    """Note what was pressed in a message that is no turn; False when something was before."""
    first = update(SlackPost).where(SlackPost.id == post.id, SlackPost.chosen.is_(None))
    async with desk.sessions.begin() as session:
        noted = await session.execute(first.values(chosen=chosen))
    return bool(noted.rowcount)  # type: ignore[attr-defined]


async def forget_answered(desk: Desk) -> None:
    """Forget what was said long ago outside of reflections: no event comes again after that."""
    async with desk.sessions.begin() as session:
        await session.execute(
            delete(SlackPost).where(
                SlackPost.reflection_id.is_(None),
                SlackPost.made_at < desk.clock() - _REMEMBERED,
                ~_WAITS,
            )
        )


async def count_posts(desk: Desk, reflection_id: str) -> int:
    """Count the messages of a reflection that stand in Slack, or may."""
    query = select(func.count()).where(SlackPost.reflection_id == reflection_id)
    async with desk.sessions() as session:
        return await session.scalar(query) or 0


async def drop_posts(desk: Desk, reflection_id: str) -> None:
    """Forget where messages of a reflection stand, when nobody can take them away there."""
    async with desk.sessions.begin() as session:
        await session.execute(delete(SlackPost).where(SlackPost.reflection_id == reflection_id))


def _is_erased() -> ColumnElement[bool]:
    return is_erased(SlackPost.reflection_id)
