"""Traces reach a real collector, and hold nothing of anybody."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from pydantic import ValidationError

from bot.conversation.bot import BotStumbled
from bot.conversation.rasa_bot import RasaBot
from bot.safety.kinds import Kind
from bot.settings import Settings
from bot.telemetry.carrying import carry_to
from bot.telemetry.start import listen
from bot.telemetry.watch import Piece, Work
from bot.terminal.client import Line, open_reflection, signed_in
from tests.bots import ScriptedBot
from tests.conftest import free_port, start_house, stop_house
from tests.conversation.samples import DANGER
from tests.gateway import Gateway, run_gateway, socket_of
from tests.operations.collector import Collector, collecting, told

CANARY = "wagtailquartz"


async def _evening(gateway: Gateway, *said: str) -> str:
    http = await gateway.signed_in(gateway.people.therapist)
    async with http.post("/api/reflections", json={}) as response:
        reflection = str((await response.json())["id"])
    async with socket_of(http, reflection) as socket:
        for text in said:
            await socket.answer_to(await socket.send(text))
    async with http.get(f"/{CANARY}?{CANARY}={reflection}") as response:
        assert response.status == 404
    return reflection


async def test_a_turn_is_one_trace_with_what_was_done_for_it(tmp_path: Path) -> None:
    async with collecting() as collector:
        bot = ScriptedBot()
        async with run_gateway(tmp_path, bot, otlp_endpoint=collector.endpoint) as gateway:
            await _evening(gateway, "It was long.")
        turn = bot.calls[-1].turn
    (answer,) = (s for s in collector.named("answer") if told(s)["ballast.turn"] == turn)
    assert answer.trace_id.hex() == turn
    assert not answer.parent_span_id
    parts = [s for s in collector.spans if s.parent_span_id == answer.span_id]
    assert {part.name for part in parts} == {"ask_rasa", "commit"}
    assert {part.trace_id for part in parts} == {answer.trace_id}
    for part in parts:
        assert answer.start_time_unix_nano <= part.start_time_unix_nano
        assert part.start_time_unix_nano < part.end_time_unix_nano <= answer.end_time_unix_nano
    (keep,) = collector.named("keep")
    assert told(keep)["ballast.turn"] == turn
    assert "commit" in {s.name for s in collector.spans if s.parent_span_id == keep.span_id}
    routes = {told(s).get("http.route") for s in collector.named("request")}
    assert "/api/reflections" in routes
    assert "/api/reflections/{id}/socket" not in routes  # hours long
    assert {r.resource_spans[0].resource.attributes[0].key for r in collector.requests} == {
        "service.name"
    }


async def test_no_word_no_name_no_statement_and_no_danger_is_in_any_span(tmp_path: Path) -> None:
    async with collecting() as collector:
        bot = ScriptedBot()
        bot.script = [BotStumbled(f"{CANARY} in an error")]
        async with run_gateway(tmp_path, bot, otlp_endpoint=collector.endpoint) as gateway:
            account = gateway.people.therapist
            reflection = await _evening(
                gateway, f"{CANARY} Anna Berg called 082 555 1234.", f"{DANGER} {CANARY}"
            )
            asked = {call.turn for call in bot.calls}
    assert len(collector.named("ask_rasa")) >= 3
    sent = collector.text + "".join(raw.decode("latin-1") for raw in collector.raw)
    for word in (CANARY, "Anna", "Berg", "555 1234", "abused", "sleeping", reflection, account.id):
        assert word not in sent, word
    for word in ("SELECT", "INSERT", "UPDATE", "sqlite", *(kind.value for kind in Kind)):
        assert word not in sent, word
    # A turn that stopped over danger has no span at all, and none of its commit.
    assert {told(span)["ballast.turn"] for span in collector.named("keep")} <= asked
    known = {span.span_id for span in collector.spans} | {b""}
    assert {span.parent_span_id for span in collector.spans} <= known
    keys = {key for span in collector.spans for key in told(span)}
    assert keys <= {
        "http.route",
        "http.request.method",
        "http.response.status_code",
        "ballast.turn",
        "ballast.outcome",
    }
    assert not any(span.events for span in collector.spans)
    assert not any(span.status.message for span in collector.spans)


async def test_rasa_is_told_the_span_and_nobody_else_is() -> None:
    seen: dict[str, str | None] = {}

    async def take(request: web.Request) -> web.Response:
        seen[request.path] = request.headers.get("traceparent")
        said = [{"text": "Noted.", "choices": [], "records": []}]
        return web.json_response({"said": said})

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", take)
    turn = "0af7651916cd43dd8448eb211c80319c"
    async with collecting() as collector, TestServer(app) as rasa, TestServer(app) as other:
        telling = listen(with_metrics=False, endpoint=collector.endpoint, service="test")
        url = f"http://127.0.0.1:{rasa.port}"
        async with ClientSession(trace_configs=carry_to([url], telling.headers)) as http:
            with (
                telling.watch.during(Piece(Work.ANSWER, turn=turn)),
                telling.watch.during(Piece(Work.ASK, turn=turn)),
            ):
                await RasaBot(http, url, "secret", 5).answer("r", turn, "words", None)
                await http.get(f"http://127.0.0.1:{other.port}/elsewhere")
        await asyncio.to_thread(telling.close)
        (ask,) = collector.named("ask_rasa")
    sent = seen["/webhooks/ballast/turn"] or ""
    assert sent.startswith(f"00-{turn}-{ask.span_id.hex()}-")
    assert seen["/elsewhere"] is None


async def test_a_collector_that_is_away_costs_nobody_an_answer_and_shows_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint = f"http://127.0.0.1:{free_port()}/v1/traces"
    with caplog.at_level(logging.WARNING):
        async with run_gateway(tmp_path, ScriptedBot(), otlp_endpoint=endpoint) as gateway:
            await _evening(gateway, CANARY)
    assert CANARY not in caplog.text


async def test_the_action_server_has_its_spans_in_the_same_trace(tmp_path: Path) -> None:
    async with collecting() as collector:
        house = await asyncio.to_thread(
            start_house, tmp_path, BALLAST_OTLP_ENDPOINT=collector.endpoint
        )
        try:
            async with signed_in(house.address, await house.link_token()) as http:
                line = Line(http, await open_reflection(http, short=False, resume=False))
                await line.opening()
                await line.say("6")
                await line.say(f"The mother {CANARY} was late and I was angry with her.")
                await line.close()
        finally:
            await asyncio.to_thread(stop_house, house)
    asked = {span.trace_id for span in collector.named("ask_rasa")}
    actions = collector.named("action")
    assert len(asked) == 3
    assert {span.trace_id for span in actions} == asked
    assert {"action_ask_describe"} <= {told(span)["ballast.action"] for span in actions}
    assert CANARY not in collector.text
    assert {_service(collector, span.name) for span in actions} == {"ballast-actions"}


def _service(collector: Collector, name: str) -> str:
    """Which process sent the spans of that name."""
    return next(
        resource.resource.attributes[0].value.string_value
        for request in collector.requests
        for resource in request.resource_spans
        for scope in resource.scope_spans
        if any(span.name == name for span in scope.spans)
    )


def test_off_is_the_default() -> None:
    assert Settings().otlp_endpoint is None
    assert not listen(with_metrics=False, endpoint=None, service="test").watch
    assert carry_to(["http://rasa"], None) == []


@pytest.mark.parametrize(
    "endpoint", ["127.0.0.1:4318", "grpc://x/y", "http://user:word@host/v1/traces", "http://x"]
)
def test_what_is_no_address_of_a_collector_is_refused(endpoint: str) -> None:
    with pytest.raises(ValidationError):
        Settings(otlp_endpoint=endpoint)
