"""Plan what the app says in Slack that is no turn: once for each thing it answers."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.storage.slack_tables import SlackPost
from bot.storage.states import SlackOccasion, SlackPostState

# Under this name it is told that something was planned for a channel.
NEWS = "slack"


@dataclass(frozen=True)
class ToSay:
    """Something to say in Slack that is no turn, once for what it `answers`."""

    occasion: SlackOccasion
    channel: str
    answers: str
    slack_user_id: str | None = None
    account_id: str | None = None


async def plan_to_say(desk: Desk, what: ToSay) -> bool:
    """Plan something to say; False when the same was answered before."""
    try:
        async with desk.sessions.begin() as session:
            known = select(SlackPost.id).where(SlackPost.answers == what.answers)
            if await session.scalar(known) is not None:
                return False
            session.add(
                SlackPost(
                    channel=what.channel,
                    number=await next_number(session, what.channel),
                    state=SlackPostState.PLANNED,
                    made_at=desk.clock(),
                    occasion=what.occasion,
                    answers=what.answers,
                    account_id=what.account_id,
                    slack_user_id=what.slack_user_id,
                )
            )
    except IntegrityError:
        return False  # by the same event, in this very moment
    # `bot/slack/` follows the news, and says it now.
    desk.news.tell(NEWS, {"type": NEWS, "channel": what.channel})
    return True


async def was_answered(desk: Desk, answers: str) -> bool:
    """Say whether something was said, or is planned, in answer to this."""
    async with desk.sessions() as session:
        known = select(SlackPost.id).where(SlackPost.answers == answers)
        return await session.scalar(known) is not None


async def next_number(session: AsyncSession, channel: str) -> int:
    """Give the number of the next message in a channel."""
    last = await session.scalar(
        select(func.max(SlackPost.number)).where(SlackPost.channel == channel)
    )
    return (last or 0) + 1
