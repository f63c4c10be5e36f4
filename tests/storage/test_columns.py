"""Times come back as aware UTC, and a time without a zone is refused."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from bot.storage.database import Sessions
from bot.storage.models import Account
from bot.storage.states import Role
from tests.gateway import EVENING

NAIVE = datetime(2026, 3, 2, 18, 0)  # noqa: DTZ001 - that it is naive is the point
IN_JOHANNESBURG = EVENING.astimezone(timezone(timedelta(hours=2)))


async def test_a_naive_time_is_refused(sessions: Sessions) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        async with sessions.begin() as session:
            session.add(Account(name="somebody", role=Role.THERAPIST, created_at=NAIVE))


async def test_a_naive_time_is_refused_in_a_question_too(sessions: Sessions) -> None:
    async with sessions() as session:
        with pytest.raises(StatementError, match="without a zone"):
            await session.scalar(select(Account).where(Account.created_at < NAIVE))


async def test_a_time_of_another_zone_comes_back_as_the_same_moment_in_utc(
    sessions: Sessions,
) -> None:
    async with sessions.begin() as session:
        session.add(Account(name="somebody", role=Role.THERAPIST, created_at=IN_JOHANNESBURG))
    async with sessions() as session:
        found = await session.scalar(select(Account))
    assert found is not None
    assert found.created_at == EVENING
    assert found.created_at.utcoffset() == timedelta(0)
    assert found.disabled_at is None
