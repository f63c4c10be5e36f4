"""Who can be reached: gateway, Rasa and actions; TLS; and what is outside, where it is set."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import aiosmtplib
from aiohttp import ClientError, ClientSession, ClientTimeout
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, RedisError

from bot.conversation.channels import mail_server
from bot.run.preflight import check_port
from bot.run.problems import CannotRun
from bot.settings import Settings
from bot.slack.checking import check_all
from bot.terminal.doctor.finding import Finding, State, look, well, wrong

_SECONDS = 5.0
_FEW_DAYS = 14
_NOT_THERE = (ClientError, OSError, ValueError)  # a time-out is an OSError


async def check_reach(settings: Settings) -> AsyncIterator[Finding]:
    """Ask everybody that Ballast talks to. Nothing is sent that has an effect."""
    async with ClientSession(timeout=ClientTimeout(total=_SECONDS)) as http:
        for checked in (
            _gateway(settings, http),
            *(_rasa(settings, http, url) for url in settings.rasa_urls),
            _actions(settings, http),
            _redis(settings),
            _certificate(settings),
            _mail(settings),
            _webhook(settings),
            _clinic(settings, http),
        ):
            finding = await checked
            if finding is not None:
                yield finding
    if settings.has_slack_app:
        async for said in check_all(settings):
            yield Finding("slack", State.WELL if said.is_well else State.WRONG, said.sentence)


async def _gateway(settings: Settings, http: ClientSession) -> Finding:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    try:
        async with http.get(f"http://{host}:{settings.port}/healthz") as response:
            body: Any = await response.json()
            is_up = body["database"] == "up"
    except (*_NOT_THERE, KeyError, TypeError):
        return _nobody(settings)
    if not is_up:
        return wrong("gateway", "The gateway is up and has no database; its log says why.")
    return well("gateway", f"The gateway answers on port {settings.port}.")


def _nobody(settings: Settings) -> Finding:
    try:
        check_port(settings.host, settings.port, "the gateway")
    except CannotRun as fault:
        return wrong("gateway", f"No gateway answers, and another program is there. {fault}")
    return wrong(
        "gateway",
        f"The gateway does not run: nobody listens on port {settings.port}. Start it (`make run`, "
        "`ballast serve`), or see its log.",
    )


async def _rasa(settings: Settings, http: ClientSession, url: str) -> Finding:
    channel = f"{url}/webhooks/ballast/"
    try:
        async with http.get(channel) as response:
            if response.status != 200:
                return wrong("rasa", "Rasa is up without a model: run `make train`, see its log.")
        secret = _secret(settings)
        if secret is None:
            return wrong(
                "rasa",
                "The gateway has no secret for Rasa: neither BALLAST_RASA_SECRET nor the file "
                f"{settings.rasa_secret_path}. `ballast run` and `ballast first-run` make one.",
            )
        # No turn, so it has no effect: refused for its shape by whoever takes the secret.
        headers = {"Authorization": f"Bearer {secret}"}
        async with http.post(channel + "turn", json=[], headers=headers) as response:
            if response.status == 403:
                return wrong(
                    "rasa",
                    "Rasa does not know the gateway's secret, so no turn is answered: give both "
                    "the same BALLAST_RASA_SECRET or file, and start Rasa again.",
                )
    except _NOT_THERE:
        return wrong(
            "rasa",
            f"Rasa does not answer at {url}: what is written is kept, and nobody is "
            "answered. Start it, or see its log.",
        )
    return well("rasa", f"Rasa is ready at {url} and knows the gateway's secret.")


def _secret(settings: Settings) -> str | None:
    if settings.rasa_secret is not None:
        return settings.rasa_secret.get_secret_value()
    try:
        return settings.rasa_secret_path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None


async def _actions(settings: Settings, http: ClientSession) -> Finding:
    try:
        async with http.get(f"{settings.actions_url}/health") as response:
            if response.status == 200:
                return well("actions", "The action server answers.")
    except _NOT_THERE:
        pass
    return wrong(
        "actions",
        f"The action server does not answer at {settings.actions_url}: no turn is answered. Start "
        "it, or see its log.",
    )


async def _redis(settings: Settings) -> Finding | None:
    if settings.redis is None:
        return None
    try:
        password = settings.secret("redis_password")
        async with Redis.from_url(
            settings.redis, password=password, socket_timeout=_SECONDS
        ) as redis:
            # What only somebody with a right to it gets an answer to.
            await redis.pubsub_numsub("ballast:news")
    except AuthenticationError:
        return wrong("redis", "Redis does not take the password: set BALLAST_REDIS_PASSWORD_FILE.")
    except (RedisError, OSError):
        return wrong(
            "redis",
            "Redis does not answer: each copy of the gateway goes on by itself, and pages of one "
            "do not hear of another. Start it, or see BALLAST_REDIS.",
        )
    return well("redis", "Redis answers, and knows its password.")


async def _certificate(settings: Settings) -> Finding | None:
    if not settings.is_https:
        return None
    parts = urlsplit(settings.address)
    host, port = parts.hostname or "", parts.port or 443
    try:
        async with asyncio.timeout(_SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=ssl.create_default_context())
    except ssl.SSLCertVerificationError as fault:
        return wrong(
            "certificate",
            f"Browsers do not take the certificate of {host}: {fault.verify_message}. Renew it, or "
            "give the proxy the whole chain.",
        )
    except OSError:
        return look(
            "certificate",
            f"{settings.address} could not be reached from here, so its certificate was not looked "
            "at: try it in a browser.",
        )
    certificate = writer.get_extra_info("peercert")
    writer.close()
    days = (ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time()) / 86400
    if days < _FEW_DAYS:
        return wrong("certificate", f"The certificate of {host} ends in {days:.0f} days. Renew it.")
    return well("certificate", f"The certificate of {host} is good for {days:.0f} days.")


async def _mail(settings: Settings) -> Finding | None:
    if not settings.smtp_host:
        return None
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        async with asyncio.timeout(2 * _SECONDS):
            async with aiosmtplib.SMTP(**mail_server(settings), timeout=_SECONDS) as line:
                await line.noop()
    except aiosmtplib.SMTPAuthenticationError:
        return wrong("mail", f"The mail server {where} does not take user and password.")
    except (aiosmtplib.SMTPException, OSError, ValueError) as fault:
        return wrong(
            "mail",
            f"The mail server {where} does not take our line ({type(fault).__name__}). Check "
            "BALLAST_SMTP_HOST, _PORT and _TLS, and the way out.",
        )
    return well("mail", f"The mail server {where} lets us in.")


async def _webhook(settings: Settings) -> Finding | None:
    if settings.slack_webhook is None:
        return None
    parts = urlsplit(settings.slack_webhook.get_secret_value())
    is_https = parts.scheme == "https"
    port = parts.port or (443 if is_https else 80)
    try:
        async with asyncio.timeout(_SECONDS):
            _, writer = await asyncio.open_connection(
                parts.hostname, port, ssl=ssl.create_default_context() if is_https else None
            )
    except OSError:
        return wrong(
            "slack",
            f"{parts.hostname}, where the webhook is, cannot be reached. Is the way out open?",
        )
    writer.close()
    # Whether it takes messages is known by posting one only.
    return well("slack", f"{parts.hostname}, where the webhook is, can be reached.")


async def _clinic(settings: Settings, http: ClientSession) -> Finding | None:
    issuer = settings.oidc_issuer
    if not issuer:
        return None
    try:
        async with http.get(
            f"{issuer.rstrip('/')}/.well-known/openid-configuration", allow_redirects=False
        ) as response:
            body: Any = await response.json(content_type=None)
            told = body["issuer"]
    except (*_NOT_THERE, KeyError, TypeError):
        return wrong(
            "sign-in",
            f"The clinic's sign-in at {issuer} does not say who it is. Check BALLAST_OIDC_ISSUER "
            "and the way out.",
        )
    if told != issuer:
        return wrong(
            "sign-in",
            "The clinic's sign-in names itself otherwise than BALLAST_OIDC_ISSUER does, and is "
            "refused: copy its issuer letter by letter, a slash at the end included.",
        )
    return well("sign-in", "The clinic's sign-in answers.")
