"""HTTP mode takes only what Slack signed just now, and no words get into a log line."""

from __future__ import annotations

import hmac
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp import ClientSession

from tests.bots import ScriptedBot
from tests.gateway import Gateway, run_gateway
from tests.slack.mock import MockSlack, Person, mock_slack
from tests.slack.mock.delivery import EVENT, Delivery
from tests.slack.mock.http_mode import HttpMode, Signed, signature
from tests.slack.mock.payloads import message_event
from tests.slack.mock.workspace import Message
from tests.slack.running import until_answers

WORD = "gooseberry"


@dataclass
class Posted:
    """A gateway in HTTP mode, a Slack that posts to it, and somebody in that."""

    gateway: Gateway
    slack: MockSlack
    road: HttpMode
    ann: Person

    def signed(self, **how: Any) -> Signed:
        """Give a request that carries a message of Ann's with the word in it."""
        message = Message(
            ts=self.slack.clock.ts(),
            user=self.ann.id,
            team=self.slack.workspace.home.id,
            text=f"My {WORD} evening.",
        )
        payload = message_event(self.slack.workspace, self.ann.direct, message)
        return self.road.request(Delivery(EVENT, payload), **how)


@asynccontextmanager
async def _posted(var: Path) -> AsyncIterator[Posted]:
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(mock_slack())
        app = slack.workspace.app
        gateway = await stack.enter_async_context(
            run_gateway(
                var,
                ScriptedBot(),
                slack_bot_token=app.bot_token,
                slack_signing_secret=app.signing_secret,
                slack_api_url=slack.api_url,
            )
        )
        http = await stack.enter_async_context(ClientSession())
        road = slack.sends_to(http, f"{gateway.address}/slack/events")
        posted = Posted(gateway, slack, road, slack.person("ann"))
        await until_answers(road)
        yield posted
        await slack.carrier.close()
        assert slack.violations == []


@pytest.fixture(scope="module")
async def posted(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Posted]:
    async with _posted(tmp_path_factory.mktemp("posted")) as running:
        yield running


def _with(signed: Signed, **headers: str | None) -> Signed:
    names = {"timestamp": "X-Slack-Request-Timestamp", "signature": "X-Slack-Signature"}
    changed = dict(signed.headers)
    for name, value in headers.items():
        changed.pop(names[name])
        if value is not None:
            changed[names[name]] = value
    return replace(signed, headers=changed)


def _other_body(posted: Posted) -> Signed:
    signed = posted.signed()
    return replace(signed, body=signed.body + b" ")


def _not_ascii(posted: Posted) -> Signed:
    timestamp = "".join(chr(ord("٠") + int(digit)) for digit in str(int(time.time())))
    return _with(posted.signed(), timestamp=timestamp)


def _signed_over_nonsense(posted: Posted) -> Signed:
    signed = posted.signed()
    secret = posted.slack.workspace.app.signing_secret
    return _with(signed, timestamp="now", signature=signature(secret, "now", signed.body))


REFUSED: dict[str, Callable[[Posted], Signed]] = {
    "of another secret": lambda posted: posted.signed(secret="another secret"),  # noqa: S106
    "five minutes old": lambda posted: posted.signed(age_seconds=302),
    "of a time to come": lambda posted: posted.signed(age_seconds=-302),
    "with another body": _other_body,
    "with another time": lambda posted: _with(posted.signed(), timestamp=str(int(time.time()) - 7)),
    "without a signature": lambda posted: _with(posted.signed(), signature=None),
    "with an empty signature": lambda posted: _with(posted.signed(), signature=""),
    "with half a signature": lambda posted: _with(posted.signed(), signature="v0=00"),
    "without a time": lambda posted: _with(posted.signed(), timestamp=None),
    "with a time that is none": lambda posted: _with(posted.signed(), timestamp="now"),
    "with a time of other digits": _not_ascii,
    "with a time that was signed and is none": _signed_over_nonsense,
    "with a very long time": lambda posted: _with(posted.signed(), timestamp="9" * 5000),
}


@pytest.mark.parametrize("kind", REFUSED)
async def test_a_request_is_refused_and_has_no_effect(kind: str, posted: Posted) -> None:
    calls = list(posted.slack.record.calls)
    status, text = await posted.road.post(REFUSED[kind](posted))
    assert status == 401
    assert WORD not in text
    assert posted.slack.record.calls == calls


async def test_what_is_refused_looks_the_same_whatever_was_wrong(posted: Posted) -> None:
    answers = [await posted.road.post(make(posted)) for make in REFUSED.values()]
    assert len(set(answers)) == 1


async def test_a_request_that_was_signed_just_now_is_taken(posted: Posted) -> None:
    status, _ = await posted.road.post(posted.signed(age_seconds=290))
    assert status == 200
    await posted.ann.until(lambda seen: seen)


async def test_slack_finds_the_address_to_be_ours(posted: Posted) -> None:
    status, text = await posted.road.verify("a challenge")
    assert (status, "a challenge" in text) == (200, True)


async def test_an_app_in_socket_mode_takes_no_requests(tmp_path: Path) -> None:
    async with mock_slack() as slack, ClientSession() as http:
        app = slack.workspace.app
        tokens = {"slack_bot_token": app.bot_token, "slack_app_token": app.app_token}
        settings = tokens | {"slack_api_url": slack.api_url}
        async with run_gateway(tmp_path, ScriptedBot(), **settings) as gateway:
            road = HttpMode(slack.clock, app, http, f"{gateway.address}/slack/events")
            for secret in ("", "-", "another secret"):
                asked = json.dumps({"type": "url_verification", "challenge": "x"}).encode()
                signed = road.sign(asked, "application/json", secret=secret)
                status, _ = await road.post(signed)
                assert status in (401, 404)
        await slack.socket.close()


@pytest.mark.parametrize("kind", REFUSED)
async def test_every_refusal_takes_one_whole_comparison_in_constant_time(
    kind: str, posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[Any, Any]] = []
    compare = hmac.compare_digest

    def spy(expected: Any, given: Any) -> bool:
        compared.append((expected, given))
        return compare(expected, given)

    signed = REFUSED[kind](posted)
    monkeypatch.setattr("bot.slack.signatures.hmac.compare_digest", spy)
    assert (await posted.road.post(signed))[0] == 401
    ours = [one for one in compared if bytes(one[0]).startswith(b"v0=")]
    assert len(ours) == 1
    assert len(ours[0][0]) == len("v0=") + 64


@pytest.fixture
def every_log(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """All that any library logs at any level, and all events of our own."""
    with structlog.testing.capture_logs() as events, caplog.at_level(logging.DEBUG):
        loggers = [name for name in logging.root.manager.loggerDict if name.startswith("slack")]
        for name in ["slack_bolt", "slack_sdk", *loggers]:
            caplog.set_level(logging.DEBUG, logger=name)
        yield lambda: f"{caplog.text}\n{[vars(one) for one in caplog.records]}\n{events}"


async def test_no_body_is_in_any_log_line_refused_or_taken(
    posted: Posted, every_log: Callable[[], str], capfd: pytest.CaptureFixture[str]
) -> None:
    for make in (*REFUSED.values(), Posted.signed):
        await posted.road.post(make(posted))
    unheard = {"type": "event_callback", "event": {"type": "reaction_added", "text": WORD}}
    await posted.road.post(posted.road.sign(json.dumps(unheard).encode(), "application/json"))
    broken = posted.road.sign(f'{{"{WORD}": '.encode(), "application/json")
    await posted.road.post(broken)
    form = posted.road.sign(
        f"payload={WORD}&text={WORD}".encode(), "application/x-www-form-urlencoded"
    )
    await posted.road.post(form)
    output = "".join(capfd.readouterr())
    assert "signature_refused" in every_log()
    assert WORD not in every_log()
    assert WORD not in output


async def test_no_body_is_in_any_log_line_in_socket_mode(
    tmp_path: Path, every_log: Callable[[], str], capfd: pytest.CaptureFixture[str]
) -> None:
    async with mock_slack() as slack:
        app = slack.workspace.app
        tokens = {"slack_bot_token": app.bot_token, "slack_app_token": app.app_token}
        settings = tokens | {"slack_api_url": slack.api_url}
        async with run_gateway(tmp_path, ScriptedBot(), **settings):
            await slack.until_connected(seconds=20)
            ann = slack.person("ann")
            told = ann.writes(f"My {WORD} evening.")
            assert told is not None
            assert await told.settled()
            await ann.commands(f"/reflect {WORD}")
            await ann.until(lambda seen: len(seen) > 1)
        await slack.socket.close()
    assert "slack.started" in every_log()
    assert WORD not in every_log()
    assert WORD not in "".join(capfd.readouterr())
