"""The ways in that an account has; the last one is not taken away by mistake."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete

from bot.conversation.accounts.challenges import drop_challenges
from bot.conversation.accounts.clinic import unbind
from bot.conversation.accounts.noted import note_method
from bot.conversation.accounts.passkeys import passkeys_of, remove_passkey
from bot.conversation.accounts.refused import SignInRefused
from bot.conversation.accounts.second_factor import recovery_codes_left
from bot.conversation.desk import Desk
from bot.storage.models import Account
from bot.storage.sign_in_tables import (
    ClinicIdentity,
    Passkey,
    Password,
    RecoveryCode,
    SecondFactor,
)
from bot.storage.states import How, SignInChange


@dataclass(frozen=True)
class Ways:
    """What an account can sign in with."""

    passkeys: list[Passkey]
    has_password: bool
    has_second_factor: bool
    recovery_codes_left: int
    has_clinic: bool

    @property
    def count(self) -> int:
        """How many of them let in on their own; a password needs its second factor."""
        return len(self.passkeys) + (self.has_password and self.has_second_factor) + self.has_clinic


async def ways_of(desk: Desk, account: Account) -> Ways:
    """Give what an account can sign in with, links apart."""
    passkeys = await passkeys_of(desk, account)
    async with desk.sessions() as session:
        clinic = await session.get(ClinicIdentity, account.id)
        return Ways(
            passkeys=passkeys,
            has_password=await session.get(Password, account.id) is not None,
            has_second_factor=await session.get(SecondFactor, account.id) is not None,
            recovery_codes_left=await recovery_codes_left(session, account),
            has_clinic=clinic is not None and clinic.issuer == desk.settings.clinic_issuer,
        )


async def take_away_passkey(desk: Desk, account: Account, passkey_id: str) -> bool:
    """Take away a passkey; False when there is none of that id.

    Raises `SignInRefused` when it is the last way in.
    """
    ways = await ways_of(desk, account)
    if passkey_id not in {one.id for one in ways.passkeys}:
        return False
    _refuse_last(ways)
    return await remove_passkey(desk, account, passkey_id)


async def take_away_password(desk: Desk, account: Account) -> None:
    """Take away the password with its second factor and recovery codes.

    Raises `SignInRefused` when it is the last way in.
    """
    ways = await ways_of(desk, account)
    if ways.has_password and ways.has_second_factor:
        _refuse_last(ways)
    async with desk.sessions.begin() as session:
        for table in (Password, SecondFactor, RecoveryCode):
            await session.execute(delete(table).where(table.account_id == account.id))
        await drop_challenges(session, account.id)
        await note_method(desk, session, account.id, How.PASSWORD, SignInChange.REMOVED)


async def take_away_clinic(desk: Desk, account: Account) -> None:
    """Take away the clinic's sign-in. Raises `SignInRefused` when it is the last way in."""
    ways = await ways_of(desk, account)
    if ways.has_clinic:
        _refuse_last(ways)
    await unbind(desk, account)


def _refuse_last(ways: Ways) -> None:
    if ways.count <= 1:
        raise SignInRefused("last_way")
