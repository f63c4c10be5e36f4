"""HTTP mode: signed requests to the app's address, as Slack sends them."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientConnectionError, ClientSession, ClientTimeout

from tests.slack.mock.clock import Clock
from tests.slack.mock.delivery import COMMAND, EVENT, Delivery
from tests.slack.mock.faults import Fault
from tests.slack.mock.limits import ANSWER_SECONDS
from tests.slack.mock.workspace import App

Json = dict[str, Any]


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Sign a body as Slack does (version v0)."""
    signed = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Signed:
    """A request as it goes over the wire."""

    body: bytes
    headers: dict[str, str]


class HttpMode:
    """Posts to one address; `http` is closed by whoever made it."""

    def __init__(self, clock: Clock, app: App, http: ClientSession, address: str) -> None:
        self._clock = clock
        self._app = app
        self._http = http
        self.address = address

    def sign(
        self, body: bytes, content_type: str, age_seconds: float = 0.0, secret: str = ""
    ) -> Signed:
        """Give a request of a certain age, signed with the app's secret or another."""
        timestamp = str(int(self._clock() - age_seconds))
        return Signed(
            body,
            {
                "Content-Type": content_type,
                "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
                "X-Slack-Request-Timestamp": timestamp,
                "X-Slack-Signature": signature(secret or self._app.signing_secret, timestamp, body),
            },
        )

    def request(self, delivery: Delivery, **how: Any) -> Signed:
        """Give the request that carries a delivery."""
        if delivery.kind == EVENT:
            return self.sign(json.dumps(delivery.payload).encode(), "application/json", **how)
        form = delivery.payload
        if delivery.kind != COMMAND:
            form = {"payload": json.dumps(delivery.payload)}
        return self.sign(urlencode(form).encode(), "application/x-www-form-urlencoded", **how)

    async def post(self, signed: Signed) -> tuple[int, str]:
        """Send a request as it is; give status and text."""
        async with self._http.post(
            self.address, data=signed.body, headers=signed.headers
        ) as response:
            return response.status, await response.text()

    async def verify(self, challenge: str) -> tuple[int, str]:
        """Ask the address whether it is the app's, as Slack does when it is entered."""
        asked = {
            "token": self._app.verification_token,
            "challenge": challenge,
            "type": "url_verification",
        }
        return await self.post(self.sign(json.dumps(asked).encode(), "application/json"))

    async def send(self, delivery: Delivery, attempt: int, reason: str) -> str:
        signed = self.request(delivery)
        headers = dict(signed.headers)
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        patience = ClientTimeout(total=ANSWER_SECONDS / self._clock.speed)
        try:
            async with self._http.post(
                self.address, data=signed.body, headers=headers, timeout=patience
            ) as response:
                text = await response.text()
        except TimeoutError:
            return "http_timeout"
        except ClientConnectionError:
            return "connection_failed"
        if not 200 <= response.status < 300:
            return "no_retry" if response.headers.get("X-Slack-No-Retry") == "1" else "http_error"
        delivery.answer(_opened(text, response.content_type))
        return ""

    async def spoil(self, fault: Fault) -> None:
        """There is no line that could be closed or go deaf."""


def _opened(text: str, content_type: str) -> Json | None:
    if not text:
        return None
    return dict(json.loads(text)) if content_type == "application/json" else {"text": text}
