"""The socket to Slack (Socket Mode): Slack's own client, with one of its ways mended."""

from __future__ import annotations

import asyncio

import structlog
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls import silent_logger

log = structlog.get_logger()

_PING_SECONDS = 10.0
# Less than a ping: after a handshake that failed Slack's client sleeps for as long as one, and
# then tries the same address again.
_HANDSHAKE_SECONDS = 8.0


class FreshSocket(SocketModeClient):
    """Asks for a new address at each try, and makes one try at a time.

    An address is good for one handshake. Slack's client tries one that failed for ever, and two
    of its tries at once close each other's line.
    """

    def __init__(self, client: AsyncWebClient, app_token: str) -> None:
        """Take the client of the Web API, and the token that opens sockets."""
        super().__init__(
            app_token=app_token,
            web_client=client,
            logger=silent_logger(),
            ping_interval=_PING_SECONDS,
        )
        self._trying = asyncio.Lock()

    async def connect(self) -> None:
        """Try until there is a line, or the client is closed."""
        async with self._trying:
            while not self.closed:
                try:
                    if self.wss_uri is None:
                        self.wss_uri = await self.issue_new_wss_url()
                    async with asyncio.timeout(_HANDSHAKE_SECONDS):
                        await super().connect()  # type: ignore[no-untyped-call]
                        return
                except TimeoutError:
                    log.warning("slack.not_connected", kind="Handshake")
                except Exception as fault:  # noqa: BLE001 - of whatever kind, it is tried again
                    log.warning("slack.not_connected", kind=type(fault).__name__)
                    await asyncio.sleep(self.ping_interval)
                finally:
                    self.wss_uri = None
