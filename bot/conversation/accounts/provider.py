"""The clinic's OpenID Connect server: what it publishes, the code's exchange, the token's check.

Nothing it sends is believed before its signature, issuer, audience, times and nonce fit.
"""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.conversation.accounts.refused import SignInRefused
from bot.conversation.desk import Clock
from bot.settings import Settings

# Asymmetric ones only: with HS256 whoever knows the client's secret could sign.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
_TIMEOUT = ClientTimeout(total=10)
_LARGEST_ANSWER_BYTES = 256 * 1024
_KNOWN_FOR = timedelta(hours=1)
_CLOCKS_DIFFER_SECONDS = 60
_MALFORMED = (JoseError, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True)
class _Published:
    """What the server says of itself, and its keys."""

    authorization_endpoint: str
    token_endpoint: str
    keys: KeySet
    read_at: datetime


@dataclass
class ClinicProvider:
    """The clinic's server, as the settings name it; what it publishes is known for an hour."""

    settings: Settings
    http: ClientSession
    clock: Clock
    _published: _Published | None = None
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def issuer(self) -> str:
        """The issuer, or an empty text where no clinic is configured."""
        return self.settings.oidc_issuer or ""

    @property
    def way_back(self) -> str:
        """Where the clinic's server sends people back to."""
        return f"{self.settings.address}/sign-in/clinic/back"

    async def address(self, state: str, nonce: str, verifier: str) -> str:
        """Give the address at which the person signs in there. Raises `SignInRefused`."""
        published = await self._known()
        return str(
            prepare_grant_uri(
                published.authorization_endpoint,
                client_id=self.settings.oidc_client_id,
                response_type="code",
                redirect_uri=self.way_back,
                scope="openid",
                state=state,
                nonce=nonce,
                code_challenge=create_s256_code_challenge(verifier),
                code_challenge_method="S256",
            )
        )

    async def subject(self, code: str, nonce: str, verifier: str) -> str:
        """Exchange a code, check the id token, and give whom it names. Raises `SignInRefused`."""
        published = await self._known()
        body = await self._exchange(published, code, verifier)
        try:
            return await self._checked(str(body["id_token"]), nonce, str(body["access_token"]))
        except _MALFORMED:
            raise SignInRefused("clinic_refused") from None

    async def _checked(self, id_token: str, nonce: str, access_token: str) -> str:
        try:
            claims = await self._decoded(id_token)
        except (JoseError, ValueError):
            # Keys are changed from time to time: ask for them anew, once.
            await self._known(anew=True)
            claims = await self._decoded(id_token)
        token = CodeIDToken(
            claims,
            {},
            {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self.settings.oidc_client_id},
                "nonce": {"essential": True, "value": nonce},
            },
            {
                "nonce": nonce,
                "client_id": self.settings.oidc_client_id,
                "access_token": access_token,
            },
        )
        token.validate(now=int(self.clock().timestamp()), leeway=_CLOCKS_DIFFER_SECONDS)
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise ValueError("no subject")
        return subject

    async def _decoded(self, id_token: str) -> dict[str, Any]:
        published = await self._known()
        return dict(jwt.decode(id_token, published.keys, algorithms=list(ALGORITHMS)).claims)

    async def _exchange(self, published: _Published, code: str, verifier: str) -> dict[str, Any]:
        secret = self.settings.oidc_client_secret
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.way_back,
            "client_id": self.settings.oidc_client_id,
            "code_verifier": verifier,
        }
        headers = {}
        if secret is not None:
            # Quoted each, as RFC 6749 (2.3.1) has it, before they are joined.
            pair = (self.settings.oidc_client_id, secret.get_secret_value())
            joined = ":".join(quote(part, safe="") for part in pair)
            headers["Authorization"] = f"Basic {b64encode(joined.encode()).decode()}"
        return await self._ask("POST", published.token_endpoint, data=form, headers=headers)

    async def _known(self, *, anew: bool = False) -> _Published:
        async with self._reading:
            now = self.clock()
            known = self._published
            if known is not None and not anew and now - known.read_at < _KNOWN_FOR:
                return known
            place = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
            told = await self._ask("GET", place)
            try:
                if told["issuer"] != self.issuer:
                    raise SignInRefused("clinic_refused")
                ends = [
                    self._own(told[name])
                    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
                ]
                keys = KeySet.import_key_set(await self._ask("GET", ends[2]))  # type: ignore[arg-type]
            except _MALFORMED:
                raise SignInRefused("clinic_refused") from None
            self._published = _Published(ends[0], ends[1], keys, now)
            return self._published

    def _own(self, address: object) -> str:
        """Give an address as it is if it is as safe as the issuer's own."""
        parts = urlsplit(str(address))
        if not parts.hostname or (
            parts.scheme != "https" and parts.scheme != urlsplit(self.issuer).scheme
        ):
            raise ValueError("not a safe address")
        return str(address)

    async def _ask(self, method: str, address: str, **more: Any) -> dict[str, Any]:
        try:
            async with self.http.request(
                method, address, timeout=_TIMEOUT, allow_redirects=False, **more
            ) as response:
                raw = await response.content.read(_LARGEST_ANSWER_BYTES + 1)
                status = response.status
                # `read` gives what has come so far; the end has to be waited for.
                while len(raw) <= _LARGEST_ANSWER_BYTES and not response.content.at_eof():
                    raw += await response.content.read(_LARGEST_ANSWER_BYTES + 1 - len(raw))
        except (ClientError, TimeoutError, OSError):
            raise SignInRefused("clinic_down") from None
        if status >= 500:
            raise SignInRefused("clinic_down")
        try:
            body = json.loads(raw[: _LARGEST_ANSWER_BYTES + 1])
        except (ValueError, RecursionError):
            raise SignInRefused("clinic_refused") from None
        if status != 200 or not isinstance(body, dict):
            raise SignInRefused("clinic_refused")
        return body
