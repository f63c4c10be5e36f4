"""A table for evaluation: what was heard in all that is shared with a supervisor, without a word.

Each row is a finding, or a reflection in which none is shown. What a share does not show is not
in it, and whose a row is stands there as a keyed code, another one for each supervisor.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from bot.conversation.codes import code_of
from bot.conversation.desk import Desk
from bot.conversation.shared_view import SharedView, Terms, shared_view
from bot.storage.audit import Event, record
from bot.storage.batches import turns_in
from bot.storage.models import Account, Turn
from bot.storage.queue import Filter, Line, queue_lines
from bot.storage.review_tables import Label
from bot.storage.reviews import labels_by
from bot.storage.states import ExportKind

# Reflections that are read together: as many as are held in memory at a time.
TOGETHER = 20
_CODE_DIGITS = 16


@dataclass(frozen=True)
class Row:
    """One row; its fields are the columns, told in docs/supervisors/export.md."""

    reflection: str
    therapist: str
    week: str
    path: str
    scope: str
    theme: str | None = None
    subtheme: str | None = None
    confidence: float | None = None
    verdict: str | None = None
    label: str | None = None
    label_theme: str | None = None
    label_subtheme: str | None = None
    concerns: str | None = None
    steps: str | None = None
    arousal_before: float | None = None
    arousal_after: float | None = None


COLUMNS = tuple(field.name for field in fields(Row))
FIGURES = ("confidence", "arousal_before", "arousal_after")


async def note_table(desk: Desk, supervisor: Account, kind: ExportKind) -> None:
    """Write down that a supervisor takes the table. To be called before anything of it is given."""
    async with desk.sessions.begin() as session:
        now = desk.clock()
        await record(session, Event.EXPORTED, now, by=supervisor.id, details={"kind": kind})


async def table_rows(desk: Desk, supervisor: Account) -> AsyncIterator[Sequence[Row]]:
    """Give the rows of all that is shared with a supervisor now, some at a time, newest first.

    What is withdrawn meanwhile is not in what follows.
    """
    wanted = Filter()
    while True:
        async with desk.sessions() as session:
            lines = await queue_lines(session, supervisor, desk.clock(), wanted, TOGETHER)
            ids = [line.reflection.id for line in lines]
            turns = await turns_in(session, ids)
            labels = await labels_by(session, supervisor.id, ids)
        if not lines:
            return
        # In a thread: what is sealed is opened there, and others are waiting.
        yield await asyncio.to_thread(_rows, desk, supervisor, lines, turns, labels)
        wanted = replace(wanted, after=(lines[-1].share.shared_at, lines[-1].share.id))


def _rows(
    desk: Desk,
    supervisor: Account,
    lines: Sequence[Line],
    turns: Mapping[str, Sequence[Turn]],
    labels: Mapping[str, Label],
) -> list[Row]:
    key = desk.keyring.sub_key("evaluation")

    def code(of: str) -> str:
        return code_of(key, supervisor.id, of, digits=_CODE_DIGITS)

    return [
        row
        for line in lines
        for row in _of_one(
            Row(
                reflection=code(line.reflection.id),
                therapist=code(line.therapist.id),
                week=f"{line.reflection.started_at:%G-W%V}",
                path=line.reflection.path,
                scope=line.share.scope,
            ),
            shared_view(
                desk,
                line.reflection,
                line.therapist,
                turns[line.reflection.id],
                Terms.of(line.share),
            ),
            labels,
        )
    ]


def _of_one(row: Row, view: SharedView, labels: Mapping[str, Label]) -> Iterator[Row]:
    summary = view.summary
    row = replace(
        row,
        concerns=_together([(one["kind"], one["level"]) for one in view.concerns]),
        steps=_together([(one["id"], one["response"] or "") for one in summary.steps])
        if summary
        else None,
        arousal_before=summary.arousal_before if summary else None,
        arousal_after=summary.arousal_after if summary else None,
    )
    findings = [finding for theme in view.themes for finding in theme["findings"]]
    if not findings:
        yield row
    for finding in findings:
        label = labels.get(finding["id"])
        yield replace(
            row,
            theme=finding["theme"],
            subtheme=finding["subtheme"],
            confidence=finding["confidence"],
            verdict=finding["verdict"],
            label=label.opinion if label else None,
            label_theme=label.theme if label else None,
            label_subtheme=label.subtheme if label else None,
        )


def _together(pairs: Sequence[tuple[str, str]]) -> str | None:
    return ";".join(f"{name}:{said}" for name, said in pairs) or None
