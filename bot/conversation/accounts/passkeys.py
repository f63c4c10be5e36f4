"""Passkeys: making one, signing in with one press, taking one away.

The challenge is made and kept here and can be answered once; the browser's answer says
which it was. The person must have been verified (a finger, a face, a PIN), so that a
passkey alone is both what one has and what one is or knows.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_client_data_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bot.conversation.accounts.challenges import HalfDone, keep_challenge, take_challenge
from bot.conversation.accounts.refused import SignInRefused
from bot.conversation.accounts.sessions import Visitor, begin_session
from bot.conversation.desk import Desk
from bot.storage.models import Account
from bot.storage.sign_in_tables import Passkey
from bot.storage.states import ChallengePurpose, How

_CHALLENGE_BYTES = 32
MOST_PASSKEYS = 20
LONGEST_NAME = 60
# What the library raises at input that is not what a browser sends.
_MALFORMED = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError)


def _domain(desk: Desk) -> str:
    domain = desk.settings.passkey_domain
    if domain is None:
        raise SignInRefused("no_passkeys_here")
    return domain


async def begin_making(desk: Desk, account: Account) -> dict[str, Any]:
    """Give what `navigator.credentials.create` needs for a new passkey of this account."""
    own = await passkeys_of(desk, account)
    if len(own) >= MOST_PASSKEYS:
        raise SignInRefused("too_many_passkeys")
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    options = generate_registration_options(
        rp_id=_domain(desk),
        rp_name="Ballast",
        # The account's id is random and says nothing about the person.
        user_id=bytes.fromhex(account.id),
        user_name=account.name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential_id) for one in own],
    )
    await keep_challenge(
        desk, ChallengePurpose.MAKE_PASSKEY, bytes_to_base64url(challenge), account.id
    )
    return dict(json.loads(options_to_json(options)))


async def finish_making(
    desk: Desk, account: Account, credential: dict[str, Any], name: str
) -> Passkey:
    """Keep a new passkey under the name its owner gives it. Raises `SignInRefused`."""
    challenge, half = await _answered(desk, ChallengePurpose.MAKE_PASSKEY, credential)
    if half.account_id != account.id:
        raise SignInRefused("passkey_refused")
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_domain(desk),
            expected_origin=desk.settings.address,
            require_user_verification=True,
        )
    except _MALFORMED:
        raise SignInRefused("passkey_refused") from None
    passkey = Passkey(
        account_id=account.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name[:LONGEST_NAME],
        made_at=desk.clock(),
    )
    try:
        async with desk.sessions.begin() as session:
            session.add(passkey)
    except IntegrityError:
        raise SignInRefused("passkey_refused") from None
    return passkey


async def begin_using(desk: Desk) -> dict[str, Any]:
    """Give what `navigator.credentials.get` needs; which passkey, the browser will say."""
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    options = generate_authentication_options(
        rp_id=_domain(desk),
        challenge=challenge,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    await keep_challenge(desk, ChallengePurpose.USE_PASSKEY, bytes_to_base64url(challenge))
    return dict(json.loads(options_to_json(options)))


async def finish_using(
    desk: Desk, credential: dict[str, Any], visitor: Visitor
) -> tuple[Account, str]:
    """Sign in with a passkey: give the account and a session token.

    An unknown passkey and one that does not verify are answered alike. Raises
    `SignInRefused`.
    """
    challenge, _ = await _answered(desk, ChallengePurpose.USE_PASSKEY, credential)
    try:
        parsed = parse_authentication_credential_json(credential)
    except _MALFORMED:
        raise SignInRefused("passkey_refused") from None
    async with desk.sessions.begin() as session:
        found = (
            await session.execute(
                select(Passkey, Account)
                .join(Account, Account.id == Passkey.account_id)
                .where(Passkey.credential_id == parsed.raw_id, Account.disabled_at.is_(None))
            )
        ).first()
        if found is None:
            raise SignInRefused("passkey_refused")
        passkey, account = found
        handle = parsed.response.user_handle
        if handle is not None and handle != bytes.fromhex(account.id):
            raise SignInRefused("passkey_refused")
        try:
            used = verify_authentication_response(
                credential=parsed,
                expected_challenge=challenge,
                expected_rp_id=_domain(desk),
                expected_origin=desk.settings.address,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except _MALFORMED:
            raise SignInRefused("passkey_refused") from None
        counted = await session.execute(
            # A copy of the authenticator that signs at the same moment loses the race here.
            update(Passkey)
            .where(Passkey.id == passkey.id, Passkey.sign_count == passkey.sign_count)
            .values(sign_count=used.new_sign_count, used_at=desk.clock())
        )
        if counted.rowcount != 1:  # type: ignore[attr-defined]
            raise SignInRefused("passkey_refused")
        return account, await begin_session(desk, session, account, How.PASSKEY, visitor)


async def passkeys_of(desk: Desk, account: Account) -> list[Passkey]:
    """Give an account's passkeys, the oldest first."""
    async with desk.sessions() as session:
        query = select(Passkey).where(Passkey.account_id == account.id)
        return list(await session.scalars(query.order_by(Passkey.made_at, Passkey.id)))


async def remove_passkey(desk: Desk, account: Account, passkey_id: str) -> bool:
    """Take away one passkey of this account; False when it has none of that id."""
    async with desk.sessions.begin() as session:
        removed = await session.execute(
            delete(Passkey).where(Passkey.id == passkey_id, Passkey.account_id == account.id)
        )
        return bool(removed.rowcount == 1)  # type: ignore[attr-defined]


async def _answered(
    desk: Desk, purpose: ChallengePurpose, credential: dict[str, Any]
) -> tuple[bytes, HalfDone]:
    """Find the challenge that a browser's answer names, and use it up."""
    try:
        raw = credential["response"]["clientDataJSON"]
        challenge = parse_client_data_json(base64url_to_bytes(raw)).challenge
    except _MALFORMED:
        raise SignInRefused("passkey_refused") from None
    return challenge, await take_challenge(desk, purpose, bytes_to_base64url(challenge))
