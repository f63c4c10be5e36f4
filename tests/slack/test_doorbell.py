"""Doorbell mode: Slack only says that a reflection is waiting."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.conversation.records import Asked
from bot.reflection.stages import Question, Stage
from tests.bots import says
from tests.gateway import Socket, socket_of, start, turns
from tests.slack.mock import HOME
from tests.slack.running import OnSlack, on_slack

TOLD = "The father shouted about the gooseberry jam again."
ANSWER = "That sounds like a loud marmalade."


@pytest.fixture
async def here(tmp_path: Path):
    async with on_slack(tmp_path) as running:
        yield running


async def _reflect_on_the_web(here: OnSlack, socket: Socket) -> None:
    here.bot.script = [says(ANSWER, Asked(Question.FEEL, Stage.FEEL), choices=[("/x", "Treacle")])]
    await socket.answer_to(await socket.send(TOLD))


async def test_nothing_of_a_reflection_is_ever_sent(here: OnSlack) -> None:
    """One is held on the web while its author writes, presses, types and looks in Slack."""
    therapist = here.gateway.people.therapist
    ann = here.slack.person()
    http = await here.link(ann, therapist)
    reflection_id = await start(here.desk, therapist)
    async with socket_of(http, reflection_id) as socket:
        await _reflect_on_the_web(here, socket)
        ann.writes(TOLD)
        await ann.until_hears("Your reflection is waiting in Ballast")
        await ann.commands(f"/reflect {TOLD}")
        await ann.until(lambda seen: len([one for one in seen if "is waiting" in one.text]) == 2)
        ann.opens_home()
        await ann.until(lambda _: ann.home() and "only a doorbell" in ann.home().text)
        await _reflect_on_the_web(here, socket)
    await here.slack.until_at_rest()
    sent = here.slack.everything_sent()
    assert b"is waiting" in sent
    for word in ("father", "gooseberry", "marmalade", "Treacle", reflection_id):
        assert word.encode() not in sent, word
    kept = [turn.text for turn in await turns(here.desk, therapist, reflection_id)]
    assert kept == ["", TOLD, TOLD]


async def test_what_is_written_in_slack_is_not_kept_and_the_link_leads_to_the_web(
    here: OnSlack,
) -> None:
    ann = here.slack.person()
    therapist = here.gateway.people.therapist
    await here.link(ann, therapist)
    reflection_id = await start(here.desk, therapist)
    ann.writes(TOLD)
    await ann.until_hears("I do not read, keep or pass on")
    assert ann.link("Open Ballast") == here.desk.settings.address
    assert len(await turns(here.desk, therapist, reflection_id)) == 1
    assert here.bot.texts == []


async def test_it_rings_when_an_answer_comes_that_had_to_be_waited_for(here: OnSlack) -> None:
    ann = here.slack.person()
    therapist = here.gateway.people.therapist
    http = await here.link(ann, therapist)
    here.bot.is_up = False
    reflection_id = await start(here.desk, therapist)
    async with socket_of(http, reflection_id) as socket:
        await socket.send(TOLD)
        await socket.next_of("waiting")
        here.bot.is_up = True
        await ann.until_hears("An answer is waiting for you")


async def test_the_home_tab_offers_nothing_of_the_full_mode(here: OnSlack) -> None:
    ann = here.slack.person()
    await here.link(ann, here.gateway.people.therapist)
    ann.opens_home()
    await ann.until(lambda _: ann.home() and "Unlink from Slack" in ann.home().buttons)
    assert ann.home().buttons == ["Open Ballast", "Unlink from Slack"]
    ann.opens_home()
    assert ann.link("Open Ballast", HOME) == here.desk.settings.address
