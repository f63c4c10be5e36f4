"""A link lets in once and for a while; a sign-in lasts until it ends or is ended."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.conversation.accounts import (
    LinkRefused,
    account_of,
    make_demonstration_accounts,
    make_link,
    sign_in,
    sign_out,
    who_is,
)
from bot.conversation.desk import Desk
from bot.storage.models import Account, SignIn, SignInLink
from bot.storage.states import Role
from tests.gateway import FakeClock, People, share_summary, start


async def _disable(desk: Desk, account: Account) -> None:
    async with desk.sessions.begin() as session:
        disabled = update(Account).where(Account.id == account.id)
        await session.execute(disabled.values(disabled_at=desk.clock()))


async def test_a_link_lets_its_account_in_once(desk: Desk, people: People) -> None:
    link = await make_link(desk, people.therapist)
    account, token = await sign_in(desk, link)
    assert account.id == people.therapist.id
    found = await account_of(desk, token)
    assert found is not None
    assert found.id == people.therapist.id
    with pytest.raises(LinkRefused) as refused:
        await sign_in(desk, link)
    assert refused.value.was_used


async def test_of_two_who_use_a_link_at_the_same_moment_one_comes_in(
    desk: Desk, people: People
) -> None:
    link = await make_link(desk, people.therapist)
    tried = await asyncio.gather(*(sign_in(desk, link) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(result, tuple) for result in tried) == 1
    assert sum(isinstance(result, LinkRefused) for result in tried) == 3


async def test_a_link_that_is_unknown_is_refused(desk: Desk) -> None:
    with pytest.raises(LinkRefused) as refused:
        await sign_in(desk, "no such token")
    assert not refused.value.was_used


async def test_a_link_works_for_as_long_as_the_setting_says(
    desk: Desk, people: People, clock: FakeClock
) -> None:
    in_time, too_late = [await make_link(desk, people.therapist) for _ in range(2)]
    clock.advance(hours=desk.settings.link_hours, seconds=-1)
    await sign_in(desk, in_time)
    clock.advance(seconds=1)
    with pytest.raises(LinkRefused) as refused:
        await sign_in(desk, too_late)
    assert not refused.value.was_used


async def test_a_sign_in_lasts_as_long_as_the_setting_says(
    desk: Desk, people: People, clock: FakeClock
) -> None:
    _, token = await sign_in(desk, await make_link(desk, people.therapist))
    ends = clock.now + timedelta(hours=desk.settings.session_hours)
    while clock.now < ends:  # in use all the while
        assert await who_is(desk, token)
        clock.advance(minutes=desk.settings.idle_minutes / 2)
    assert await account_of(desk, token) is None


async def test_who_is_disabled_neither_comes_in_nor_stays_in(desk: Desk, people: People) -> None:
    link = await make_link(desk, people.therapist)
    _, token = await sign_in(desk, await make_link(desk, people.therapist))
    await _disable(desk, people.therapist)
    assert await account_of(desk, token) is None
    with pytest.raises(LinkRefused):
        await sign_in(desk, link)


async def test_signing_out_ends_this_sign_in_and_no_other(desk: Desk, people: People) -> None:
    tokens = [(await sign_in(desk, await make_link(desk, people.therapist)))[1] for _ in range(2)]
    await sign_out(desk, tokens[0])
    assert await account_of(desk, tokens[0]) is None
    assert await account_of(desk, tokens[1])
    assert await account_of(desk, "never given") is None


async def test_the_database_holds_no_token(desk: Desk, people: People) -> None:
    link = await make_link(desk, people.therapist)
    _, token = await sign_in(desk, link)
    async with desk.sessions() as session:
        hashes = {
            *await session.scalars(select(SignInLink.token_hash)),
            *await session.scalars(select(SignIn.token_hash)),
        }
    assert hashes
    assert not hashes & {link, token}


async def test_the_demonstration_accounts_are_made_once(desk: Desk) -> None:
    first = await make_demonstration_accounts(desk)
    again = await make_demonstration_accounts(desk)
    assert [account.id for account in first] == [account.id for account in again]
    assert [account.role for account in first] == [Role.THERAPIST, Role.SUPERVISOR]
    reflection = await start(desk, first[0])
    assert await share_summary(desk, first[0], reflection) == first[1].name
