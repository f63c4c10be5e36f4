"""Half-done sign-ins: kept here, sealed, taken up once and within minutes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.accounts.refused import SignInRefused
from bot.conversation.accounts.seal import open_sealed, seal
from bot.conversation.accounts.tokens import hash_of
from bot.conversation.desk import Desk
from bot.storage.sign_in_tables import Challenge
from bot.storage.states import ChallengePurpose

LASTS = timedelta(minutes=5)


@dataclass(frozen=True)
class HalfDone:
    """What was kept of a half-done sign-in."""

    account_id: str | None
    data: dict[str, Any]


async def keep_challenge(
    desk: Desk,
    purpose: ChallengePurpose,
    token: str,
    account_id: str | None = None,
    data: dict[str, Any] | None = None,
    tries: int = 1,
    lasts: timedelta = LASTS,
) -> None:
    """Keep a half-done sign-in under `token`; those that ended are cleared away meanwhile."""
    token_hash, now = hash_of(token), desk.clock()
    plain = json.dumps(data or {}).encode()
    async with desk.sessions.begin() as session:
        await session.execute(delete(Challenge).where(Challenge.ends_at <= now))
        session.add(
            Challenge(
                token_hash=token_hash,
                purpose=purpose,
                account_id=account_id,
                sealed=seal(desk, plain, "sign_in_challenges", "sealed", token_hash),
                tries_left=tries,
                ends_at=now + lasts,
            )
        )


async def take_challenge(desk: Desk, purpose: ChallengePurpose, token: str) -> HalfDone:
    """Use up one try of a half-done sign-in, and give it.

    The try is used up before anything is checked, so that nobody can check twice with one.
    Raises `SignInRefused` for one that is unknown, too old, used up, or for something else.
    """
    token_hash = hash_of(token)
    async with desk.sessions.begin() as session:
        used = await session.execute(
            # In the database, so that two at once cannot both be first.
            update(Challenge)
            .where(
                Challenge.token_hash == token_hash,
                Challenge.purpose == purpose,
                Challenge.ends_at > desk.clock(),
                Challenge.tries_left > 0,
            )
            .values(tries_left=Challenge.tries_left - 1)
        )
        if used.rowcount != 1:  # type: ignore[attr-defined]
            raise SignInRefused("challenge_over")
        found = await session.get_one(Challenge, token_hash)
        if found.tries_left == 0:
            await session.delete(found)
    return _opened(desk, found)


async def look_at_challenge(
    desk: Desk, purpose: ChallengePurpose, account_id: str
) -> HalfDone | None:
    """Give the newest half-done change of an account without using a try of it, or None."""
    async with desk.sessions() as session:
        found = await session.scalar(
            select(Challenge)
            .where(
                Challenge.account_id == account_id,
                Challenge.purpose == purpose,
                Challenge.ends_at > desk.clock(),
            )
            .order_by(Challenge.ends_at.desc())
            .limit(1)
        )
    return _opened(desk, found) if found else None


async def drop_challenges(
    session: AsyncSession, account_id: str, purpose: ChallengePurpose | None = None
) -> None:
    """Forget what an account left half done, all of it or for one purpose."""
    query = delete(Challenge).where(Challenge.account_id == account_id)
    await session.execute(query if purpose is None else query.where(Challenge.purpose == purpose))


def _opened(desk: Desk, found: Challenge) -> HalfDone:
    plain = open_sealed(desk, found.sealed, "sign_in_challenges", "sealed", found.token_hash)
    if plain is None:
        raise SignInRefused("challenge_over")
    return HalfDone(found.account_id, json.loads(plain))
