"""A small OpenID Connect server of a clinic, over real HTTP; a test may make it lie."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tests.gateway import FakeClock

CLIENT, SECRET = "ballast", "a secret of the clinic's"


@dataclass
class ClinicServer:
    """Knows one person, `subject`, who is signed in there already."""

    clock: FakeClock
    subject: str = "subject-1"
    key: RSAKey | ECKey = field(default_factory=lambda: RSAKey.generate_key(2048))
    algorithm: str = "RS256"
    # What a test wants different: claims of the token, what is published, the token itself.
    claims: dict[str, Any] = field(default_factory=dict)
    published: dict[str, Any] = field(default_factory=dict)
    forge: Callable[[str], str] = str
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    server: TestServer = field(init=False)

    def __post_init__(self) -> None:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._publish)
        app.router.add_get("/authorize", self._authorize)
        app.router.add_post("/token", self._token)
        app.router.add_get("/keys", self._keys)
        self.server = TestServer(app)

    @property
    def issuer(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    async def _publish(self, request: web.Request) -> web.Response:
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return web.json_response(told | self.published)

    async def _keys(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": [self.key.as_dict(private=False)]})

    async def _authorize(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["scope"] == "openid"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        raise web.HTTPFound(f"{asked['redirect_uri']}?code={code}&state={asked['state']}")

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        asked = self.codes.pop(str(form["code"]), None)
        verifier = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        joined = base64.b64decode(request.headers["Authorization"].removeprefix("Basic "))
        login, _, password = joined.decode().partition(":")
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form["redirect_uri"]
            or (login, unquote(password)) != (CLIENT, SECRET)
        ):
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = int(self.clock.now.timestamp())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode({"alg": self.algorithm}, claims, self.key)
        return web.json_response(
            {"id_token": self.forge(token), "access_token": "x", "token_type": "Bearer"}
        )
