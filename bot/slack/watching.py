"""Notice a socket that is open and deaf, and put another one in its place.

Slack's library sees a line that answers no ping. It does not see one that answers, and on which
no event comes any more. Two signs are looked for: Slack tells the app of each message that it
posts itself, so one that is not heard back says that others are not heard either; and nothing at
all for long. A new socket costs little, and what was not acknowledged comes again.
"""

from __future__ import annotations

import asyncio

import structlog
from aiohttp import WSMessage
from slack_sdk.socket_mode.aiohttp import SocketModeClient

log = structlog.get_logger()

ECHO_SECONDS = 20.0
# Slack opens one a minute or so for an app: no sooner is it tried again.
LEAST_SECONDS = 15.0


class Watching:
    """Watches one client of Socket Mode."""

    def __init__(self, client: SocketModeClient, quiet_seconds: float) -> None:
        """Take the client, and how long Slack may be silent on it."""
        self._client, self._quiet = client, quiet_seconds
        self._echo = min(ECHO_SECONDS, quiet_seconds)
        self._heard_at = self._replaced_at = _now()
        self._posted: dict[str, float] = {}
        # Until one was heard it is not known that they come.
        self._hears_echoes = False
        self._task: asyncio.Task[None] | None = None
        client.on_message_listeners.append(self._heard)

    def start(self) -> None:
        """Watch until told to stop."""
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def posted(self, ts: str) -> None:
        """Expect to hear of a message that was posted just now."""
        if self._hears_echoes:
            self._posted[ts] = _now()

    def echoed(self, ts: str) -> None:
        """Note that a message of ours was heard of."""
        self._hears_echoes = True
        self._posted.pop(ts, None)

    async def _heard(self, message: WSMessage) -> None:
        self._heard_at = _now()

    async def _watch(self) -> None:
        every = min(self._quiet / 4, 1.0)
        while True:
            await asyncio.sleep(every)
            session = self._client.current_session
            if session is not None and session.closed:
                # Slack's library looks only now and then, and what comes meanwhile is lost to us.
                await self._connect(is_deaf=False)
            why = self._why_deaf()
            if why is None or _now() - self._replaced_at < min(LEAST_SECONDS, self._quiet):
                continue
            log.warning("slack.socket_replaced", why=why)
            self._replaced_at = self._heard_at = _now()
            self._posted.clear()
            await self._connect(is_deaf=True)

    async def _connect(self, *, is_deaf: bool) -> None:
        try:
            await self._client.connect_to_new_endpoint(force=is_deaf)
        except Exception as fault:  # noqa: BLE001 - of whatever kind, it is tried again
            log.warning("slack.not_connected", kind=type(fault).__name__)

    def _why_deaf(self) -> str | None:
        now = _now()
        if any(now - at > self._echo for at in self._posted.values()):
            return "no_echo"
        return "quiet" if now - self._heard_at > self._quiet else None


def _now() -> float:
    return asyncio.get_running_loop().time()
