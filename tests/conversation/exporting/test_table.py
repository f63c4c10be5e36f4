"""The table for evaluation: what a share shows, without a word, under codes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from arro3.core import Table
from arro3.io import read_parquet
from sqlalchemy import event

from bot.conversation.desk import Desk
from bot.conversation.exporting import table
from bot.conversation.exporting.table import COLUMNS, Row, table_rows
from bot.conversation.exporting.tables import cell, send_csv, send_parquet
from bot.conversation.records import Answered, Chose, Heard, Judged, Offered, Scored
from bot.conversation.review.writing import label_finding
from bot.conversation.sharing import withdraw_all
from bot.reflection.stages import Question
from bot.reflection.verdicts import Verdict
from bot.storage.models import Account
from bot.storage.states import Opinion, ShareScope
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot
from tests.conversation.evening import Evening
from tests.conversation.review.test_reading import finding_of, share_with_both
from tests.conversation.samples import ABOUT_THE_THERAPIST, DANGER
from tests.gateway import People

TOLD = "Wagtailquartz looked away and I talked faster."


@pytest.fixture
async def evening(desk: Desk, people: People, bot: ScriptedBot) -> Evening:
    begun = await Evening.begin(desk, people, bot)
    found = Finding(Theme.COUNTERTRANSFERENCE, "helplessness", 0.8, (Evidence(0, 5, TOLD[:5]),))
    await begun.say("7", Scored(Question.AROUSAL_BEFORE, 7))
    await begun.say(TOLD, Answered(Question.FEEL), Heard((found,)))
    return begun


async def rows_of(desk: Desk, supervisor: Account) -> list[Row]:
    return [row async for some in table_rows(desk, supervisor) for row in some]


async def test_a_finding_is_a_row_with_all_that_was_said_of_it(
    evening: Evening, people: People
) -> None:
    step = next(iter(evening.desk.steps))
    await evening.say("not quite", Judged(Theme.COUNTERTRANSFERENCE, Verdict.NOT_QUITE))
    await evening.say("steps", Offered((step,)))
    await evening.say("yes", Chose("picked", (step,)))
    await evening.share()
    await label_finding(
        evening.desk,
        people.supervisor,
        evening.id,
        await finding_of(evening),
        Opinion.RELABEL,
        (Theme.PARENT_TRAUMA, "mistrust"),
    )
    (row,) = await rows_of(evening.desk, people.supervisor)
    assert (row.week, row.path, row.scope) == ("2026-W10", "full", "summary")
    assert (row.theme, row.subtheme) == ("countertransference", "helplessness")
    assert (row.confidence, row.verdict) == (0.8, "not_quite")
    assert (row.label, row.label_theme) == ("relabel", "parent_trauma")
    assert row.label_subtheme == "mistrust"
    assert (row.steps, row.arousal_before, row.arousal_after) == (f"{step}:picked", 7, None)


async def test_no_word_no_name_and_no_id_is_in_it(evening: Evening, people: People) -> None:
    await evening.say(DANGER)
    await evening.share(note="Wagtailquartz, please.")
    pieces: list[bytes] = []

    async def send(piece: bytes) -> None:
        pieces.append(piece)

    await send_csv(table_rows(evening.desk, people.supervisor), send)
    sent = b"".join(pieces).decode()
    assert "child_at_risk:" in sent
    rows = sent.partition("\n")[2]
    for private in (
        "agtailquartz",
        evening.id,
        people.therapist.id,
        f",{people.therapist.name},",
        "18:0",
    ):
        assert private not in rows


async def test_what_a_share_does_not_show_is_not_in_it(evening: Evening, people: People) -> None:
    await evening.say(next(iter(ABOUT_THE_THERAPIST.values())))
    await evening.say("resume")
    told = await evening.say("He waved.")
    await evening.share(with_course=False)
    (row,) = await rows_of(evening.desk, people.supervisor)
    assert (row.arousal_before, row.concerns) == (None, None)
    await evening.share(scope=ShareScope.TURNS, turns=frozenset({told}))
    (row,) = await rows_of(evening.desk, people.supervisor)
    assert (row.theme, row.steps, row.arousal_before) == (None, None, None)
    await withdraw_all(evening.desk, people.therapist, evening.id)
    assert await rows_of(evening.desk, people.supervisor) == []


async def test_two_supervisors_have_other_codes_for_the_same(
    evening: Evening, people: People
) -> None:
    await share_with_both(evening)
    (one,) = await rows_of(evening.desk, people.supervisor)
    (other,) = await rows_of(evening.desk, people.other_supervisor)
    assert one.theme == other.theme
    assert {one.reflection, one.therapist}.isdisjoint({other.reflection, other.therapist})
    assert [one] == await rows_of(evening.desk, people.supervisor)


async def test_pages_of_it_take_as_many_queries_and_nothing_is_lost_between_them(
    desk: Desk, people: People, bot: ScriptedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "TOGETHER", 2)
    for _ in range(5):
        begun = await Evening.begin(desk, people, bot)
        await begun.say(TOLD, Answered(Question.FEEL))
        await begun.share()
    counts: list[int] = []
    asked = 0

    def count(*_: Any) -> None:
        nonlocal asked
        asked += 1

    engine = desk.sessions.kw["bind"].sync_engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        seen = []
        async for rows in table_rows(desk, people.supervisor):
            seen += [row.reflection for row in rows]
            counts.append(asked)
            asked = 0
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert len(seen) == len(set(seen)) == 5
    assert counts[0] == counts[1]


async def test_what_is_withdrawn_meanwhile_is_not_in_what_follows(
    desk: Desk, people: People, bot: ScriptedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "TOGETHER", 1)
    first = await Evening.begin(desk, people, bot)
    await first.share()
    first.clock.advance(minutes=1)
    second = await Evening.begin(desk, people, bot)
    await second.share()
    rows = table_rows(desk, people.supervisor)
    assert len(await anext(rows)) == 1
    await withdraw_all(desk, people.therapist, first.id)
    assert await anext(rows, None) is None


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_begins_a_formula(typed: str) -> None:
    assert cell(typed) == f"'{typed}"
    assert cell(0.5) == 0.5
    assert cell(None) is None


async def _some(rows: Sequence[Row]):
    yield rows[:2]
    yield rows[2:]


async def test_both_files_hold_the_same_rows() -> None:
    rows = [
        Row(f"r{n}", "t", f"{datetime(2026, 3, 2, tzinfo=UTC):%G-W%V}", "full", "whole")
        for n in range(2)
    ]
    rows.append(Row("r3", "t", "2026-W10", "short", "summary", "parent_trauma", None, 0.25, "yes"))
    pieces: dict[str, bytes] = {}
    for name, write in (("csv", send_csv), ("parquet", send_parquet)):
        got: list[bytes] = []

        async def send(piece: bytes, got: list[bytes] = got) -> None:
            got.append(piece)

        await write(_some(rows), send)
        pieces[name] = b"".join(got)
    lines = list(csv.DictReader(io.StringIO(pieces["csv"].decode())))
    found = Table(read_parquet(io.BytesIO(pieces["parquet"])))
    assert tuple(lines[0]) == tuple(found.column_names) == COLUMNS
    for column in ("reflection", "theme", "confidence"):
        values = (
            found.column(column).to_pylist()
            if hasattr(found.column(column), "to_pylist")
            else [one.as_py() for one in found.column(column)]
        )
        assert [str(one) if one is not None else "" for one in values] == [
            line[column] for line in lines
        ]


async def test_a_reader_who_goes_away_ends_the_writing() -> None:
    async def gone(piece: bytes) -> None:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await send_parquet(_some([Row("r", "t", "w", "p", "s")] * 3), gone)


async def test_a_fault_while_it_is_read_is_no_shorter_table(
    capfd: pytest.CaptureFixture[str],
) -> None:
    async def broken():
        yield [Row("r", "t", "w", "p", "s")]
        raise ValueError("wagtailquartz")

    for write in (send_csv, send_parquet):
        pieces: list[bytes] = []

        async def send(piece: bytes, pieces: list[bytes] = pieces) -> None:
            pieces.append(piece)

        with pytest.raises(ValueError, match="wagtailquartz"):
            await write(broken(), send)
        assert not b"".join(pieces).endswith(b"PAR1")
    assert "wagtailquartz" not in "".join(capfd.readouterr())
