"""Hand one message to a mail server or to Slack: it was taken, or it was not."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import aiosmtplib
from aiohttp import ClientError, ClientSession

from bot.conversation.desk import Desk
from bot.settings import Settings

# To connect, to sign in and to be taken, all together.
SECONDS = 20.0


class NotTaken(Exception):
    """The server was not reached, or did not take the message; `kind` says how that showed."""

    def __init__(self, kind: str) -> None:
        """Take the name of a fault, in which no word of a server stands."""
        super().__init__(kind)
        self.kind = kind


async def send_mail(desk: Desk, to: str, text: str, message_id: str) -> None:
    """Hand a message to the mail server. Raises `NotTaken`.

    The same `message_id` sent twice is the same mail to programs that look for doubles.
    """
    settings = desk.settings
    host = urlsplit(settings.address).hostname or "localhost"
    mail = EmailMessage()
    mail["From"], mail["To"] = settings.smtp_from, to
    mail["Subject"] = desk.notices["notify_subject"]
    mail["Date"] = format_datetime(desk.clock())
    mail["Message-ID"] = f"<{message_id}@{host}>"
    # Nobody's out-of-office reply is wanted.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    try:
        async with asyncio.timeout(SECONDS):
            await aiosmtplib.send(
                mail, **mail_server(settings), local_hostname=host, timeout=SECONDS
            )
    except (aiosmtplib.SMTPException, OSError, ValueError) as fault:
        raise NotTaken(type(fault).__name__) from None


def mail_server(settings: Settings) -> dict[str, Any]:
    """Give where the mail server is and how it lets us in, as aiosmtplib wants it."""
    password = settings.smtp_password
    return {
        "hostname": settings.smtp_host,
        "port": settings.smtp_port,
        "use_tls": settings.smtp_tls == "tls",
        # True and not None: without TLS nothing is said at all.
        "start_tls": settings.smtp_tls == "starttls",
        "username": settings.smtp_user,
        "password": password.get_secret_value() if password else None,
    }


async def post_to_slack(desk: Desk, http: ClientSession, text: str) -> None:
    """Hand a message to the webhook of the team's channel. Raises `NotTaken`."""
    webhook = desk.settings.slack_webhook
    if webhook is None:
        raise NotTaken("NoWebhook")
    try:
        async with asyncio.timeout(SECONDS):
            async with http.post(
                webhook.get_secret_value(), json={"text": text}, allow_redirects=False
            ) as answer:
                status = answer.status
    except (ClientError, OSError, ValueError) as fault:
        raise NotTaken(type(fault).__name__) from None
    if status != 200:
        raise NotTaken(f"Status{status}")
