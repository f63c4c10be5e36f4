"""A gateway with the app on a mock Slack, and therapists who are linked to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from aiohttp import ClientSession

from bot.conversation.consents import set_consent
from bot.conversation.desk import Desk
from bot.settings import ROOT
from bot.storage.models import Account
from bot.storage.states import Purpose
from tests.bots import ScriptedBot
from tests.gateway import FakeClock, Gateway, run_gateway
from tests.slack.mock import MockSlack, Person, mock_slack
from tests.slack.mock.http_mode import HttpMode

MANIFEST = yaml.safe_load((ROOT / "bot" / "slack" / "manifest.yml").read_text(encoding="utf-8"))
FULL = {"slack_mode": "full", "slack_full_reason": "The team decided so on 1 March."}


@dataclass
class OnSlack:
    """The gateway, the Slack it talks to, and the bot behind it."""

    gateway: Gateway
    slack: MockSlack
    bot: Any

    @property
    def desk(self) -> Desk:
        return self.gateway.desk

    async def link(self, person: Person, account: Account) -> ClientSession:
        """Link as people do: by the link that the app gives, signed in on the web."""
        http = await self.gateway.signed_in(account)
        person.writes("hello")
        await person.until(lambda seen: any(one.buttons == ["Link my account"] for one in seen))
        assert (await use_link(http, person)) == 204
        await person.until_hears("is linked to your account")
        return http

    async def therapist(self, name: str = "ann", *, consents: bool = True) -> Person:
        """Give somebody in Slack who is linked to the therapist, and has agreed to Slack."""
        person = self.slack.person(name)
        await self.link(person, self.gateway.people.therapist)
        if consents:
            await set_consent(self.desk, self.gateway.people.therapist, Purpose.SLACK, given=True)
        return person


async def use_link(http: ClientSession, person: Person, on: Any = None) -> int:
    """Press "Link" on the page that the app's link opens; give the status."""
    address = person.link("Link my account", on)
    path, _, token = address.partition("#")
    assert path.endswith("/slack/link")
    async with http.get("/slack/link") as page:
        assert page.status == 200
        assert "Link" in await page.text()
    async with http.post("/api/my/slack", json={"token": token}) as answer:
        return answer.status


def settings_for(slack: MockSlack, *, over_http: bool = False, **more: Any) -> dict[str, Any]:
    app = slack.workspace.app
    line = (
        {"slack_signing_secret": app.signing_secret}
        if over_http
        else {"slack_app_token": app.app_token}
    )
    return {"slack_bot_token": app.bot_token, "slack_api_url": slack.api_url} | line | more


async def until_answers(road: HttpMode) -> None:
    """Wait until the app has found its Slack and answers over HTTP."""
    async with asyncio.timeout(20):
        while (await road.verify("a challenge"))[0] != 200:
            await asyncio.sleep(0.05)


@asynccontextmanager
async def on_slack(
    var: Path,
    bot: Any = None,
    clock: FakeClock | None = None,
    speed: float = 1.0,
    *,
    over_http: bool = False,
    **settings: Any,
) -> AsyncIterator[OnSlack]:
    """Run a gateway on a mock Slack that has our own manifest, until the block is left.

    Slack comes over the app's socket, or with `over_http` to the gateway's own address.
    """
    async with AsyncExitStack() as stack:
        manifest = deepcopy(MANIFEST)
        slack = await stack.enter_async_context(mock_slack(manifest=manifest, speed=speed))
        # Three tries within seconds rather than minutes.
        slack.carrier.retry_seconds = (0.1, 2.0, 8.0)
        bot = bot or ScriptedBot()
        gateway = await stack.enter_async_context(
            run_gateway(var, bot, clock, **settings_for(slack, over_http=over_http, **settings))
        )
        if over_http:
            http = await stack.enter_async_context(ClientSession())
            await until_answers(slack.sends_to(http, f"{gateway.address}/slack/events"))
        else:
            await slack.until_connected()
        yield OnSlack(gateway, slack, bot)
        await slack.until_at_rest()
        assert slack.violations == []
