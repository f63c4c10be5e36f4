"""Argon2id, a few at a time: each costs a fifth of a second of a core and 64 MB."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# One core stays free for those who are at work while somebody guesses.
_AT_ONCE = 1
_MOST_WAITING = 20
_Result = TypeVar("_Result")


class TooManyWaiting(Exception):
    """More passwords wait to be checked than are let wait."""


class Hashing:
    """Makes and checks password hashes in threads, with a bound on how many wait."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Take argon2-cffi's defaults, which are RFC 9106's for little memory, or another."""
        self._hasher = hasher or PasswordHasher()
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        # Checked in place of a hash that is not there, so that both take equally long.
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        """Give the hash of a new password. Raises `TooManyWaiting` when too many wait."""
        return await self._in_turn(self._hasher.hash, password)

    async def is_right(self, stored: str | None, password: str) -> bool:
        """Say whether `password` is what was stored; None takes as long and is never right.

        Raises `TooManyWaiting` when too many wait.
        """
        return await self._in_turn(self._check, stored, password)

    def is_old(self, stored: str) -> bool:
        """Say whether a hash was made with other parameters than those of today."""
        return self._hasher.check_needs_rehash(stored)

    def _check(self, stored: str | None, password: str) -> bool:
        if self._decoy is None:
            self._decoy = self._hasher.hash(secrets.token_urlsafe(16))
        try:
            self._hasher.verify(stored or self._decoy, password)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    async def _in_turn(self, work: Callable[..., _Result], *given: object) -> _Result:
        if self._waiting >= _MOST_WAITING:
            raise TooManyWaiting
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(work, *given)
        finally:
            self._waiting -= 1
