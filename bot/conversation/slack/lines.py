"""Which reflection somebody is in, in Slack: begin one there, go on with one, leave it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.consents import is_given
from bot.conversation.desk import Desk
from bot.conversation.reflections import start_reflection
from bot.reflection.stages import Path
from bot.storage.access import NotFound, own_reflection, own_reflections, stands
from bot.storage.models import Account, Reflection, Turn
from bot.storage.slack_tables import SlackLine
from bot.storage.states import Purpose, ReflectionState


@dataclass(frozen=True)
class Opening:
    """Where a line is opened, and by which press or message: the same one opens it once."""

    channel: str
    opened_by: str


async def may_reflect_here(desk: Desk, account: Account) -> bool:
    """Say whether an account's reflections may be held in Slack: the organisation and it agree."""
    return desk.settings.slack_mode == "full" and await is_given(desk, account, Purpose.SLACK)


async def current_line(desk: Desk, account: Account) -> SlackLine | None:
    """Give the line that an account is on: opened last, not left, of a reflection that goes on."""
    async with desk.sessions() as session:
        found: SlackLine | None = await session.scalar(
            select(SlackLine)
            .join(Reflection, Reflection.id == SlackLine.reflection_id)
            .where(
                SlackLine.account_id == account.id,
                SlackLine.left_at.is_(None),
                Reflection.state != ReflectionState.CLOSED,
                stands(),
            )
            .order_by(SlackLine.opened_at.desc(), SlackLine.reflection_id)
            .limit(1)
        )
    return found


async def open_reflections(desk: Desk, account: Account, most: int) -> list[Reflection]:
    """Give those that an account can go on with, the one changed last first."""
    async with desk.sessions() as session:
        own = await own_reflections(session, account)
    return [one for one in own if one.state is not ReflectionState.CLOSED][:most]


async def begin(desk: Desk, account: Account, path: Path, opening: Opening) -> str:
    """Begin a reflection in Slack, and give its id; the same press again begins nothing."""
    known = await _opened_by(desk, opening.opened_by)
    if known is not None:
        return known
    reflection_id = str((await start_reflection(desk, account, path))["id"])
    try:
        async with desk.sessions.begin() as session:
            await _leave_others(session, account, desk.clock())
            session.add(_line(desk, account, reflection_id, opening))
    except IntegrityError:
        # The same press twice in one moment: what this one began is empty, and stays on the web.
        return await _opened_by(desk, opening.opened_by) or reflection_id
    return reflection_id


async def go_on(desk: Desk, account: Account, reflection_id: str, opening: Opening) -> None:
    """Go on in Slack with a reflection, from its last turn on. Raises `NotFound`."""
    if await _opened_by(desk, opening.opened_by) is not None:
        return
    now = desk.clock()
    async with desk.sessions.begin() as session:
        reflection = await own_reflection(session, account, reflection_id, lock=True)
        if reflection.state is ReflectionState.CLOSED:
            raise NotFound
        number = await last_number(session, reflection_id)
        await _leave_others(session, account, now)
        line = await session.get(SlackLine, reflection_id)
        if line is None:
            session.add(_line(desk, account, reflection_id, opening, number))
            return
        line.channel, line.opened_by = opening.channel, opening.opened_by
        line.round, line.from_turn = line.round + 1, number
        line.opened_at, line.left_at = now, None


async def last_number(session: AsyncSession, reflection_id: str) -> int:
    """Give the number of a reflection's last turn."""
    newest = select(func.max(Turn.number)).where(Turn.reflection_id == reflection_id)
    return await session.scalar(newest) or 0


async def all_lines(desk: Desk) -> dict[str, str]:
    """Give every reflection that has a line, with its channel."""
    async with desk.sessions() as session:
        found = await session.execute(select(SlackLine.reflection_id, SlackLine.channel))
        return {row.reflection_id: row.channel for row in found}


async def _opened_by(desk: Desk, opened_by: str) -> str | None:
    async with desk.sessions() as session:
        found: str | None = await session.scalar(
            select(SlackLine.reflection_id).where(SlackLine.opened_by == opened_by)
        )
    return found


async def _leave_others(session: AsyncSession, account: Account, now: datetime) -> None:
    lines = update(SlackLine).where(SlackLine.account_id == account.id, SlackLine.left_at.is_(None))
    await session.execute(lines.values(left_at=now))


def _line(
    desk: Desk, account: Account, reflection_id: str, opening: Opening, from_turn: int = 0
) -> SlackLine:
    return SlackLine(
        reflection_id=reflection_id,
        account_id=account.id,
        channel=opening.channel,
        opened_by=opening.opened_by,
        from_turn=from_turn,
        opened_at=desk.clock(),
    )
