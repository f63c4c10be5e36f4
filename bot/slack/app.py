"""The app on the team's own Slack, built and run within the gateway.

Whatever Slack does, the gateway runs: while Slack is away or does not take the tokens, that is
said in the log and tried again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from aiohttp import ClientSession, ClientTimeout
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import SQLAlchemyError

from bot.conversation.answering import Answering
from bot.conversation.desk import Desk
from bot.slack.bolt import make_bolt
from bot.slack.calls import SECONDS, NotClear, Refused, SlackCalls, web_client
from bot.slack.checking import WrongTokens, check_shapes, check_whoami
from bot.slack.delivering import Delivering
from bot.slack.following import Following
from bot.slack.hearing import Ear
from bot.slack.signatures import is_from_slack
from bot.slack.socket import FreshSocket
from bot.slack.watching import Watching

log = structlog.get_logger()

_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 2.0, 300.0


class SlackDoor:
    """The app: starts when Slack lets it, and stops with the gateway."""

    def __init__(
        self,
        desk: Desk,
        answering: Answering,
        allows: Callable[[str], Awaitable[bool]],
        on_erased: Callable[[], None],
    ) -> None:
        """Take what the app works on; `allows` says whether an account may send one more."""
        self._desk, self._answering = desk, answering
        self._allows, self._on_erased = allows, on_erased
        self._task: asyncio.Task[None] | None = None
        self._bolt: AsyncApp | None = None
        self._following: Following | None = None
        desk.news.follow(self._told)
        # How each part is stopped, in the order in which they were started.
        self._running: list[Callable[[], Awaitable[None]]] = []

    def start(self) -> None:
        """Begin to start, beside the gateway."""
        self._task = asyncio.create_task(self._start_until_started())

    async def stop(self) -> None:
        """Stop; what was not said stays in the journal."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _stop_parts(self) -> None:
        self._bolt = self._following = None
        while self._running:
            await self._running.pop()()

    def _told(self, reflection_id: str, what: dict[str, Any]) -> None:
        if self._following is not None:
            self._following.told(reflection_id, what)

    @property
    def is_running(self) -> bool:
        """Whether Slack took the tokens and the app listens."""
        return self._bolt is not None

    async def take_request(self, headers: Mapping[str, str], body: bytes) -> tuple[int, str, str]:
        """Take a request in HTTP mode, and give status, body and media type of the answer.

        What is not signed by Slack just now is not looked at.
        """
        secret = self._desk.settings.secret("slack_signing_secret")
        is_signed = is_from_slack(
            secret or "-",
            headers.get("X-Slack-Request-Timestamp", ""),
            headers.get("X-Slack-Signature", ""),
            body,
            time.time(),
        )
        if secret is None or not is_signed:
            log.warning("slack.signature_refused")
            return 401, "", "text/plain"
        if self._bolt is None:
            return 503, "", "text/plain"
        answer = await self._bolt.async_dispatch(
            AsyncBoltRequest(body=body.decode(errors="replace"), headers=dict(headers), mode="http")
        )
        kind = str(answer.first_headers().get("content-type", "text/plain")).partition(";")[0]
        return answer.status, answer.body or "", kind

    async def _start_until_started(self) -> None:
        # One copy of the gateway speaks with Slack; the others stand by.
        async with self._desk.copies.hold("slack"):
            try:
                await self._try_until_started()
                await asyncio.Event().wait()
            finally:
                await self._stop_parts()

    async def _try_until_started(self) -> None:
        wait = _FIRST_WAIT_SECONDS
        while True:
            try:
                await self._start()
            except WrongTokens as fault:
                log.error("slack.not_started", why=fault.sentence)
            except (NotClear, OSError, SQLAlchemyError) as fault:
                log.warning("slack.not_reached", kind=type(fault).__name__, seconds=wait)
            else:
                return
            await self._stop_parts()
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT_SECONDS)

    async def _start(self) -> None:
        settings = self._desk.settings
        tokens = check_shapes(settings)
        async with _session() as http:
            probe = SlackCalls(web_client(http, settings.slack_api_url, tokens.bot))
            try:
                me = await probe.whoami()
            except Refused as refused:
                raise WrongTokens.of_code(refused.code) from None
        check_whoami(settings, me)
        http = _session()
        self._running.append(http.close)
        client = web_client(http, settings.slack_api_url, tokens.bot)
        await self._open(client, me, tokens.app)
        log.info("slack.started", mode=settings.slack_mode, socket=bool(tokens.app))

    async def _open(
        self, client: AsyncWebClient, me: dict[str, Any], app_token: str | None
    ) -> None:
        desk, calls = self._desk, SlackCalls(client)
        socket = FreshSocket(client, app_token) if app_token else None
        watching = Watching(socket, desk.settings.slack_quiet_seconds) if socket else None
        delivering = Delivering(
            desk, calls, me["team_id"], watching.posted if watching else _nothing
        )
        following = Following(desk, self._answering, delivering, calls)
        ear = Ear(
            desk=desk,
            answering=self._answering,
            delivering=delivering,
            calls=calls,
            team=me["team_id"],
            bot_user=me["user_id"],
            allows=self._allows,
            on_erased=self._on_erased,
            on_echo=watching.echoed if watching else _nothing,
        )
        bolt = make_bolt(client, me, ear)
        self._running += [delivering.stop, following.stop]
        self._following = following
        await delivering.start()
        if socket is not None and watching is not None:
            self._running += [_Socket(socket, bolt).stop, watching.stop]
            watching.start()
        self._bolt = bolt


class _Socket:
    """A socket that hands what comes to Bolt, and opens until told to stop."""

    def __init__(self, client: FreshSocket, bolt: AsyncApp) -> None:
        self._client, self._bolt = client, bolt
        client.socket_mode_request_listeners.append(self._take)
        # Beside: it tries until it is connected.
        self._connecting = asyncio.create_task(client.connect())

    async def stop(self) -> None:
        self._connecting.cancel()
        await asyncio.gather(self._connecting, return_exceptions=True)
        await self._client.close()  # type: ignore[no-untyped-call]

    async def _take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        answer = await run_async_bolt_app(self._bolt, request)
        await send_async_response(client, request, answer, time.time())


def _session() -> ClientSession:
    return ClientSession(timeout=ClientTimeout(total=SECONDS))


def _nothing(ts: str) -> None:
    """Nobody watches: in HTTP mode there is no line that could go deaf."""
