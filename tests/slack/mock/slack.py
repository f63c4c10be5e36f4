"""The mock as a whole: one workspace, one app, one server that the app is pointed at."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from tests.slack.mock import payloads
from tests.slack.mock.blocks import wrong_with_message, wrong_with_view
from tests.slack.mock.clock import Clock
from tests.slack.mock.delivery import EVENT, Carrier, Delivery
from tests.slack.mock.faults import Faults
from tests.slack.mock.http_mode import HttpMode
from tests.slack.mock.limits import (
    RESPONSE_URL_SECONDS,
    RESPONSE_URL_USES,
    TRIGGER_SECONDS,
)
from tests.slack.mock.methods import Refused
from tests.slack.mock.people import Person
from tests.slack.mock.rates import Rates
from tests.slack.mock.record import Record, Violation
from tests.slack.mock.socket_mode import SocketMode
from tests.slack.mock.web_api import answer_call
from tests.slack.mock.workspace import Channel, Message, View, Workspace, with_ids

Json = dict[str, Any]


@dataclass
class _Trigger:
    user: str
    until: float
    is_used: bool = False


@dataclass
class _ResponseUrl:
    user: str
    channel: Channel
    ts: str | None
    until: float
    uses_left: int = RESPONSE_URL_USES


class MockSlack:
    """Slack as one app sees it. `speed` of its seconds pass in one of the test's."""

    def __init__(self, *, speed: float = 1.0, manifest: Json | None = None, seed: int = 0) -> None:
        self.clock = Clock(speed)
        self.workspace = Workspace(self.clock, manifest)
        self.record = Record()
        self.rates = Rates(self.clock)
        self.faults = Faults(seed)
        self.carrier = Carrier(self.clock, self.faults)
        self.socket = SocketMode(self.clock, self.record, self.workspace.app.id, self.note)
        self.carrier.road = self.socket
        # What `Retry-After` says when a 429 was planned.
        self.retry_after = 1
        # `token_revoked` or `account_inactive`, when the app was taken away.
        self.revoked = ""
        self.is_unplugged = False
        self.closing = asyncio.Event()
        self._triggers: dict[str, _Trigger] = {}
        self._response_urls: dict[str, _ResponseUrl] = {}
        app = web.Application(client_max_size=2**22)
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_get("/link/", self.socket.open)
        app.router.add_post("/actions/{key}", self._respond)
        self.server = TestServer(app)

    @property
    def api_url(self) -> str:
        """Give what stands in for https://slack.com/api/."""
        return str(self.server.make_url("/api/"))

    @property
    def socket_address(self) -> str:
        return f"ws://127.0.0.1:{self.server.port}"

    def everything_sent(self) -> bytes:
        """Give every byte the app ever sent, and again as it reads once it is decoded."""
        return self.record.everything()

    @property
    def violations(self) -> list[Violation]:
        return self.record.violations

    def note(self, where: str, error: str, sentence: str = "") -> None:
        self.record.violations.append(Violation(where, error, sentence))

    def forgive(self, *errors: str) -> list[Violation]:
        """Take out violations that a test meant to cause, and give them."""
        found = [one for one in self.violations if one.error in errors]
        self.record.violations[:] = [one for one in self.violations if one.error not in errors]
        return found

    # Who is there.

    def person(self, name: str = "ann", **traits: bool) -> Person:
        """Add a member: `is_restricted` and `is_ultra_restricted` are guests, `deleted` is one
        who was deactivated."""
        return Person(self, self.workspace.add_member(name, **traits))

    def bot(self, name: str = "reminders") -> Person:
        return Person(self, self.workspace.add_member(name, is_bot=True))

    def stranger(self, name: str = "una") -> Person:
        """Add somebody of another workspace, who comes by Slack Connect."""
        return Person(self, self.workspace.add_member(name, self.workspace.elsewhere))

    def channel(self, name: str, *people: Person, with_app: bool = True, **how: Any) -> Channel:
        """Add a channel with people in it; `is_ext_shared` shares it with another workspace."""
        channel = self.workspace.add_channel(name, **how)
        channel.members |= {one.member.id for one in people}
        if with_app:
            channel.members.add(self.workspace.app.bot_user)
        return channel

    # What the app is told.

    def tell(self, payload: Json) -> Delivery:
        return self.carrier.carry(EVENT, payload)

    def tell_message(self, channel: Channel, message: Message) -> Delivery | None:
        """Tell of a new message, the app's own too, where the app hears such things."""
        workspace = self.workspace
        if workspace.app.bot_user not in channel.members:
            return None
        told = None
        if f"<@{workspace.app.bot_user}>" in message.text and workspace.app.hears("app_mention"):
            told = self.tell(payloads.mention_event(workspace, channel, message))
        if workspace.app.hears(channel.event):
            told = self.tell(payloads.message_event(workspace, channel, message))
        return told

    def change_message(self, channel: Channel, message: Message, given: Json) -> None:
        previous = message.as_json(self.workspace.app.id)
        if given.get("text"):
            message.text = given["text"]
        if "blocks" in given:
            message.blocks = with_ids(self.workspace, {"blocks": given["blocks"] or []})["blocks"]
        if "metadata" in given:
            message.metadata = given["metadata"] or None
        message.edited = {"user": message.user, "ts": self.clock.ts()}
        if not message.only_for and self.workspace.app.hears(channel.event):
            self.tell(payloads.changed_event(self.workspace, channel, message, previous))

    def remove_message(self, channel: Channel, message: Message) -> None:
        channel.messages.remove(message)
        channel.gone.append(message)
        if not message.only_for and self.workspace.app.hears(channel.event):
            self.tell(payloads.deleted_event(self.workspace, channel, message))

    def change_view(self, view: View, given: Json) -> None:
        view.given = with_ids(self.workspace, given)
        view.hash = self.workspace.new_hash()

    def check_view(self, given: Any) -> None:
        """Note what is wrong with a modal that came as an answer."""
        for one in wrong_with_view(given, "modal"):
            self.note("view_submission", one.error, one.sentence)

    # What is valid for a while only.

    def new_trigger(self, user: str) -> str:
        trigger = f"{self.workspace.name('')}.{self.workspace.home.id[1:]}.{uuid4().hex}"
        self._triggers[trigger] = _Trigger(user, self.clock() + TRIGGER_SECONDS)
        return trigger

    def use_trigger(self, given: str) -> str:
        """Take a trigger_id for what it is good for; give whose it is."""
        trigger = self._triggers.get(given)
        if trigger is None:
            raise Refused("invalid_trigger_id", noted=True)
        if trigger.is_used:
            raise Refused("exchanged_trigger_id", noted=True)
        if trigger.until < self.clock():
            raise Refused("expired_trigger_id", noted=True)
        trigger.is_used = True
        return trigger.user

    def new_response_url(
        self, user: str, channel: Channel, ts: str | None, *, for_command: bool = False
    ) -> str:
        key = uuid4().hex
        until = self.clock() + RESPONSE_URL_SECONDS
        self._response_urls[key] = _ResponseUrl(user, channel, ts, until)
        return str(self.server.make_url(f"/actions/{key}"))

    async def _call(self, request: web.Request) -> web.StreamResponse:
        return await answer_call(self, request)

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        """Take what is posted to a response_url."""
        raw = await request.read()
        if self.is_unplugged:
            raise web.HTTPServiceUnavailable
        self.record.add_request(request, raw)
        known = self._response_urls.get(request.match_info["key"])
        error = ""
        if known is None:
            error = "invalid_url"
        elif known.until < self.clock():
            error = "expired_url"
        elif not known.uses_left:
            error = "used_url"
        if error or known is None:
            self.note("response_url", error)
            return web.json_response({"ok": False, "error": error}, status=404)
        known.uses_left -= 1
        given = json.loads(raw)
        if error := self.respond(known.user, known.channel, known.ts, given):
            return web.json_response({"ok": False, "error": error}, status=400)
        return web.Response(text="ok")

    def respond(self, user: str, channel: Channel, ts: str | None, given: Json) -> str:
        """Post, replace or delete by a response; give the error, or nothing."""
        message = channel.message(ts)
        if given.get("delete_original"):
            if message is not None:
                self.remove_message(channel, message)
            return ""
        wrong = wrong_with_message(given.get("text"), given.get("blocks"), None)
        for one in wrong:
            self.note("response_url", one.error, one.sentence)
        if wrong:
            return wrong[0].error
        if given.get("replace_original") and message is not None:
            self.change_message(channel, message, {"blocks": []} | given)
            return ""
        posted = Message(
            ts=self.clock.ts(),
            user=self.workspace.app.bot_user,
            team=self.workspace.home.id,
            text=given.get("text") or "",
            blocks=with_ids(self.workspace, {"blocks": given.get("blocks") or []})["blocks"],
            bot_id=self.workspace.app.bot_id,
            only_for=None if given.get("response_type") == "in_channel" else user,
        )
        channel.messages.append(posted)
        return ""

    # How it runs.

    def sends_to(self, http: ClientSession, address: str) -> HttpMode:
        """Send requests to an address from now on, in place of the socket."""
        road = HttpMode(self.clock, self.workspace.app, http, address)
        self.workspace.app.manifest["settings"]["socket_mode_enabled"] = False
        self.carrier.road = road
        return road

    def unplug(self) -> None:
        """Have nothing that the app does come through from this moment on, as if it had fallen."""
        self.is_unplugged, self.socket.takes_lines = True, False
        self.socket.cut_all()

    def plug_in(self) -> None:
        """Let an app in again, which knows nothing of what an earlier one was told."""
        self.is_unplugged, self.socket.takes_lines = False, True
        self.rates.forget()

    async def until_connected(self, lines: int = 1, seconds: float = 10.0) -> None:
        async with asyncio.timeout(seconds):
            while len([line for line in self.socket.lines if not line.is_gone]) < lines:
                await asyncio.sleep(0.02)

    async def until_at_rest(self, seconds: float = 30.0) -> None:
        """Wait until everything that was on the way has come or was given up."""
        async with asyncio.timeout(seconds):
            while not self.carrier.is_at_rest:
                await asyncio.sleep(0.02)

    async def close(self) -> None:
        self.closing.set()
        await self.carrier.close()
        await self.socket.close()
        await self.server.close()


@asynccontextmanager
async def mock_slack(**how: Any) -> AsyncIterator[MockSlack]:
    """Serve a mock until the block is left."""
    slack = MockSlack(**how)
    await slack.server.start_server()
    try:
        yield slack
    finally:
        await slack.close()
