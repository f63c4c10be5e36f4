"""Labels of finished double readings as a table for an approved study: no words, no names.

Only of reflections whose authors let them go into a study. Ids are codes made with a key and
with the study's approval: two studies cannot be joined by them, and nobody finds a row again
without the key.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime

from bot.conversation.codes import code_of
from bot.conversation.desk import Desk
from bot.conversation.hearing import writable
from bot.conversation.review.agreement import Said
from bot.conversation.review.double_reading import DoubleReadingRefused
from bot.conversation.review.read_twice import Compared, ReadTwice, all_read_twice
from bot.storage.audit import Event, record
from bot.storage.columns import new_id
from bot.storage.double_reading_tables import ExportedReading, StudyExport
from bot.storage.models import Account

LONGEST_APPROVAL = 200
NONE = "none"
COLUMNS = (
    "pair",
    "reflection",
    "finding",
    "week",
    "theme",
    "subtheme",
    "confidence",
    "therapist_verdict",
    "reader_1_theme",
    "reader_1_subtheme",
    "reader_2_theme",
    "reader_2_subtheme",
    "settled_theme",
    "settled_subtheme",
)
# What makes a cell a formula in a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_CODE_DIGITS = 16


async def export_for_study(desk: Desk, supervisor: Account, approval: str) -> str:
    """Give a supervisor's finished double readings as CSV, once it is written down.

    Raises `DoubleReadingRefused` without an approval, or when there is nothing to give.
    """
    approval = " ".join(writable(approval).split())
    if not 0 < len(approval) <= LONGEST_APPROVAL:
        raise DoubleReadingRefused("study_approval")
    now = desk.clock()
    async with desk.sessions.begin() as session:
        found = await all_read_twice(desk, session, supervisor)
        taken = [twice for twice in found if twice.reading.for_study and twice.outcome]
        if not taken:
            raise DoubleReadingRefused("study_nothing")
        export = StudyExport(
            id=new_id(), supervisor_id=supervisor.id, made_at=now, approval=approval
        )
        session.add(export)
        await session.flush()
        session.add_all(
            ExportedReading(export_id=export.id, reading_id=twice.reading.id) for twice in taken
        )
        await session.flush()
        event = Event.DOUBLE_READING_EXPORTED
        for twice in taken:
            await record(session, event, now, by=supervisor.id, reflection=twice.reflection.id)
    codes = _Codes(desk, approval)
    return as_csv(_row(codes, twice, one) for twice in taken for one in twice.outcome)


def as_csv(rows: Iterable[list[str]]) -> str:
    """Give rows as CSV in the order of their codes, with no cell that is a formula."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(COLUMNS)
    table.writerows([_harmless(cell) for cell in row] for row in sorted(rows))
    return written.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


class _Codes:
    """Codes of ids for one study."""

    def __init__(self, desk: Desk, approval: str) -> None:
        self._key = desk.keyring.sub_key("study")
        self._approval = approval

    def of(self, kind: str, *ids: str) -> str:
        """Give the code of an id. It begins with a letter: a spreadsheet takes it for no number."""
        return kind[0] + code_of(self._key, self._approval, kind, *ids, digits=_CODE_DIGITS)


def _row(codes: _Codes, twice: ReadTwice, one: Compared) -> list[str]:
    finding = one.finding
    first, second = one.pair
    return [
        codes.of("pair", *sorted(one.said)),
        codes.of("reflection", twice.reflection.id),
        codes.of("finding", finding.id),
        _week(max(reader.done_at for reader in twice.reading.readers if reader.done_at)),
        finding.theme.value,
        finding.subtheme or "",
        "" if finding.confidence is None else f"{finding.confidence:.2f}",
        finding.verdict.value if finding.verdict else "",
        *_cells(first),
        *_cells(second),
        *_cells(one.settled),
    ]


def _cells(said: Said | None) -> tuple[str, str]:
    """Give a label's theme and subtheme; nothing where it is not settled."""
    if said is None:
        return "", ""
    return (said.theme.value if said.theme else NONE), said.subtheme or ""


def _week(moment: datetime) -> str:
    year, week, _ = moment.isocalendar()
    return f"{year}-W{week:02}"
