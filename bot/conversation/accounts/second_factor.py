"""The second factor of a password: codes of an authenticator app, and codes to recover."""

from __future__ import annotations

import base64
import hmac
import io
import re
import secrets

import pyotp
import segno
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.accounts.challenges import (
    drop_challenges,
    keep_challenge,
    look_at_challenge,
    take_challenge,
)
from bot.conversation.accounts.noted import note_method
from bot.conversation.accounts.refused import SignInRefused
from bot.conversation.accounts.seal import open_sealed, seal
from bot.conversation.accounts.tokens import hash_of, new_token
from bot.conversation.desk import Desk
from bot.storage.holding import hold_account
from bot.storage.models import Account
from bot.storage.sign_in_tables import RecoveryCode, SecondFactor
from bot.storage.states import ChallengePurpose, How, SignInChange

_STEP_SECONDS = 30
# A clock may be half a minute off; more steps would be more codes to guess at.
_STEPS_OFF = 1
_SETTING_TRIES = 10
RECOVERY_CODES = 10
# 120 bits: so long that a plain hash cannot be searched (OWASP ASVS 6.5.2 asks for 112).
_RECOVERY_BYTES = 15


async def begin_setting(desk: Desk, account: Account) -> str:
    """Make a new secret, and give the token with which `finish_setting` takes it up."""
    secret, token = pyotp.random_base32(), new_token()
    async with desk.sessions.begin() as session:
        await drop_challenges(session, account.id, ChallengePurpose.SET_SECOND_FACTOR)
    await keep_challenge(
        desk,
        ChallengePurpose.SET_SECOND_FACTOR,
        token,
        account.id,
        {"secret": secret},
        tries=_SETTING_TRIES,
    )
    return token


async def secret_being_set(desk: Desk, account: Account) -> str | None:
    """Give the secret that an account is about to set, or None."""
    half = await look_at_challenge(desk, ChallengePurpose.SET_SECOND_FACTOR, account.id)
    return str(half.data["secret"]) if half else None


def picture_of(secret: str, name: str) -> bytes:
    """Give the QR code that an authenticator app reads, as SVG without any style of its own."""
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Ballast")
    drawn = io.BytesIO()
    segno.make_qr(address, error="m").save(
        drawn, kind="svg", scale=5, border=4, light="#ffffff", dark="#000000", xmldecl=False
    )
    return drawn.getvalue()


async def finish_setting(desk: Desk, account: Account, token: str, code: str) -> list[str]:
    """Take up a new second factor if the code is right, and give new recovery codes.

    Raises `SignInRefused`.
    """
    half = await take_challenge(desk, ChallengePurpose.SET_SECOND_FACTOR, token)
    secret = str(half.data["secret"])
    step = _step_of(desk, secret, code)
    if step is None or half.account_id != account.id:
        raise SignInRefused("wrong_code")
    async with desk.sessions.begin() as session:
        await hold_account(session, account.id)
        await drop_challenges(session, account.id, ChallengePurpose.SET_SECOND_FACTOR)
        await session.execute(delete(SecondFactor).where(SecondFactor.account_id == account.id))
        sealed = seal(desk, secret.encode(), "second_factors", "sealed_secret", account.id)
        session.add(
            SecondFactor(
                account_id=account.id, sealed_secret=sealed, last_step=step, made_at=desk.clock()
            )
        )
        codes = await new_recovery_codes(session, account)
        await note_method(desk, session, account.id, How.PASSWORD, SignInChange.SECOND_FACTOR)
    return codes


async def new_recovery_codes(session: AsyncSession, account: Account) -> list[str]:
    """Give new recovery codes in place of all old ones; only their hashes are kept."""
    await session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [
        base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
        for _ in range(RECOVERY_CODES)
    ]
    session.add_all(
        RecoveryCode(code_hash=_hash_of_recovery(account.id, code), account_id=account.id)
        for code in codes
    )
    return ["-".join(re.findall("....", code)) for code in codes]


async def recovery_codes_left(session: AsyncSession, account: Account) -> int:
    """Give how many recovery codes an account has not used yet."""
    query = select(func.count()).where(
        RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None)
    )
    return await session.scalar(query) or 0


async def is_right(desk: Desk, session: AsyncSession, account_id: str, code: str) -> bool:
    """Say whether `code` is the app's of now or an unused one to recover; it is used up."""
    plain = re.sub(r"[\s-]", "", code).lower()
    if re.fullmatch("[0-9]{6}", plain) is None:
        return await _use_recovery(desk, session, account_id, plain)
    factor = await session.get(SecondFactor, account_id)
    if factor is None:
        return False
    secret = open_sealed(desk, factor.sealed_secret, "second_factors", "sealed_secret", account_id)
    step = _step_of(desk, secret.decode(), plain) if secret else None
    if step is None:
        return False
    used = await session.execute(
        # In the database, so that one code seen over a shoulder lets nobody in twice.
        update(SecondFactor)
        .where(SecondFactor.account_id == account_id, SecondFactor.last_step < step)
        .values(last_step=step)
    )
    return bool(used.rowcount == 1)  # type: ignore[attr-defined]


async def _use_recovery(desk: Desk, session: AsyncSession, account_id: str, plain: str) -> bool:
    used = await session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.code_hash == _hash_of_recovery(account_id, plain),
            RecoveryCode.account_id == account_id,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=desk.clock())
    )
    return bool(used.rowcount == 1)  # type: ignore[attr-defined]


def _hash_of_recovery(account_id: str, plain: str) -> str:
    return hash_of(f"recovery\0{account_id}\0{plain}")


def _step_of(desk: Desk, secret: str, code: str) -> int | None:
    """Give the time step whose code this is, or None."""
    plain = re.sub(r"\s", "", code)
    now = int(desk.clock().timestamp()) // _STEP_SECONDS
    app = pyotp.TOTP(secret, interval=_STEP_SECONDS)
    fitting = [
        step
        for step in range(now - _STEPS_OFF, now + _STEPS_OFF + 1)
        if hmac.compare_digest(app.generate_otp(step).encode(), plain.encode())
    ]
    return max(fitting, default=None)
