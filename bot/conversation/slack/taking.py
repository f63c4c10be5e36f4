"""Take what somebody wrote or pressed in Slack: the same use cases as the web's, and idempotent.

Every message and every press has a name: an event's id, or the message of ours that was pressed.
The same name again has no further effect.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sqlalchemy import select

from bot.conversation.consents import set_consent
from bot.conversation.desk import Desk
from bot.conversation.hearing import hear
from bot.conversation.slack import lines
from bot.conversation.slack.lines import Opening, current_line
from bot.conversation.slack.posts import choose, post_of
from bot.conversation.slack.saying import was_answered
from bot.conversation.turns import Incoming, NotOffered, take_turn
from bot.conversation.views import reflection_view, turn_view
from bot.reflection.stages import Path
from bot.storage.access import NotFound, own_reflection, whole_turn
from bot.storage.models import Account, Reflection, Turn
from bot.storage.slack import EVENT, PRESS, VIEW
from bot.storage.slack_tables import SlackPost
from bot.storage.states import Purpose

LONGEST_NAME = 64


@dataclass(frozen=True)
class Taken:
    """A turn that was kept, in which reflection, and whether the reflection was begun for it."""

    turn: Turn
    is_new: bool
    has_begun: bool = False


class NothingOpen(Exception):
    """No reflection is open in Slack; nothing was kept."""


class Answered(Exception):
    """The same message came before, and was answered without being kept."""


async def take_words(desk: Desk, account: Account, channel: str, event_id: str, text: str) -> Taken:
    """Keep what somebody wrote. Raises as `take_turn`, `NothingOpen` and `Answered`.

    Where no reflection is open nothing is kept, unless there is danger in the words: then one is
    begun, since danger is answered at once and has to stand in a record.
    """
    name = name_of_event(event_id)
    if await was_answered(desk, name):
        raise Answered
    # When it comes again, it may be that somebody is in another reflection by now.
    before = await _kept_in(desk, account, name)
    line = await current_line(desk, account)
    if before is not None or line is not None:
        where = before or (line.reflection_id if line else "")
        return await _take(desk, account, Incoming(where, name, text))
    if len(text) > desk.settings.longest_message:
        raise NothingOpen
    heard = await asyncio.to_thread(hear, text, desk.signs, desk.concern_detector)
    if not heard.concerns:
        raise NothingOpen
    opening = Opening(channel, name)
    reflection_id = await lines.begin(desk, account, Path.SHORT, opening)
    taken = await _take(desk, account, Incoming(reflection_id, name, text))
    return Taken(taken.turn, taken.is_new, has_begun=True)


def name_of_event(event_id: str) -> str:
    """Give the name under which an event's effect is known."""
    return f"{EVENT}{event_id}"[:LONGEST_NAME]


async def _kept_in(desk: Desk, account: Account, name: str) -> str | None:
    query = (
        select(Turn.reflection_id)
        .join(Reflection, Reflection.id == Turn.reflection_id)
        .where(Reflection.therapist_id == account.id, Turn.client_id == name)
    )
    async with desk.sessions() as session:
        found: str | None = await session.scalar(query.limit(1))
    return found


async def take_press(
    desk: Desk, account: Account, post_id: str, *, text: str = "", choice: str | None = None
) -> Taken:
    """Keep an answer that was pressed under a message of ours: a choice, or a number as text.

    Of everything that can be pressed in a message the first press counts. Raises `NotOffered`
    once the reflection has gone on, and `NotFound`.
    """
    post, turn = await _asked_in(desk, account, post_id)
    incoming = Incoming(turn.reflection_id, f"{PRESS}{post.id}", text, choice, answers=turn.number)
    return await _take(desk, account, incoming)


async def take_long_answer(
    desk: Desk, account: Account, post_id: str, view_id: str, text: str
) -> Taken:
    """Keep an answer that was written in a dialog. Raises as `take_press`."""
    _, turn = await _asked_in(desk, account, post_id)
    name = f"{VIEW}{view_id}"[:LONGEST_NAME]
    incoming = Incoming(turn.reflection_id, name, text, answers=turn.number)
    return await _take(desk, account, incoming)


async def may_still_answer(desk: Desk, account: Account, post_id: str) -> bool:
    """Say whether what was asked in a message of ours is still the last thing asked."""
    try:
        _, turn = await _asked_in(desk, account, post_id)
    except NotFound:
        return False
    async with desk.sessions() as session:
        reflection = await own_reflection(session, account, turn.reflection_id)
        return await lines.last_number(session, reflection.id) == turn.number


async def take_consent(desk: Desk, account: Account, post_id: str, *, is_given: bool) -> bool:
    """Note a yes or a no to reflecting in Slack; False when it was said before."""
    post = await post_of(desk, account.id, post_id)
    if post is None:
        raise NotFound
    if is_given:
        await set_consent(desk, account, Purpose.SLACK, given=True)
    return await choose(desk, post, "yes" if is_given else "no")


async def take_start(
    desk: Desk, account: Account, post_id: str, chosen: str, reflection_id: str | None
) -> str:
    """Begin or go on as was pressed in a message of ours, once; give the reflection's id."""
    post = await post_of(desk, account.id, post_id)
    if post is None:
        raise NotFound
    if not await choose(desk, post, chosen) and post.chosen != chosen:
        raise NotOffered
    opening = Opening(post.channel, f"{PRESS}{post.id}")
    if reflection_id is not None:
        await lines.go_on(desk, account, reflection_id, opening)
        return reflection_id
    return await lines.begin(desk, account, Path(chosen), opening)


async def _asked_in(desk: Desk, account: Account, post_id: str) -> tuple[SlackPost, Turn]:
    post = await post_of(desk, account.id, post_id)
    async with desk.sessions() as session:
        turn = await whole_turn(session, post.turn_id) if post and post.turn_id else None
    if post is None or turn is None:
        raise NotFound
    return post, turn


async def _take(desk: Desk, account: Account, incoming: Incoming) -> Taken:
    turn, is_new = await take_turn(desk, account, incoming)
    if is_new:
        # Pages of the same therapist see it as well.
        _tell(desk, turn.reflection, turn)
    return Taken(turn, is_new)


def _tell(desk: Desk, reflection: Reflection, turn: Turn) -> None:
    seen = {"turn": turn_view(desk, turn), "reflection": reflection_view(desk, reflection)}
    desk.news.tell(turn.reflection_id, {"type": "turn", **seen})
