"""Signing in by the clinic's own server: who an account is there is bound beforehand.

Nobody who merely arrives gets an account. An account is bound by its owner, signed in just
now, or by an administrator's command.
"""

from __future__ import annotations

from dataclasses import dataclass

from authlib.common.security import generate_token
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.accounts.challenges import HalfDone, keep_challenge, take_challenge
from bot.conversation.accounts.noted import note_method
from bot.conversation.accounts.provider import ClinicProvider
from bot.conversation.accounts.refused import SignInRefused
from bot.conversation.accounts.sessions import Visitor, begin_session
from bot.conversation.accounts.tokens import new_token
from bot.conversation.desk import Desk
from bot.storage.holding import hold_account
from bot.storage.models import Account
from bot.storage.sign_in_tables import ClinicIdentity
from bot.storage.states import ChallengePurpose, How, SignInChange

_VERIFIER_LENGTH = 64


@dataclass(frozen=True)
class SentThere:
    """Where a person is sent, and what their browser keeps until they come back."""

    address: str
    browser_token: str


async def send_to_clinic(
    desk: Desk, provider: ClinicProvider, to_bind: Account | None = None
) -> SentThere:
    """Begin signing in at the clinic's server, or binding an account to who one is there.

    Raises `SignInRefused`.
    """
    if not provider.issuer:
        raise SignInRefused("no_clinic_here")
    state, nonce, verifier = new_token(), new_token(), generate_token(_VERIFIER_LENGTH)
    browser_token = new_token()
    address = await provider.address(state, nonce, verifier)
    purpose = ChallengePurpose.CLINIC_BIND if to_bind else ChallengePurpose.CLINIC_SIGN_IN
    await keep_challenge(
        desk,
        purpose,
        # Found again by what only this browser has together with what the address brings back.
        _joined(state, browser_token),
        to_bind.id if to_bind else None,
        {"nonce": nonce, "verifier": verifier},
    )
    return SentThere(address, browser_token)


async def back_from_clinic(
    desk: Desk,
    provider: ClinicProvider,
    state: str,
    code: str,
    browser_token: str,
    visitor: Visitor,
) -> tuple[Account, str] | None:
    """Finish what `send_to_clinic` began: give account and session token, or None once bound.

    Raises `SignInRefused`.
    """
    half, is_binding = await _begun(desk, _joined(state, browser_token))
    subject = await provider.subject(code, half.data["nonce"], half.data["verifier"])
    if is_binding:
        async with desk.sessions() as session:
            account = await session.get_one(Account, half.account_id)
        await bind(desk, account, provider.issuer, subject)
        return None
    async with desk.sessions.begin() as session:
        found = await account_at(session, provider.issuer, subject)
        if found is None or found.disabled_at is not None:
            raise SignInRefused("clinic_unknown")
        return found, await begin_session(desk, session, found, How.CLINIC, visitor)


async def account_at(session: AsyncSession, issuer: str | None, subject: str) -> Account | None:
    """Give the account that is bound to somebody at the clinic, a closed one too, or None."""
    found: Account | None = await session.scalar(
        select(Account)
        .join(ClinicIdentity, ClinicIdentity.account_id == Account.id)
        .where(ClinicIdentity.issuer == issuer, ClinicIdentity.oidc_subject == subject)
    )
    return found


async def bind(desk: Desk, account: Account, issuer: str, subject: str) -> None:
    """Bind an account to who it is at the clinic. Raises `SignInRefused` if somebody else is."""
    try:
        async with desk.sessions.begin() as session:
            await hold_account(session, account.id)
            await session.execute(
                delete(ClinicIdentity).where(ClinicIdentity.account_id == account.id)
            )
            session.add(
                ClinicIdentity(
                    account_id=account.id,
                    issuer=issuer,
                    oidc_subject=subject,
                    bound_at=desk.clock(),
                )
            )
            await session.flush()
            await note_method(desk, session, account.id, How.CLINIC, SignInChange.ADDED)
    except IntegrityError:
        raise SignInRefused("clinic_taken") from None


async def unbind(desk: Desk, account: Account) -> None:
    """Let an account no longer come in by the clinic's server."""
    async with desk.sessions.begin() as session:
        await session.execute(delete(ClinicIdentity).where(ClinicIdentity.account_id == account.id))
        await note_method(desk, session, account.id, How.CLINIC, SignInChange.REMOVED)


async def _begun(desk: Desk, token: str) -> tuple[HalfDone, bool]:
    try:
        return await take_challenge(desk, ChallengePurpose.CLINIC_SIGN_IN, token), False
    except SignInRefused:
        return await take_challenge(desk, ChallengePurpose.CLINIC_BIND, token), True


def _joined(state: str, browser_token: str) -> str:
    return f"{state}\0{browser_token}"
