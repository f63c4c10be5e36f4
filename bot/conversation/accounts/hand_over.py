"""Coming in by a token that the page around the chat was given by its own server.

The token says who somebody is at the clinic; who that is here was bound beforehand, as for the
clinic's own sign-in, and nobody who merely arrives gets an account. Whatever is wrong with a
token is answered in one sentence: which it was would help only whoever tries.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OctKey, RSAKey
from sqlalchemy.exc import IntegrityError

from bot.conversation.accounts.challenges import keep_challenge
from bot.conversation.accounts.clinic import account_at
from bot.conversation.accounts.noted import note_refusal
from bot.conversation.accounts.refused import SignInRefused
from bot.conversation.accounts.sessions import Visitor, begin_session
from bot.conversation.desk import Clock, Desk
from bot.privacy.sealing.problems import KeyProblem
from bot.settings import Settings
from bot.storage.models import Account
from bot.storage.states import ChallengePurpose, How

LONGEST_HAND_OVER = 4096
# From when it was made to when it ends. A used one is kept for longer than that.
LASTS = timedelta(minutes=2)
CLOCKS_DIFFER = timedelta(seconds=30)
_LONGEST_CLAIM = 255
_SHORTEST_SECRET_BYTES = 32
_MALFORMED = (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


class HandOverKeyWrong(KeyProblem):
    """The file in the settings holds no key that tokens of a page around can be checked with."""


@dataclass(frozen=True)
class _Said:
    """What a good token says: who somebody is at the clinic, and its own id."""

    subject: str
    token_id: str


class HandOver:
    """Checks tokens of a page around the chat, as the settings say."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Read the key. Raises `HandOverKeyWrong`."""
        self._settings = settings
        self._clock = clock
        self._key = _key_of(settings) if settings.hand_over_issuer else None

    def read(self, token: str) -> _Said:
        """Give what a token says, if all of it fits. Raises `SignInRefused`."""
        try:
            return self._checked(token)
        except _MALFORMED:
            raise SignInRefused("hand_over_refused") from None

    def _checked(self, token: str) -> _Said:
        if self._key is None:
            raise ValueError("no hand-over here")
        algorithm = self._settings.hand_over_algorithm
        claims: dict[str, Any] = jwt.decode(token, self._key, algorithms=[algorithm]).claims
        if claims["iss"] != self._settings.hand_over_issuer:
            raise ValueError("from somebody else")
        # One audience: a token that opens other doors as well could be carried from there to here.
        if claims["aud"] not in (self._settings.address, [self._settings.address]):
            raise ValueError("for somebody else")
        self._check_times(claims)
        return _Said(_text(claims["sub"]), _text(claims["jti"]))

    def _check_times(self, claims: dict[str, Any]) -> None:
        begins, made, ends = (
            _seconds(claims.get("nbf", claims["iat"])),
            _seconds(claims["iat"]),
            _seconds(claims["exp"]),
        )
        now, differ = self._clock().timestamp(), CLOCKS_DIFFER.total_seconds()
        lasts = ends - made
        if not 0 < lasts <= LASTS.total_seconds():
            raise ValueError("lasts too long")
        if max(made, begins) > now + differ or ends <= now - differ:
            raise ValueError("not now")


async def come_in(
    desk: Desk, hand_over: HandOver, token: str, visitor: Visitor, here: Account | None
) -> tuple[Account, str | None]:
    """Give the account that a token is for, with a session token unless it is in `here` already.

    The sign-in of anybody else that this browser had ends. Raises `SignInRefused`.
    """
    said = hand_over.read(token)
    async with desk.sessions() as session:
        account = await account_at(session, desk.settings.clinic_issuer, said.subject)
    is_first = await _is_used_up_now(desk, said.token_id)
    if account is None or account.disabled_at is not None or not is_first:
        if account is not None:
            await note_refusal(desk, account.id, How.HAND_OVER)
        raise SignInRefused("hand_over_refused")
    if here is not None and here.id == account.id:
        return account, None
    async with desk.sessions.begin() as session:
        return account, await begin_session(desk, session, account, How.HAND_OVER, visitor)


async def _is_used_up_now(desk: Desk, token_id: str) -> bool:
    """Remember that a token was used; False when it was before: the database holds it once."""
    used = f"hand-over\0{desk.settings.hand_over_issuer}\0{token_id}"
    try:
        await keep_challenge(desk, ChallengePurpose.HAND_OVER, used, tries=0)
    except IntegrityError:
        return False
    return True


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_CLAIM:
        raise ValueError("no text")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("no time")
    return value


def _key_of(settings: Settings) -> Key:
    file, algorithm = settings.hand_over_key_file, settings.hand_over_algorithm
    try:
        raw = file.read_bytes().strip() if file else b""
        if algorithm == "HS256":
            # With a public key taken for a secret, everybody who has the key could sign.
            if len(raw) < _SHORTEST_SECRET_BYTES or raw.startswith((b"-----", b"{")):
                raise ValueError("no secret")
            return OctKey.import_key(raw)
        # A JWK is an object, a PEM a text.
        data = json.loads(raw) if raw.startswith(b"{") else raw
        if algorithm != "ES256":
            return RSAKey.import_key(data)
        key = ECKey.import_key(data)
        if key.curve_name != "P-256":
            raise ValueError("another curve")
    except (OSError, *_MALFORMED):
        raise HandOverKeyWrong(
            f"{file} (BALLAST_HAND_OVER_KEY_FILE) holds no key for {algorithm}. A public key is "
            "expected, as PEM or JWK; for HS256 a secret of 32 bytes or more."
        ) from None
    else:
        return key
