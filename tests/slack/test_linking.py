"""Who somebody in Slack is: linked by a link that works once, refused politely otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.conversation.accounts.people import disable
from bot.storage.models import Turn
from bot.storage.slack_tables import SlackIdentity
from tests.slack.mock import HOME
from tests.slack.running import FULL, OnSlack, on_slack, use_link

TOLD = "the gooseberry evening"


async def identities(here: OnSlack) -> int:
    async with here.desk.sessions() as session:
        return await session.scalar(select(func.count()).select_from(SlackIdentity)) or 0


@pytest.fixture
async def here(tmp_path: Path):
    async with on_slack(tmp_path, **FULL) as running:
        yield running


async def test_somebody_unknown_is_told_how_to_link_and_nothing_is_kept(here: OnSlack) -> None:
    ann = here.slack.person()
    ann.writes(TOLD)
    heard = await ann.until_hears("I do not know yet who you are")
    assert heard.buttons == ["Link my account"]
    async with here.desk.sessions() as session:
        assert not (await session.scalars(select(Turn.id))).all()


async def test_the_link_works_once_and_says_so_in_slack(here: OnSlack) -> None:
    ann, therapist = here.slack.person(), here.gateway.people.therapist
    http = await here.link(ann, therapist)
    assert await use_link(http, ann) == 403
    assert await identities(here) == 1
    async with http.get("/api/my/sign-in") as answer:
        assert (await answer.json())["has_slack"]


async def test_a_link_is_over_after_ten_minutes(here: OnSlack) -> None:
    ann = here.slack.person()
    ann.writes("hello")
    await ann.until_hears("I do not know yet")
    here.gateway.clock.advance(minutes=11)
    http = await here.gateway.signed_in(here.gateway.people.therapist)
    assert await use_link(http, ann) == 403


async def test_nobody_links_a_person_of_slack_who_is_somebody_else_here(here: OnSlack) -> None:
    ann = here.slack.person()
    ann.writes("hello")
    await ann.until_hears("I do not know yet")
    ann.writes("hello again")
    await ann.until(lambda seen: len([one for one in seen if one.buttons]) == 2)
    first, second = [one for one in ann.sees() if one.buttons]
    one = await here.gateway.signed_in(here.gateway.people.therapist)
    other = await here.gateway.signed_in(here.gateway.people.other_therapist)
    assert await use_link(one, ann, first) == 204
    assert await use_link(other, ann, second) == 403
    assert await identities(here) == 1


async def test_only_therapists_link(here: OnSlack) -> None:
    ann = here.slack.person()
    ann.writes("hello")
    await ann.until_hears("I do not know yet")
    http = await here.gateway.signed_in(here.gateway.people.supervisor)
    assert await use_link(http, ann) == 403


async def test_a_closed_account_is_unlinked_and_refused(here: OnSlack) -> None:
    ann, therapist = here.slack.person(), here.gateway.people.therapist
    await here.link(ann, therapist)
    await disable(here.desk, therapist)
    assert await identities(here) == 0
    ann.writes(TOLD)
    await ann.until(lambda seen: len([one for one in seen if "know yet" in one.text]) == 2)


async def test_unlinking_on_the_web_ends_it(here: OnSlack) -> None:
    ann = here.slack.person()
    http = await here.link(ann, here.gateway.people.therapist)
    async with http.delete("/api/my/slack") as answer:
        assert answer.status == 204
    assert await identities(here) == 0


async def test_unlinking_on_the_home_tab_asks_first(here: OnSlack) -> None:
    ann = here.slack.person()
    await here.link(ann, here.gateway.people.therapist)
    ann.opens_home()
    await ann.until(lambda _: ann.home() and "Unlink from Slack" in ann.home().buttons)
    ann.presses("Unlink from Slack", HOME)
    await ann.until(lambda _: ann.modal)
    assert await identities(here) == 1
    assert (await ann.submits({})).is_answered
    assert await identities(here) == 0
    await ann.until_hears("no longer linked")
    await ann.until(lambda _: "Link my account" in ann.home().buttons)


async def test_somebody_of_another_workspace_is_refused_and_never_linked(here: OnSlack) -> None:
    una = here.slack.stranger()
    una.writes(TOLD)
    heard = await una.until_hears("only with people of the workspace")
    assert not heard.buttons


async def test_in_a_channel_the_app_only_says_how_to_reach_it(here: OnSlack) -> None:
    ann = await here.therapist()
    general = here.slack.channel("general", ann)
    told = await ann.commands(f"/reflect {TOLD}", general)
    assert told.is_answered
    heard = [one for one in ann.sees(general) if one.who == "app"]
    assert [one.is_ephemeral for one in heard] == [True]
    assert "direct message" in heard[0].text
    assert TOLD.encode() not in here.slack.everything_sent()
