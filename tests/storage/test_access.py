"""Who asks decides what is found; absent and forbidden look alike."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.storage.access import (
    NotFound,
    first_unanswered,
    own_reflection,
    own_reflections,
    reflections_with_unanswered_turns,
    shared_reflection,
    turns_of,
)
from bot.storage.columns import new_id
from bot.storage.database import Sessions
from bot.storage.models import Account, Reflection, Share, Turn
from bot.storage.queue import Filter, queue_lines
from bot.storage.shares import close_shares
from bot.storage.states import Role, ShareClosing, TurnState
from tests.gateway import EVENING
from tests.storage.rows import Rows, add_reflection, fill, share_of

LATER = EVENING + timedelta(hours=2)


@pytest.fixture
async def rows(sessions: Sessions) -> Rows:
    async with sessions.begin() as session:
        return await fill(session)


async def _account(sessions: Sessions, role: Role) -> Account:
    async with sessions.begin() as session:
        account = Account(name="somebody else", role=role, created_at=EVENING)
        session.add(account)
    return account


async def _refusal(question, sessions: Sessions, account: Account, reflection_id: str) -> str:
    async with sessions() as session:
        with pytest.raises(NotFound) as refused:
            await question(session, account, reflection_id)
    return repr(refused.value)


async def test_a_reflection_opens_for_its_therapist_and_nobody_else(
    sessions: Sessions, rows: Rows
) -> None:
    async with sessions() as session:
        found = await own_reflection(session, rows.therapist, rows.reflection.id)
    assert found.id == rows.reflection.id
    others = [rows.supervisor, *[await _account(sessions, role) for role in Role]]
    refusals = {
        await _refusal(own_reflection, sessions, other, rows.reflection.id) for other in others
    }
    refusals.add(await _refusal(own_reflection, sessions, rows.therapist, new_id()))
    assert len(refusals) == 1, refusals


async def test_a_shared_reflection_is_readable_until_it_is_withdrawn(
    sessions: Sessions, rows: Rows
) -> None:
    async def read(session, account: Account, reflection_id: str) -> Reflection:
        return (await shared_reflection(session, account, reflection_id, LATER))[1]

    async with sessions() as session:
        found = await read(session, rows.supervisor, rows.reflection.id)
    assert found.id == rows.reflection.id
    others = [rows.therapist, *[await _account(sessions, role) for role in Role]]
    refusals = {await _refusal(read, sessions, other, rows.reflection.id) for other in others}
    async with sessions.begin() as session:
        mine = Share.reflection_id == rows.reflection.id
        await close_shares(session, mine, LATER, ShareClosing.WITHDRAWN, by=rows.therapist.id)
    refusals.add(await _refusal(read, sessions, rows.supervisor, rows.reflection.id))
    refusals.add(await _refusal(read, sessions, rows.supervisor, new_id()))
    assert len(refusals) == 1, refusals


async def test_withdrawing_one_reflection_leaves_the_others_shared(
    sessions: Sessions, rows: Rows
) -> None:
    async with sessions.begin() as session:
        other, _, _ = await add_reflection(session, rows.therapist)
        session.add(share_of(other, rows.supervisor))
    async with sessions.begin() as session:
        mine = Share.reflection_id == rows.reflection.id
        await close_shares(session, mine, EVENING, ShareClosing.WITHDRAWN, by=rows.therapist.id)
    async with sessions() as session:
        shared = await queue_lines(session, rows.supervisor, LATER, Filter(), 9)
    assert [(line.reflection.id, line.therapist.id) for line in shared] == [
        (other.id, rows.therapist.id)
    ]


async def test_only_ones_own_are_listed_the_one_changed_last_first(
    sessions: Sessions, rows: Rows
) -> None:
    async with sessions.begin() as session:
        newer, _, _ = await add_reflection(
            session, rows.therapist, changed_at=EVENING + timedelta(minutes=5)
        )
        await fill(session, "second")
    async with sessions() as session:
        mine = [r.id for r in await own_reflections(session, rows.therapist)]
        hers = await own_reflections(session, rows.supervisor)
    assert mine == [newer.id, rows.reflection.id]
    assert hers == []


async def test_the_oldest_unanswered_turn_comes_first(sessions: Sessions, rows: Rows) -> None:
    async with sessions.begin() as session:
        for number, state in (
            (3, TurnState.KEPT),
            (2, TurnState.KEPT),
            (1, TurnState.HELD),
            (4, TurnState.FAILED),
        ):
            session.add(
                Turn(
                    reflection_id=rows.reflection.id,
                    number=number,
                    client_id=f"n{number}",
                    text="",
                    state=state,
                    kept_at=EVENING,
                )
            )
        await fill(session, "second")
    async with sessions() as session:
        first = await first_unanswered(session, rows.reflection.id)
        assert first is not None
        assert first.number == 2
        assert await reflections_with_unanswered_turns(session) == [rows.reflection.id]
        numbers = [turn.number for turn in await turns_of(session, rows.reflection)]
    assert numbers == [0, 1, 2, 3, 4]
