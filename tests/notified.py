"""A real mail server and a real webhook of Slack's kind, on this machine, which may fail."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

USER, PASSWORD = "ballast", "wren harbour kettle"


@dataclass
class MailServer:
    """Takes mail, or answers what it is told to."""

    port: int = 0
    answer: str = "250 OK"
    taken: list[Envelope] = field(default_factory=list)
    # Closed, it answers nothing.
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    tries: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.tries += 1
        await self.gate.wait()
        if self.answer.startswith("2"):
            self.taken.append(envelope)
        return self.answer

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(one.content, policy=policy.default) for one in self.taken]

    @property
    def texts(self) -> list[str]:
        return [mail.get_content() for mail in self.mails]

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "smtp_host": "localhost",
            "smtp_port": self.port,
            "smtp_tls": "none",
            "smtp_from": "ballast@clinic.example",
        }


def _sign_in(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
    fits = given == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=fits, handled=fits)


@asynccontextmanager
async def mail_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[MailServer]:
    """A mail server; with `tls` one that asks for a private line and a sign-in."""
    loop = asyncio.get_running_loop()
    mail = MailServer()
    mail.gate.set()
    extra: dict[str, Any] = {}
    if tls:
        extra = {
            "tls_context": tls,
            "require_starttls": True,
            "auth_required": True,
            "authenticator": _sign_in,
        }
    server = await loop.create_server(
        lambda: SMTP(mail, hostname="localhost", loop=loop, **extra), "localhost", 0
    )
    mail.port = server.sockets[0].getsockname()[1]
    # Both names of this machine, so that whichever is tried first is the same server.
    try:
        yield mail
    finally:
        mail.gate.set()
        server.close()


@dataclass
class SlackChannel:
    """Takes what is posted, or answers what it is told to."""

    server: TestServer
    status: int = 200
    taken: list[dict[str, Any]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    tries: int = 0

    @property
    def webhook(self) -> str:
        return f"http://127.0.0.1:{self.server.port}/services/T0/B0/secret"

    async def post(self, request: web.Request) -> web.Response:
        self.tries += 1
        await self.gate.wait()
        if self.status == 200:
            self.taken.append(await request.json())
            return web.Response(text="ok")
        return web.Response(status=self.status, headers={"Location": self.webhook})


@asynccontextmanager
async def slack_channel() -> AsyncIterator[SlackChannel]:
    app = web.Application()
    channel = SlackChannel(TestServer(app))
    channel.gate.set()
    app.router.add_post("/services/{tail:.*}", channel.post)
    async with channel.server:
        yield channel
        channel.gate.set()
