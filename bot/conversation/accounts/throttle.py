"""Growing waits for whoever tries a password or a code in one person's name.

They are kept in the database, so that a restart forgives nothing. A wait is at most a
quarter of an hour and only for browsers that this person never signed in with: a
stranger can slow strangers, and never locks anybody out. Passkeys are not slowed at all.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from bot.conversation.accounts.refused import TooFast
from bot.conversation.accounts.tokens import hash_of, new_token
from bot.conversation.desk import Desk
from bot.storage.sign_in_tables import KnownBrowser, Password, Tries

FREE_TRIES = 5
LONGEST_WAIT = timedelta(minutes=15)
# What was tried so long ago no longer counts.
_FORGOTTEN = timedelta(hours=24)
BROWSER_IS_KNOWN = timedelta(days=365)


def wait_after(failures: int) -> timedelta:
    """Give how long the next try waits: 2 s after the fifth failure, then twice as long each."""
    if failures < FREE_TRIES:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - FREE_TRIES + 1, 12)), LONGEST_WAIT)


async def begin_try(desk: Desk, sign_in_name: str, known_token: str | None) -> str:
    """Count one try in the name of a person, and give the key that `forgive` takes.

    It counts as a failure until it is forgiven, and before anything is checked: a hundred
    guesses at once are a hundred failures. A name that nobody has is counted just so.
    Raises `TooFast`.
    """
    known = await _known_browser(desk, sign_in_name, known_token)
    key = _key(desk, "browser" if known else "name", known or sign_in_name)
    now = desk.clock()
    async with desk.sessions.begin() as session:
        await session.execute(delete(Tries).where(Tries.last_at < now - _FORGOTTEN))
        counted = await session.execute(
            # Writing comes first: it takes the lock under which the rest is decided.
            update(Tries)
            .where(Tries.key_hash == key, Tries.wait_until <= now)
            .values(failures=Tries.failures + 1, last_at=now)
        )
        found = await session.scalar(
            select(Tries).where(Tries.key_hash == key).execution_options(populate_existing=True)
        )
        if found is None:
            session.add(Tries(key_hash=key, failures=1, last_at=now, wait_until=now))
            try:
                await session.flush()
            except IntegrityError:
                raise TooFast(1) from None
        elif counted.rowcount != 1:  # type: ignore[attr-defined]
            raise TooFast((found.wait_until - now).total_seconds())
        else:
            found.wait_until = now + wait_after(found.failures)
    return key


async def forgive(desk: Desk, key: str) -> None:
    """Forget the failures counted under `key`: it was the right person."""
    async with desk.sessions.begin() as session:
        await session.execute(delete(Tries).where(Tries.key_hash == key))


async def unlock(desk: Desk, sign_in_name: str) -> None:
    """Forget the failures that strangers left in a person's name."""
    await forgive(desk, _key(desk, "name", sign_in_name))


async def know_browser(desk: Desk, account_id: str) -> str:
    """Remember the browser somebody just signed in with, and give its token."""
    token, now = new_token(), desk.clock()
    async with desk.sessions.begin() as session:
        await session.execute(delete(KnownBrowser).where(KnownBrowser.ends_at <= now))
        session.add(
            KnownBrowser(
                token_hash=hash_of(token), account_id=account_id, ends_at=now + BROWSER_IS_KNOWN
            )
        )
    return token


async def _known_browser(desk: Desk, sign_in_name: str, token: str | None) -> str | None:
    if token is None:
        return None
    async with desk.sessions() as session:
        found: str | None = await session.scalar(
            select(KnownBrowser.token_hash)
            .join(Password, Password.account_id == KnownBrowser.account_id)
            .where(
                KnownBrowser.token_hash == hash_of(token),
                KnownBrowser.ends_at > desk.clock(),
                Password.sign_in_name == sign_in_name,
            )
        )
    return found


def _key(desk: Desk, kind: str, what: str) -> str:
    # Keyed: names that were tried cannot be read out of the database by guessing at them.
    message = f"ballast tries\0{kind}\0{what}".encode(errors="surrogatepass")
    return hmac.new(desk.people_key, message, hashlib.sha256).hexdigest()
