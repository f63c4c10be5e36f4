"""A deleted reflection leaves nothing behind, and takes nothing else with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from bot.storage.audit import COMMAND
from bot.storage.database import Sessions, drop_deleted_pages
from bot.storage.erasing import delete_rows, intend
from bot.storage.models import FollowUp, Reflection, Turn
from bot.storage.slack_tables import SlackPost
from bot.storage.states import ErasedBecause
from bot.storage.stores import ROWS
from tests.gateway import EVENING
from tests.sealing import everything
from tests.storage.rows import WORDS, add_reflection, counts, fill

CANARY = "the heron on the weir stood very still"
# Receipts, and what was done and by whom: ids and figures, no words.
NOTED = {
    "audit",
    "audit_head",
    "erased_stores",
    "erasures",
    "exports",
    "settings_seen",
    "study_exports",
    # A team's month, which is taken back whole by a store of its own.
    "team_trends",
    "team_trend_marks",
}
# Tables that say who somebody is, not what was said.
ABOUT_PEOPLE = {
    "accounts",
    "consents",
    "teams",
    "team_members",
    "supervisions",
    "saved_views",
    "slack_identities",
    "sign_in_links",
    "sign_ins",
    "passkeys",
    "passwords",
    "second_factors",
    "recovery_codes",
    "clinic_identities",
    "sign_in_challenges",
    "sign_in_tries",
    "known_browsers",
    "mail_addresses",
}


async def _everything(sessions: Sessions) -> str:
    async with sessions() as session:
        return await everything(session)


async def _erase(session: AsyncSession, reflection_id: str) -> None:
    """As `Forgetting` does it, without the stores that are no tables."""
    reflection = await session.get_one(Reflection, reflection_id)
    await intend(session, reflection, ErasedBecause.THERAPIST, EVENING, by=COMMAND)
    await delete_rows(session, reflection_id, EVENING, after=0)
    # Taken back by a store of its own, once they are gone from Slack.
    await session.execute(delete(SlackPost).where(SlackPost.reflection_id == reflection_id))


async def test_no_row_in_any_table_refers_to_an_erased_reflection(
    engine: AsyncEngine, sessions: Sessions
) -> None:
    async with sessions.begin() as session:
        doomed = await fill(session, "doomed", CANARY)
    async with engine.connect() as connection:
        assert all((await connection.run_sync(counts)).values())
    ids = [doomed.reflection.id, doomed.turn.id, doomed.plan.id]
    before = await _everything(sessions)
    assert CANARY in before
    assert all(an_id in before for an_id in ids)
    async with sessions.begin() as session:
        await _erase(session, doomed.reflection.id)
    after = await _everything(sessions)
    assert CANARY not in after
    # Its id stands in the receipt and in the audit, and nowhere else.
    assert after.count(ids[0]) == 1 + len(ROWS) + 1
    assert [after.count(an_id) for an_id in ids[1:]] == [0, 0]
    async with engine.connect() as connection:
        left = await connection.run_sync(counts)
    assert {name for name, count in left.items() if count} == ABOUT_PEOPLE | NOTED


async def test_nothing_of_another_reflection_goes_with_it(
    engine: AsyncEngine, sessions: Sessions
) -> None:
    async with sessions.begin() as session:
        doomed = await fill(session, "doomed", CANARY)
        await fill(session, "other")
        await add_reflection(session, doomed.therapist)
    async with engine.connect() as connection:
        before = await connection.run_sync(counts)
    async with sessions.begin() as session:
        await _erase(session, doomed.reflection.id)
    async with engine.connect() as connection:
        after = await connection.run_sync(counts)
    lost = {name: before[name] - after[name] for name in before}
    assert {lost.pop(name) for name in ("erasures", "audit")} == {-1}
    assert lost.pop("erased_stores") == -len(ROWS)
    assert lost == {name: 0 if name in ABOUT_PEOPLE | NOTED else 1 for name in lost}
    # As a turn, as what was answered to it, and as evidence, in each of the two that are left; and
    # twice in a comment, once about a concern and once for searching, of the one that was shared.
    assert (await _everything(sessions)).count(WORDS) == 10


async def test_what_a_later_reflection_told_of_an_erased_plan_stays(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        doomed = await fill(session, "doomed", CANARY)
        later, told, _ = await add_reflection(session, doomed.therapist)
        session.add(FollowUp(plan_id=doomed.plan.id, turn_id=told.id, told_at=EVENING))
    async with sessions.begin() as session:
        await _erase(session, doomed.reflection.id)
    async with sessions() as session:
        assert list(await session.scalars(select(FollowUp))) == []
        assert (await session.get_one(Turn, told.id)).text == WORDS
        assert await session.get(Reflection, later.id)


@pytest.mark.sqlite_only("what its files still hold")
async def test_words_are_in_no_file_before_or_after_they_are_erased(
    engine: AsyncEngine, sessions: Sessions, database_file: Path
) -> None:
    async with sessions.begin() as session:
        doomed = await fill(session, "doomed", CANARY)
    assert CANARY.encode() not in _bytes(database_file)
    sealed = doomed.turn.sealed
    assert sealed in _bytes(database_file)
    async with sessions.begin() as session:
        await _erase(session, doomed.reflection.id)
    await drop_deleted_pages(sessions)
    # The sealed bytes go as well, while the gateway runs on.
    assert sealed not in _bytes(database_file)


def _bytes(database: Path) -> bytes:
    return b"".join(file.read_bytes() for file in database.parent.glob(f"{database.name}*"))
