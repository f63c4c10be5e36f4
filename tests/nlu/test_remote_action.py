"""Rasa's call to the action server, against a real one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig

from bot.nlu import overrides
from bot.nlu.overrides import FailedAction
from tests.conftest import free_port
from tests.nlu.action_server import ActionServer, Answer, repeating, status

ACTION = "action_short_path"


Run = Callable[[str], Awaitable[list[Any]]]


@pytest.fixture(autouse=True)
def failed() -> list[FailedAction]:
    """The actions that failed, as the channel would see them."""
    overrides.apply()
    actions: list[FailedAction] = []
    overrides.failed_actions.set(actions)
    return actions


@pytest.fixture
def run_action(domain: Domain) -> Run:
    async def run(address: str) -> list[Any]:
        return await RemoteAction(ACTION, EndpointConfig(address)).run(
            CollectingOutputChannel(),
            NaturalLanguageGenerator.create(None, domain),
            DialogueStateTracker.from_events("evening", [], domain.slots),
            domain,
        )

    return run


def answering(body: Any) -> Answer:
    return lambda call, result: web.json_response(body)


async def test_a_valid_answer_becomes_words_records_and_slots(
    run_action: Run, actions: ActionServer, failed: list[FailedAction]
) -> None:
    events = await run_action(actions.address)
    said = [event for event in events if isinstance(event, BotUttered)]
    assert said[0].text.startswith("We take the short way")
    assert said[1].data["custom"] == {"records": [{"record": "took_path", "path": "short"}]}
    assert events[-1] == SlotSet("path", "short")
    assert (actions.calls, failed) == ([ACTION], [])


async def test_buttons_arrive_as_they_were_offered(run_action: Run, actions: ActionServer) -> None:
    button = {"title": "Go on", "payload": "/resume"}
    actions.answers[ACTION] = answering({"events": [], "responses": [{"buttons": [button]}]})
    (said,) = await run_action(actions.address)
    assert said.data["buttons"] == [button]


@pytest.mark.parametrize(
    "body",
    [
        [],
        "done",
        {"events": "none", "responses": []},
        {"events": [{"event": "slot"}], "responses": []},
        {"events": [], "responses": ["hello"]},
        {"events": [], "responses": {}},
    ],
)
async def test_an_answer_of_another_shape_is_refused(
    run_action: Run, actions: ActionServer, failed: list[FailedAction], body: Any
) -> None:
    actions.answers[ACTION] = answering(body)
    with pytest.raises(RasaException, match=ACTION):
        await run_action(actions.address)
    assert failed == [FailedAction(ACTION, is_unreachable=False)]


async def test_an_answer_that_is_no_json_is_refused(
    run_action: Run, actions: ActionServer, failed: list[FailedAction]
) -> None:
    actions.answers[ACTION] = lambda call, result: web.Response(text="<html>a proxy says hello")
    with pytest.raises(RasaException, match=ACTION):
        await run_action(actions.address)
    assert failed == [FailedAction(ACTION, is_unreachable=False)]


@pytest.mark.parametrize("code", [404, 500, 503])
async def test_a_server_that_fails_is_an_error(
    run_action: Run, actions: ActionServer, failed: list[FailedAction], code: int
) -> None:
    actions.answers[ACTION] = status(code)
    with pytest.raises(RasaException, match=ACTION):
        await run_action(actions.address)
    assert failed == [FailedAction(ACTION, is_unreachable=False)]


async def test_a_server_that_is_not_there_is_an_error(
    run_action: Run, failed: list[FailedAction]
) -> None:
    with pytest.raises(RasaException, match=ACTION):
        await run_action(f"http://127.0.0.1:{free_port()}/webhook")
    assert failed == [FailedAction(ACTION, is_unreachable=True)]


async def test_a_server_that_falls_in_the_middle_counts_as_not_there(
    run_action: Run, failed: list[FailedAction]
) -> None:
    async def fall(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    async with await asyncio.start_server(fall, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        with pytest.raises(RasaException, match=ACTION):
            await run_action(f"http://{host}:{port}/webhook")
    assert failed == [FailedAction(ACTION, is_unreachable=True)]


async def test_an_action_that_declines_is_no_failure(
    run_action: Run, actions: ActionServer, failed: list[FailedAction]
) -> None:
    declined = {"action_name": ACTION, "error": "not now"}
    actions.answers[ACTION] = lambda call, result: web.json_response(declined, status=400)
    with pytest.raises(ActionExecutionRejection):
        await run_action(actions.address)
    assert failed == []


async def test_an_error_brings_nothing_of_the_conversation_along(
    run_action: Run, actions: ActionServer
) -> None:
    """rasa-sdk repeats the conversation in its 500, and Rasa logs an error's causes."""
    overrides.apply()
    actions.answers[ACTION] = repeating
    with pytest.raises(RasaException) as caught:
        await run_action(actions.address)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "sender_id" not in str(caught.value)
