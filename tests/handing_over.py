"""A host page's server: signs short-lived tokens; a test may make it lie."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from bot.conversation.accounts.clinic import bind
from bot.storage.columns import new_id
from bot.storage.models import Account
from tests.gateway import Gateway

ISSUER = "https://intranet.clinic.example"


class HostServer:
    """Knows who is who at the clinic, and signs it for Ballast."""

    def __init__(self, folder: Path) -> None:
        self.key = ECKey.generate_key("P-256")
        self.file = folder / "hand-over.pem"
        self.file.write_bytes(self.key.as_pem(private=False))

    @property
    def settings(self) -> dict[str, Any]:
        return {"hand_over_issuer": ISSUER, "hand_over_key_file": self.file}

    async def knows(self, gateway: Gateway, account: Account) -> str:
        """Say who somebody is at the clinic."""
        subject = new_id()
        issuer = gateway.desk.settings.clinic_issuer
        assert issuer
        await bind(gateway.desk, account, issuer, subject)
        return subject

    def claims(self, gateway: Gateway, subject: str, **other: Any) -> dict[str, Any]:
        now = int(gateway.desk.clock().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": gateway.desk.settings.address,
            "sub": subject,
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_urlsafe(16),
        } | other
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, gateway: Gateway, subject: str, **other: Any) -> str:
        return jwt.encode({"alg": "ES256"}, self.claims(gateway, subject, **other), self.key)
