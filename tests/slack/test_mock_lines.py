"""The mock Slack itself: how it reaches the app, by slack_sdk's own Socket Mode and by HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import ClientSession, WSServerHandshakeError, web
from aiohttp.test_utils import TestServer
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import Clock as SdkClock
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.conftest import until
from tests.slack.mock import HOME, Fault, MockSlack, Person, mock_slack
from tests.slack.mock.delivery import EVENT
from tests.slack.test_mock_limits import actions, button, modal, select
from tests.slack.test_mock_limits import field as input_field

Json = dict[str, Any]


@dataclass
class Listener:
    """An app that keeps what it is sent and acknowledges it, unless it is told to be silent."""

    slack: MockSlack
    client: SocketModeClient
    got: list[SocketModeRequest] = field(default_factory=list)
    silent: int = 0
    responses: list[Json] = field(default_factory=list)

    async def take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.got.append(request)
        if self.silent:
            self.silent -= 1
            return
        takes = request.accepts_response_payload and self.responses
        payload = self.responses.pop(0) if takes else None
        await client.send_socket_mode_response(
            SocketModeResponse(envelope_id=request.envelope_id, payload=payload)
        )

    @property
    def web(self) -> AsyncWebClient:
        return self.client.web_client

    @property
    def texts(self) -> list[str]:
        """What people wrote to it, in the order in which it came."""
        events = [one.payload["event"] for one in self.got if one.type == EVENT]
        return [one["text"] for one in events if "bot_id" not in one and "text" in one]

    async def until_got(self, number: int) -> None:
        async def has_got() -> bool:
            return len(self.got) >= number

        await until(has_got)


@asynccontextmanager
async def listening(slack: MockSlack, ping_seconds: float = 0.2) -> AsyncIterator[Listener]:
    app = slack.workspace.app
    client = SocketModeClient(
        app_token=app.app_token,
        web_client=AsyncWebClient(app.bot_token, base_url=slack.api_url, retry_handlers=[]),
        ping_interval=ping_seconds,
    )
    listener = Listener(slack, client)
    client.socket_mode_request_listeners.append(listener.take)
    lines = len(slack.socket.lines)
    try:
        await client.connect()
        await slack.until_connected(lines + 1)
        yield listener
    finally:
        await slack.socket.close()
        await client.close()


@pytest.fixture
async def quick() -> AsyncIterator[MockSlack]:
    """A Slack whose three seconds are over in 0.3, which tries again at once, then soon."""
    async with mock_slack(speed=10) as running:
        running.carrier.retry_seconds = (0.0, 2.0, 4.0)
        yield running
        assert running.violations == []


@pytest.fixture
async def app(quick: MockSlack) -> AsyncIterator[Listener]:
    async with listening(quick) as listener:
        yield listener


@pytest.fixture
def ann(quick: MockSlack) -> Person:
    return quick.person("ann")


async def test_what_is_written_comes_as_an_event_of_slacks_shape(
    quick: MockSlack, app: Listener, ann: Person
) -> None:
    told = ann.writes("She said <b> & see https://clinic.example/x")
    assert told is not None
    assert await told.settled()
    (request,) = app.got
    assert (request.type, request.retry_attempt) == ("events_api", 0)
    assert request.accepts_response_payload is False
    payload, event = request.payload, request.payload["event"]
    assert payload["type"] == "event_callback"
    assert payload["event_id"].startswith("Ev")
    assert payload["team_id"] == event["team"] == quick.workspace.home.id
    assert (event["type"], event["channel_type"], event["user"]) == ("message", "im", ann.id)
    assert event["text"] == "She said &lt;b&gt; &amp; see <https://clinic.example/x>"
    assert ann.sees()[-1].text == "She said <b> & see https://clinic.example/x"


async def test_the_apps_own_messages_are_told_to_it_too(
    quick: MockSlack, app: Listener, ann: Person
) -> None:
    posted = await app.web.chat_postMessage(channel=ann.id, text="Hello")
    await app.web.chat_update(channel=ann.direct.id, ts=posted["ts"], text="Hello again")
    await app.web.chat_delete(channel=ann.direct.id, ts=posted["ts"])
    await app.until_got(3)
    events = [request.payload["event"] for request in app.got]
    assert events[0]["bot_id"] == quick.workspace.app.bot_id
    assert [one.get("subtype") for one in events] == [None, "message_changed", "message_deleted"]


async def test_an_event_that_is_not_acknowledged_comes_again_three_times(
    quick: MockSlack, app: Listener, ann: Person
) -> None:
    app.silent = 9
    told = ann.writes("Hello")
    assert told is not None
    assert not await told.settled()
    assert [one.retry_attempt for one in app.got] == [0, 1, 2, 3]
    assert app.got[1].retry_reason == "timeout"
    assert len({one.payload["event_id"] for one in app.got}) == 1
    assert len({one.envelope_id for one in app.got}) == 4


async def test_one_acknowledgement_ends_it(quick: MockSlack, app: Listener, ann: Person) -> None:
    app.silent = 1
    told = ann.writes("Hello")
    assert told is not None
    assert await told.settled()
    assert (len(app.got), told.failed) == (2, ["timeout"])


async def test_a_press_comes_once_and_the_person_may_press_again(
    quick: MockSlack, app: Listener, ann: Person
) -> None:
    await app.web.chat_postMessage(
        channel=ann.id, text="short", blocks=[actions(button(1, value="yes"), select())]
    )
    await app.until_got(1)
    app.silent = 1
    assert not await ann.presses("action-1").settled()
    assert await ann.presses("action-1").settled()
    assert await ann.selects("value-1").settled()
    _, *presses, choice = app.got
    assert [one.type for one in presses] == ["interactive"] * 2
    payload = presses[0].payload
    assert payload["type"] == "block_actions"
    assert payload["container"]["message_ts"] == ann.sees()[-1].ts == payload["message"]["ts"]
    (act,) = payload["actions"]
    assert (act["action_id"], act["value"], act["type"]) == ("action-1", "yes", "button")
    (act,) = choice.payload["actions"]
    assert act["selected_option"]["value"] == "value-1"
    assert choice.payload["state"]["values"][act["block_id"]]["a select"]["selected_option"]


async def test_a_modal_is_filled_in_and_refused_and_sent(
    quick: MockSlack, app: Listener, ann: Person
) -> None:
    view = modal(callback_id="long answer", blocks=[input_field() | {"block_id": "words"}])
    await app.web.views_open(trigger_id=quick.new_trigger(ann.id), view=view)
    app.responses = [{"response_action": "errors", "errors": {"words": "A little longer, please."}}]
    refused = await ann.submits({"xxx": "short"})
    assert refused.errors == {"words": "A little longer, please."}
    assert ann.modal is not None
    app.silent = 1
    assert not (await ann.submits({"xxx": "short"})).is_answered
    assert (await ann.submits({"xxx": "a longer one"})).is_answered
    assert ann.modal is None
    view = app.got[-1].payload["view"]
    assert view["callback_id"] == "long answer"
    assert view["state"]["values"]["words"]["a field"]["value"] == "a longer one"


async def test_a_command_is_answered_for_one_person(
    quick: MockSlack, app: Listener, ann: Person
) -> None:
    app.responses = [{"text": "Come to our direct channel."}]
    place = quick.channel("team", ann)
    await ann.commands("/reflect hard evening", place)
    payload = app.got[0].payload
    assert (payload["command"], payload["text"]) == ("/reflect", "hard evening")
    assert payload["channel_id"] == place.id
    (seen,) = ann.sees(place)
    assert (seen.text, seen.is_ephemeral) == ("Come to our direct channel.", True)


async def test_the_home_tab_is_opened_published_and_used(
    quick: MockSlack, app: Listener, ann: Person
) -> None:
    ann.opens_home()
    await app.until_got(1)
    event = app.got[0].payload["event"]
    assert (event["type"], event["tab"], event["user"]) == ("app_home_opened", "home", ann.id)
    home = {"type": "home", "blocks": [actions(button(1))]}
    await app.web.views_publish(user_id=ann.id, view=home)
    assert await ann.presses("action-1", on=HOME).settled()
    assert app.got[-1].payload["container"]["type"] == "view"
    ann.opens_home()
    await app.until_got(3)
    assert app.got[-1].payload["event"]["view"]["type"] == "home"


async def test_strangers_come_with_the_team_they_are_at_home_in(
    quick: MockSlack, app: Listener, ann: Person
) -> None:
    una = quick.stranger()
    place = quick.channel("shared", ann, una, is_ext_shared=True)
    una.writes_in(place, "@ballast Hello")
    await app.until_got(1)
    payload, event = app.got[0].payload, app.got[0].payload["event"]
    assert payload["is_ext_shared_channel"] is True
    assert payload["team_id"] == quick.workspace.home.id
    assert event["type"] == "app_mention"
    assert event["user_team"] == event["team"] == quick.workspace.elsewhere.id


async def test_nothing_is_told_that_the_manifest_does_not_ask_for(
    quick: MockSlack, app: Listener, ann: Person
) -> None:
    place = quick.channel("team", ann)
    assert ann.writes_in(place, "Among us") is None
    quick.workspace.app.manifest["settings"]["event_subscriptions"]["bot_events"] = []
    assert ann.writes("Hello") is None
    assert ann.opens_home() is None


async def test_a_ticket_opens_one_line_only(quick: MockSlack, app: Listener) -> None:
    url = (await app.web.apps_connections_open(app_token=app.client.app_token))["url"]
    async with ClientSession() as http:
        async with http.ws_connect(url) as line:
            assert (await line.receive_json())["type"] == "hello"
        with pytest.raises(WSServerHandshakeError):
            await http.ws_connect(url)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_an_app_that_is_asked_to_comes_again(
    reason: str, quick: MockSlack, app: Listener, ann: Person
) -> None:
    await quick.socket.disconnect(reason)

    async def is_back() -> bool:
        return quick.socket.opened >= 2

    await until(is_back)
    await quick.until_connected()
    ann.writes("Hello")
    await app.until_got(1)


async def test_a_link_that_was_disabled_opens_no_more(quick: MockSlack, app: Listener) -> None:
    app.client.auto_reconnect_enabled = False
    await quick.socket.disconnect("link_disabled")
    with pytest.raises(SlackApiError):
        await app.web.apps_connections_open(app_token=app.client.app_token)


async def test_of_two_lines_the_other_is_tried_again(quick: MockSlack, ann: Person) -> None:
    async with listening(quick) as one, listening(quick) as other:
        one.silent = other.silent = 1
        ann.writes("Hello")

        async def both() -> bool:
            return bool(one.got and other.got)

        await until(both)


async def test_a_deaf_line_stays_open_until_the_app_notices(
    quick: MockSlack, app: Listener, ann: Person
) -> None:
    quick.socket.make_deaf()
    told = ann.writes("Hello")
    assert told is not None

    async def is_back() -> bool:
        return quick.socket.opened >= 2

    # slack_sdk's own watch: four of its pings without an answer.
    await until(is_back)
    assert await told.settled()
    assert app.texts == ["Hello"]


@pytest.mark.parametrize("fault", [Fault.DUPLICATE, Fault.DELAY, Fault.DISCONNECT])
async def test_a_fault_on_the_way_sends_the_same_event_again(
    fault: Fault, quick: MockSlack, app: Listener, ann: Person
) -> None:
    quick.faults.at_next_delivery(fault)
    ann.writes("Hello")
    await app.until_got(2 if fault is not Fault.DISCONNECT else 1)
    await quick.until_at_rest()
    assert len({one.payload["event_id"] for one in app.got}) == 1
    assert quick.faults.made == [(fault, "message")]


async def test_what_is_out_of_order_comes_after_the_next(
    quick: MockSlack, app: Listener, ann: Person
) -> None:
    quick.faults.at_next_delivery(Fault.REORDER)
    ann.writes("One")
    ann.writes("Two")
    await app.until_got(2)
    assert app.texts == ["Two", "One"]


async def test_what_an_app_sends_amiss_is_noted(quick: MockSlack, app: Listener) -> None:
    await app.client.send_message("hello")
    await app.client.send_message(json.dumps({"envelope_id": "never sent"}))

    async def is_noted() -> bool:
        return len(quick.violations) == 2

    await until(is_noted)
    quick.forgive(*(one.error for one in quick.violations))


@dataclass
class Endpoint:
    """An app in HTTP mode: keeps what is posted, and answers what it is told to."""

    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[web.Response | float] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.got.append((headers, await request.read()))
        answer = self.answers.pop(0) if self.answers else web.Response()
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            return web.Response()
        return answer


@dataclass
class At(SdkClock):
    slack: MockSlack

    def now(self) -> float:
        return self.slack.clock()


@asynccontextmanager
async def posting(slack: MockSlack) -> AsyncIterator[tuple[Endpoint, Any]]:
    endpoint, served = Endpoint(), web.Application()
    served.router.add_post("/slack/events", endpoint.take)
    async with TestServer(served) as server, ClientSession() as http:
        yield endpoint, slack.sends_to(http, str(server.make_url("/slack/events")))
        await slack.carrier.close()


async def test_requests_are_signed_as_slack_signs_them(quick: MockSlack, ann: Person) -> None:
    secret = quick.workspace.app.signing_secret
    async with posting(quick) as (endpoint, road):
        told = ann.writes("Hello")
        assert told is not None
        assert await told.settled()
        await ann.commands("/reflect")
        for headers, body in endpoint.got:
            assert SignatureVerifier(secret, At(quick)).is_valid_request(body, headers)
        assert json.loads(endpoint.got[0][1])["event"]["user"] == ann.id
        assert parse_qs(endpoint.got[1][1].decode())["command"] == ["/reflect"]
        wrong = road.request(told, secret="another secret")  # noqa: S106 - a wrong one
        old = road.request(told, age_seconds=301)
        for signed in (wrong, old):
            verifier = SignatureVerifier(secret, At(quick))
            assert not verifier.is_valid_request(signed.body, signed.headers)


async def test_interactions_are_posted_as_a_form(quick: MockSlack, ann: Person) -> None:
    client = AsyncWebClient(quick.workspace.app.bot_token, base_url=quick.api_url)
    async with posting(quick) as (endpoint, _):
        await client.chat_postMessage(channel=ann.id, text="x", blocks=[actions(button(1))])
        assert await ann.presses("action-1").settled()
        form = parse_qs(endpoint.got[-1][1].decode())
        assert json.loads(form["payload"][0])["type"] == "block_actions"


async def test_requests_come_again_with_why(quick: MockSlack, ann: Person) -> None:
    async with posting(quick) as (endpoint, _):
        endpoint.answers = [0.5, web.Response(status=500)]
        told = ann.writes("Hello")
        assert told is not None
        assert await told.settled()
        retries = [
            (headers.get("x-slack-retry-num"), headers.get("x-slack-retry-reason"))
            for headers, _ in endpoint.got
        ]
        assert retries == [(None, None), ("1", "http_timeout"), ("2", "http_error")]
        endpoint.answers = [web.Response(status=500, headers={"X-Slack-No-Retry": "1"})]
        told = ann.writes("Hello")
        assert told is not None
        assert not await told.settled()
        assert told.sent == 1


async def test_an_address_is_verified(quick: MockSlack) -> None:
    async with posting(quick) as (endpoint, road):
        endpoint.answers = [web.Response(text="a challenge")]
        assert await road.verify("a challenge") == (200, "a challenge")
        asked = json.loads(endpoint.got[0][1])
        assert (asked["type"], asked["challenge"]) == ("url_verification", "a challenge")
