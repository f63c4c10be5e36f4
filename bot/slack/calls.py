"""Calls to Slack's Web API: the only ones there are, each with what its answer means.

Slack has three answers that matter here: done; refused for good; and nobody knows, after which
somebody has to look before the same is said again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

log = structlog.get_logger()

Blocks = list[dict[str, Any]]

# Which scope each method asks the bot's token for; the manifest has these and no others.
SCOPES = {
    "auth.test": None,
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "conversations.history": "im:history",
    "conversations.open": "im:write",
    "views.open": None,
    "views.publish": None,
}
# What is asked for by what is heard: `message.im` and `/reflect`.
HEARD_SCOPES = frozenset({"im:history", "commands"})

SECONDS = 10.0
# What lets the app open a dialog is over three seconds after the press.
DIALOG_SECONDS = 1.5
EVENT_TYPE = "ballast_turn"
_LONGEST_WAIT_SECONDS = 3600.0
_PAGES, _PAGE = 3, 100
_RATE_LIMITED = ("ratelimited", "rate_limited")
_UNCLEAR = ("internal_error", "fatal_error", "service_unavailable", "request_timeout")
_SHUT = frozenset(
    """
    invalid_auth not_authed token_revoked token_expired account_inactive missing_scope
    no_permission org_login_required ekm_access_denied access_denied team_access_not_granted
    """.split()
)


class NotClear(Exception):
    """Nobody knows whether Slack did it: no answer came, or one that says nothing."""


class Refused(Exception):
    """Slack did not do it and will not; `code` is Slack's word for why."""

    def __init__(self, code: str) -> None:
        """Take Slack's word for it."""
        super().__init__(code)
        self.code = code


class Shut(Refused):
    """Slack takes nothing with this token now; somebody has to look after it."""


def silent_logger() -> logging.Logger:
    """Give a logger that writes nothing: Slack's libraries put bodies and texts into theirs."""
    logger = logging.getLogger("bot.slack.silent")
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    logger.disabled = True
    return logger


def web_client(http: ClientSession, api_url: str, token: str | None) -> AsyncWebClient:
    """Give a client that tries everything once: what is unclear is for us to look into."""
    return AsyncWebClient(
        token=token,
        base_url=api_url,
        session=http,
        logger=silent_logger(),
        retry_handlers=[],
    )


class SlackCalls:
    """What the app asks of Slack."""

    def __init__(self, client: AsyncWebClient) -> None:
        """Take the client with the bot's token."""
        self._client = client
        # Slack names a time for a method, whoever of us calls it.
        self._not_before: dict[str, float] = {}
        # By user: it is the same channel for ever.
        self._direct: dict[str, str] = {}

    async def whoami(self) -> dict[str, Any]:
        """Give the bot's user, bot and team ids."""
        answer = await self._ask(self._client.auth_test)
        scopes = answer.headers.get("x-oauth-scopes", answer.headers.get("X-OAuth-Scopes", ""))
        return {**answer.data, "scopes": scopes}

    async def can_open_socket(self, app_token: str) -> None:
        """See that Socket Mode can be used: an address for a socket is given, and not used."""
        await self._ask(self._client.apps_connections_open, app_token=app_token)

    async def post(self, channel: str, post_id: str, text: str, blocks: Blocks) -> str:
        """Post a message under our own id for it, and give its `ts`."""
        answer = await self._ask(
            self._client.chat_postMessage,
            channel=channel,
            text=text,
            blocks=blocks,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"id": post_id}},
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(answer["ts"])

    async def post_for_a_moment(self, channel: str, user: str, text: str) -> None:
        """Show something to one person that nobody keeps."""
        await self._ask(self._client.chat_postEphemeral, channel=channel, user=user, text=text)

    async def find(self, channel: str, post_id: str) -> str | None:
        """Give the `ts` of the message that was posted under our id, or None."""
        cursor = None
        for _ in range(_PAGES):
            answer = await self._ask(
                self._client.conversations_history,
                channel=channel,
                limit=_PAGE,
                include_all_metadata=True,
                **({"cursor": cursor} if cursor else {}),
            )
            for message in answer["messages"]:
                told = message.get("metadata") or {}
                if (told.get("event_payload") or {}).get("id") == post_id:
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
        return None

    async def update(self, channel: str, ts: str, text: str, blocks: Blocks) -> None:
        """Put other blocks in the place of a message's."""
        await self._ask(self._client.chat_update, channel=channel, ts=ts, text=text, blocks=blocks)

    async def delete(self, channel: str, ts: str) -> None:
        """Take a message of ours away."""
        await self._ask(self._client.chat_delete, channel=channel, ts=ts)

    async def direct_channel(self, user: str) -> str:
        """Give the channel in which the app and somebody write to each other."""
        if user not in self._direct:
            answer = await self._ask(self._client.conversations_open, users=user)
            self._direct[user] = str(answer["channel"]["id"])
        return self._direct[user]

    async def open_view(self, trigger_id: str, view: dict[str, Any]) -> None:
        """Open a dialog in front of whoever pressed a moment ago: now, or not at all."""
        await self._ask(self._client.views_open, is_now=True, trigger_id=trigger_id, view=view)

    async def publish_home(self, user: str, view: dict[str, Any]) -> None:
        """Put a Home tab in the place of somebody's."""
        await self._ask(self._client.views_publish, user_id=user, view=view)

    async def _ask(
        self, method: Callable[..., Awaitable[Any]], *, is_now: bool = False, **arguments: Any
    ) -> Any:
        """Call a method, as long as Slack says to come later. Raises `NotClear` or `Refused`.

        What is to be done now is not tried later: it raises `NotClear` then.
        """
        name = method.__name__
        while True:
            wait = max(0.0, self._not_before.get(name, 0.0) - _now())
            if wait and is_now:
                raise NotClear("Later")
            await asyncio.sleep(wait)
            try:
                async with asyncio.timeout(DIALOG_SECONDS if is_now else SECONDS):
                    return await method(**arguments)
            except SlackApiError as fault:
                wait = _what_it_means(fault)
            except Exception as fault:  # noqa: BLE001 - the line, or an answer that is no JSON
                raise NotClear(type(fault).__name__) from None
            log.info("slack.comes_later", seconds=wait)
            self._not_before[name] = max(self._not_before.get(name, 0.0), _now() + wait)


def _what_it_means(fault: SlackApiError) -> float:
    """Give after how many seconds to come again, or raise what the answer means."""
    response = fault.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == 429 or code in _RATE_LIMITED:
        after = response.headers.get("Retry-After", "1")
        return min(float(after) if after.isdecimal() else 1.0, _LONGEST_WAIT_SECONDS)
    if status >= 500 or not code or code in _UNCLEAR:
        raise NotClear(f"Status{status}") from None
    raise (Shut(code) if code in _SHUT else Refused(code)) from None


def _now() -> float:
    return asyncio.get_running_loop().time()
