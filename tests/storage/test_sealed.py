"""Private attributes: plain in memory, sealed in the database, never asked for in SQL."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import ArgumentError, StatementError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from bot.privacy.sealing.keyring import Keyring
from bot.privacy.sealing.problems import KeyGone, SealBroken
from bot.reflection.verdicts import Verdict
from bot.safety.kinds import Kind
from bot.storage.database import Sessions
from bot.storage.models import FoundTheme, Message, RaisedConcern, Turn
from bot.storage.sealed import sealed_attributes
from bot.storage.states import TurnState
from bot.themes.findings import Theme
from tests.gateway import EVENING
from tests.storage.rows import WORDS, Rows, add_reflection, fill


@pytest.fixture
async def rows(sessions: Sessions) -> Rows:
    async with sessions.begin() as session:
        return await fill(session)


async def test_what_was_written_is_read_as_what_it_was(sessions: Sessions, rows: Rows) -> None:
    async with sessions() as session:
        finding = (await session.scalars(select(FoundTheme))).one()
        concern = (await session.scalars(select(RaisedConcern))).one()
        turn = await session.get_one(Turn, rows.turn.id)
    # The session is closed: views read rows then.
    assert (turn.text, turn.payload, turn.masked) == (WORDS, None, {})
    assert (finding.theme, finding.verdict) == (Theme.PARENT_TRAUMA, Verdict.YES)
    assert finding.evidence[0]["text"] == WORDS
    assert concern.kind is Kind.ABUSE_DISCLOSURE


async def test_one_change_keeps_the_rest(sessions: Sessions, rows: Rows) -> None:
    async with sessions.begin() as session:
        turn = await session.get_one(Turn, rows.turn.id)
        turn.payload = "/skip"
        assert (turn.text, turn.payload) == (WORDS, "/skip")
    assert isinstance(turn.sealed, bytes)
    async with sessions() as session:
        turn = await session.get_one(Turn, rows.turn.id)
    assert (turn.text, turn.payload) == (WORDS, "/skip")


async def test_a_row_read_again_shows_what_another_wrote(sessions: Sessions, rows: Rows) -> None:
    async with sessions() as session:
        mine = await session.get_one(Turn, rows.turn.id)
        assert mine.payload is None
        async with sessions.begin() as other:
            (await other.get_one(Turn, rows.turn.id)).payload = "/back"
        await session.refresh(mine)
        assert mine.payload == "/back"


@pytest.mark.parametrize("table", ["turns", "messages", "findings", "concerns", "step_offers"])
async def test_bytes_swapped_between_reflections_do_not_open(
    sessions: Sessions, rows: Rows, table: str
) -> None:
    async with sessions.begin() as session:
        # Of the same reflection, in a second row of the same kind.
        other, _, _ = await add_reflection(session, rows.therapist)
    model = next(m.class_ for m in Turn.registry.mappers if m.local_table.name == table)
    await _copy_sealed(sessions, model, other.id, rows.reflection.id)
    async with sessions() as session:
        found = await session.scalars(
            select(model).where(model.reflection_id == rows.reflection.id)
        )
        moved = found.one()
        with pytest.raises(SealBroken):
            sealed_attributes(model).popitem()[1].__get__(moved, model)


async def test_turns_swapped_within_a_reflection_do_not_open(
    sessions: Sessions, rows: Rows
) -> None:
    async with sessions.begin() as session:
        second = Turn(
            reflection_id=rows.reflection.id,
            number=1,
            client_id="two",
            text="The second.",
            state=TurnState.ANSWERED,
            kept_at=EVENING,
        )
        session.add(second)
    async with sessions.begin() as session:
        await session.execute(
            update(Turn).where(Turn.id == rows.turn.id).values(sealed=second.sealed)
        )
    async with sessions() as session:
        moved = await session.get_one(Turn, rows.turn.id)
        with pytest.raises(SealBroken):
            _ = moved.text


async def _copy_sealed(sessions: Sessions, model: type, source: str, target: str) -> None:
    async with sessions.begin() as session:
        copied = await session.scalar(select(model.sealed).where(model.reflection_id == source))
        await session.execute(
            update(model).where(model.reflection_id == target).values(sealed=copied)
        )


async def test_without_its_key_a_row_is_there_and_cannot_be_read(
    sessions: Sessions, rows: Rows, keyring: Keyring
) -> None:
    keyring.destroy(rows.reflection.id)
    async with sessions() as session:
        turn = await session.get_one(Turn, rows.turn.id)
        assert turn.number == 0
        with pytest.raises(KeyGone):
            _ = turn.text


async def test_sql_cannot_be_asked_about_what_is_sealed(sessions: Sessions) -> None:
    with pytest.raises(TypeError, match="sealed"):
        select(Turn).where(Turn.text == WORDS)
    with pytest.raises(ArgumentError):
        select(Turn.text)  # type: ignore[call-overload]


async def test_what_was_not_sealed_is_not_stored(sessions: Sessions, rows: Rows) -> None:
    async with sessions() as session:
        with pytest.raises(StatementError, match="Only sealed bytes"):
            await session.execute(
                Message.__table__.update().values(sealed="in plain"), execution_options={}
            )


async def test_a_session_without_keys_reads_and_writes_nothing(
    engine: AsyncEngine, rows: Rows
) -> None:
    async with async_sessionmaker(engine)() as session:
        with pytest.raises(LookupError, match="without a keyring"):
            await session.get_one(Turn, rows.turn.id)
