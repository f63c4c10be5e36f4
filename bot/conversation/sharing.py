"""Share a reflection with a named supervisor, show beforehand what they will see, withdraw it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.conversation.hearing import Heard, hear
from bot.conversation.notifications import tell_of_share
from bot.conversation.refused import Refused
from bot.conversation.review.index import keep_index
from bot.conversation.review.watching import keep_watch
from bot.conversation.shared_view import (
    SharedView,
    Terms,
    about_the_therapist,
    end_of,
    shared_view,
    worth_showing,
)
from bot.privacy.people import People
from bot.safety.concerns import Concern
from bot.storage.access import NotFound, own_reflection, turns_of
from bot.storage.audit import Event, record
from bot.storage.columns import new_id
from bot.storage.models import Account, Reflection, Share, ShareTurn, Supervision, Turn
from bot.storage.shares import close_shares, standing_shares
from bot.storage.states import ShareClosing, ShareScope

LONGEST_NOTE = 500
FURTHEST = timedelta(days=3660)


class ShareRefused(Refused):
    """What was asked for cannot be shared; `notice` says why."""


@dataclass(frozen=True)
class ShareWish:
    """What a therapist asks to share, as the page or a program sends it.

    Without `supervisor` the one there is; without `turns` those that are not about the
    therapist; `last_day` is the day until whose end (UTC) it stands, None for no such day.
    """

    supervisor: str | None = None
    scope: ShareScope = ShareScope.SUMMARY
    turns: frozenset[int] | None = None
    last_day: date | None = None
    note: str = ""
    with_course: bool = True


@dataclass(frozen=True)
class Shared:
    """A share that was made: with whom, on which terms, and what was heard in its note."""

    supervisor: Account
    terms: Terms
    concerns: tuple[Concern, ...] = ()


async def supervisors_of(session: AsyncSession, therapist_id: str, now: datetime) -> list[Account]:
    """Give those who supervise a therapist today and may still sign in."""
    query = (
        select(Account)
        .join(Supervision, Supervision.supervisor_id == Account.id)
        .where(
            Supervision.therapist_id == therapist_id,
            Supervision.since <= now,
            or_(Supervision.until.is_(None), Supervision.until > now),
            Account.disabled_at.is_(None),
        )
        .order_by(Account.name, Account.id)
        .distinct()
    )
    return list(await session.scalars(query))


def default_last_day(desk: Desk) -> date:
    """Give the last day of a share for which none was chosen."""
    return desk.clock().date() + timedelta(days=desk.settings.share_days)


async def preview_share(
    desk: Desk, account: Account, reflection_id: str, wish: ShareWish
) -> tuple[SharedView, tuple[Concern, ...]]:
    """Give what the supervisor would see, and what is heard in the note; nothing is kept.

    Raises `NotFound` or `ShareRefused`.
    """
    heard = await _hear_note(desk, wish)
    async with desk.sessions() as session:
        reflection = await own_reflection(session, account, reflection_id)
        turns = await turns_of(session, reflection)
        await _supervisor(session, reflection, wish, desk.clock())
        terms = _terms(desk, reflection, turns, wish, heard, keep_people=False)
    return shared_view(desk, reflection, account, turns, terms), heard.concerns


async def share(desk: Desk, account: Account, reflection_id: str, wish: ShareWish) -> Shared:
    """Share a reflection; an earlier share with the same supervisor is closed by this one.

    Raises `NotFound` or `ShareRefused`.
    """
    heard = await _hear_note(desk, wish)
    now = desk.clock()
    async with desk.sessions.begin() as session:
        reflection = await own_reflection(session, account, reflection_id, lock=True)
        turns = await turns_of(session, reflection)
        supervisor = await _supervisor(session, reflection, wish, now)
        terms = _terms(desk, reflection, turns, wish, heard, keep_people=True)
        await _add(desk, session, reflection, supervisor, terms, now)
    return Shared(supervisor, terms, heard.concerns)


async def share_at_the_end(
    desk: Desk, session: AsyncSession, reflection: Reflection, last_turn: int
) -> list[Account]:
    """Share the summary as the dialogue's "share" does, and give with whom that would be.

    With one supervisor it is shared. With several it is not: the dialogue asked whether, not
    with whom, and nobody should read what was meant for somebody else. With one who can read
    it already nothing changes.
    """
    now = desk.clock()
    supervisors = await supervisors_of(session, reflection.therapist_id, now)
    readers = {reader.id for _, reader in await standing_shares(session, reflection, now)}
    if len(supervisors) == 1 and supervisors[0].id not in readers:
        until = end_of(default_last_day(desk))
        terms = Terms(ShareScope.SUMMARY, frozenset(), last_turn, until, None)
        await _add(desk, session, reflection, supervisors[0], terms, now)
    return supervisors


async def withdraw(desk: Desk, account: Account, reflection_id: str, share_id: str) -> None:
    """Take one share back; taking it back again changes nothing. Raises `NotFound`."""
    async with desk.sessions.begin() as session:
        reflection = await own_reflection(session, account, reflection_id)
        this = (Share.id == share_id) & (Share.reflection_id == reflection.id)
        if await session.scalar(select(Share.id).where(this)) is None:
            raise NotFound
        await _close(desk, session, account, this)


async def withdraw_all(desk: Desk, account: Account, reflection_id: str) -> None:
    """Take a reflection back from everybody it is shared with. Raises `NotFound`."""
    async with desk.sessions.begin() as session:
        reflection = await own_reflection(session, account, reflection_id)
        await _close(desk, session, account, Share.reflection_id == reflection.id)


async def _close(
    desk: Desk, session: AsyncSession, author: Account, which: ColumnElement[bool]
) -> None:
    how = ShareClosing.WITHDRAWN
    readers = await close_shares(session, which, desk.clock(), how, by=author.id)
    desk.news.tell_accounts(session, *readers)


async def _add(
    desk: Desk,
    session: AsyncSession,
    reflection: Reflection,
    supervisor: Account,
    terms: Terms,
    now: datetime,
) -> None:
    earlier = (Share.reflection_id == reflection.id) & (Share.supervisor_id == supervisor.id)
    author = reflection.therapist_id
    await close_shares(session, earlier, now, ShareClosing.REPLACED, by=author)
    added = Share(
        id=new_id(),
        reflection_id=reflection.id,
        supervisor_id=supervisor.id,
        scope=terms.scope,
        last_turn=terms.last_turn,
        note=terms.note,
        with_course=terms.with_course,
        shared_at=now,
        until=terms.until,
    )
    session.add(added)
    await session.flush()
    session.add_all(ShareTurn(share_id=added.id, turn_id=turn_id) for turn_id in terms.turns)
    desk.news.tell_accounts(session, supervisor.id)
    await keep_index(desk, session, reflection)
    await keep_watch(desk, session, reflection)
    await tell_of_share(desk, session, added)
    await record(
        session,
        Event.SHARE_GIVEN,
        now,
        by=author,
        reflection=reflection.id,
        account=supervisor.id,
        details={"scope": terms.scope},
    )


async def _supervisor(
    session: AsyncSession, reflection: Reflection, wish: ShareWish, now: datetime
) -> Account:
    supervisors = await supervisors_of(session, reflection.therapist_id, now)
    if not supervisors:
        raise ShareRefused("share_nobody")
    chosen = [one for one in supervisors if wish.supervisor in (None, one.id)]
    if len(chosen) != 1:
        raise ShareRefused("share_whom")
    return chosen[0]


def _terms(
    desk: Desk,
    reflection: Reflection,
    turns: Sequence[Turn],
    wish: ShareWish,
    heard: Heard,
    *,
    keep_people: bool,
) -> Terms:
    people = People(desk.people_key + reflection.id.encode(), reflection.people)
    note = " ".join(heard.masked(people).text.split())
    if keep_people:
        reflection.people = people.known
    return Terms(
        scope=wish.scope,
        turns=_chosen(turns, wish),
        last_turn=max((turn.number for turn in turns), default=0),
        until=_until(desk, wish),
        note=note or None,
        with_course=wish.with_course,
    )


def _chosen(turns: Sequence[Turn], wish: ShareWish) -> frozenset[str]:
    there = {turn.number: turn.id for turn in worth_showing(turns)}
    if wish.turns is None:
        private = about_the_therapist(turns)
        is_whole = wish.scope is ShareScope.WHOLE
        chosen = frozenset(there.values()) - private if is_whole else frozenset()
    elif wish.turns <= there.keys():
        chosen = frozenset(there[number] for number in wish.turns)
    else:
        raise ShareRefused("share_turns")
    if not chosen and wish.scope is ShareScope.TURNS:
        raise ShareRefused("share_turns")
    return chosen


def _until(desk: Desk, wish: ShareWish) -> datetime | None:
    today = desk.clock().date()
    if wish.last_day is None:
        return None
    if not today <= wish.last_day <= today + FURTHEST:
        raise ShareRefused("share_until")
    return end_of(wish.last_day)


async def _hear_note(desk: Desk, wish: ShareWish) -> Heard:
    # In a thread, as for a message: others are waiting.
    return await asyncio.to_thread(hear, wish.note, desk.signs, desk.concern_detector)
