"""Passwords: what may be one, setting it, and the first half of signing in with it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.conversation.accounts import second_factor, throttle
from bot.conversation.accounts.challenges import keep_challenge, take_challenge
from bot.conversation.accounts.noted import note_method, note_refusal
from bot.conversation.accounts.refused import SignInRefused, TooFast
from bot.conversation.accounts.sessions import Visitor, begin_session
from bot.conversation.accounts.tokens import new_token
from bot.conversation.desk import Desk
from bot.conversation.hashing import TooManyWaiting
from bot.library import LibraryError
from bot.storage.holding import hold_account
from bot.storage.models import Account
from bot.storage.sign_in_tables import Password, SecondFactor
from bot.storage.states import ChallengePurpose, How, SignInChange

SHORTEST, LONGEST = 12, 128
_SHORTEST_NAME_PART = 4
_COME_BACK_SECONDS = 5
# Each password that was right buys so many codes; a guesser of codes waits with the passwords.
_CODE_TRIES = 3
_LEET = str.maketrans("013457@$!", "oleastasi")


def sign_in_name_of(name: str) -> str:
    """Give a name as it is compared: the same for "Thandi  M." and "thandi m."."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _as_compared(password: str) -> str:
    # The same letter can be typed as one sign or as two; no two keyboards agree.
    return unicodedata.normalize("NFC", password)


@lru_cache(maxsize=4)
def common_words(folder: Path) -> re.Pattern[str]:
    """Give what matches nothing but common words. Raises `LibraryError` without the list."""
    try:
        text = (folder / "sign_in" / "common_passwords.txt").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise LibraryError("data/library/sign_in/common_passwords.txt cannot be read.") from None
    lines = text.splitlines()
    words = {word for line in lines if not line.startswith("#") for word in line.split()}
    return re.compile(f"(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})*")


def check_new_password(library: Path, password: str, name: str) -> None:
    """Refuse what may not be a password. Raises `SignInRefused` with the reason.

    No rules on what it is composed of: they make passwords worse (NIST SP 800-63B).
    """
    if len(password) < SHORTEST:
        raise SignInRefused("password_short")
    if len(password) > LONGEST:
        raise SignInRefused("password_long")
    folded = password.casefold()
    parts = re.split(r"[\W_]+", name.casefold())
    if any(part in folded for part in parts if len(part) >= _SHORTEST_NAME_PART):
        raise SignInRefused("password_name")
    for spelling in (folded, folded.translate(_LEET)):
        # What is left of nothing but figures and signs is the empty word, which is common.
        if common_words(library).fullmatch("".join(filter(str.isalpha, spelling))):
            raise SignInRefused("password_common")
    if len(set(folded)) <= 4:
        raise SignInRefused("password_common")


async def set_password(desk: Desk, account: Account, password: str) -> None:
    """Give an account a password, new or in place of the old one. Raises `SignInRefused`."""
    check_new_password(desk.settings.library, password, account.name)
    made = await _hash(desk, password)
    async with desk.sessions.begin() as session:
        await hold_account(session, account.id)
        found = await session.get(Password, account.id)
        if found is None:
            found = Password(account_id=account.id, sign_in_name=sign_in_name_of(account.name))
            session.add(found)
        found.argon2, found.changed_at = made, desk.clock()
        try:
            await session.flush()
        except IntegrityError:
            raise SignInRefused("name_taken") from None
        await note_method(desk, session, account.id, How.PASSWORD, SignInChange.ADDED)


async def try_password(desk: Desk, name: str, password: str, known_token: str | None) -> str:
    """Check name and password, and give the token with which the second factor is shown.

    Unknown, disabled, without a second factor and wrong are answered alike and take equally
    long. Raises `SignInRefused` or `TooFast`.
    """
    wanted = sign_in_name_of(name)
    key = await throttle.begin_try(desk, wanted, known_token)
    async with desk.sessions() as session:
        found = await session.scalar(
            select(Password)
            .join(Account, Account.id == Password.account_id)
            .join(SecondFactor, SecondFactor.account_id == Password.account_id)
            .where(Password.sign_in_name == wanted, Account.disabled_at.is_(None))
        )
    is_right = await _is_right(desk, found.argon2 if found else None, password)
    if found is None or not is_right:
        if found is not None:
            await note_refusal(desk, found.account_id, How.PASSWORD)
        raise SignInRefused("wrong_password")
    if desk.hashing.is_old(found.argon2):
        await _hash_anew(desk, found.account_id, password)
    token = new_token()
    await keep_challenge(
        desk,
        ChallengePurpose.PROVE_SECOND_FACTOR,
        token,
        found.account_id,
        {"key": key},
        tries=_CODE_TRIES,
    )
    return token


async def try_code(desk: Desk, token: str, code: str, visitor: Visitor) -> tuple[Account, str]:
    """Check the second factor, and give the account with a session token.

    Failures go on counting where those of the password stopped; only here they are
    forgiven. Raises `SignInRefused` or `TooFast`.
    """
    half = await take_challenge(desk, ChallengePurpose.PROVE_SECOND_FACTOR, token)
    async with desk.sessions.begin() as session:
        account = await session.get_one(Account, half.account_id)
        is_right = account.disabled_at is None and await second_factor.is_right(
            desk, session, account.id, code
        )
        session_token = ""
        if is_right:
            session_token = await begin_session(desk, session, account, How.PASSWORD, visitor)
    if not is_right:
        await note_refusal(desk, account.id, How.PASSWORD)
        raise SignInRefused("wrong_code")
    await throttle.forgive(desk, half.data["key"])
    return account, session_token


async def _hash_anew(desk: Desk, account_id: str, password: str) -> None:
    made = await _hash(desk, password)
    async with desk.sessions.begin() as session:
        found = await session.get_one(Password, account_id)
        found.argon2 = made


async def _hash(desk: Desk, password: str) -> str:
    try:
        return await desk.hashing.hash(_as_compared(password))
    except TooManyWaiting:
        raise TooFast(_COME_BACK_SECONDS) from None


async def _is_right(desk: Desk, stored: str | None, password: str) -> bool:
    try:
        return await desk.hashing.is_right(stored, _as_compared(password))
    except TooManyWaiting:
        raise TooFast(_COME_BACK_SECONDS) from None
