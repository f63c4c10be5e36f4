"""The turns of many reflections at once, with as many queries as for one.

Whoever asks has found the reflections by what they may open (`access.py`, `queue.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from bot.storage.models import FoundTheme, Message, RaisedConcern, StepOffer, Turn
from bot.storage.states import Voice

_Below = TypeVar("_Below", FoundTheme, Message, RaisedConcern, StepOffer)


async def turns_in(session: AsyncSession, reflection_ids: Collection[str]) -> dict[str, list[Turn]]:
    """Give the turns of reflections by their ids, in order, each with what a share may show of it.

    That is all that it led to; of what was said to it, only what was said about danger.
    """
    query = select(Turn).where(Turn.reflection_id.in_(reflection_ids)).order_by(Turn.number)
    found = list(await session.scalars(query.execution_options(populate_existing=True)))
    below: dict[str, Mapping[str, Sequence[object]]] = {
        "findings": await _below(session, FoundTheme, reflection_ids),
        "concerns": await _below(session, RaisedConcern, reflection_ids),
        "step_offers": await _below(session, StepOffer, reflection_ids),
        "messages": await _below(session, Message, reflection_ids, Message.voice == Voice.SAFETY),
    }
    turns: dict[str, list[Turn]] = {reflection_id: [] for reflection_id in reflection_ids}
    for turn in found:
        for name, rows in below.items():
            set_committed_value(turn, name, rows.get(turn.id, []))
        turns[turn.reflection_id].append(turn)
    return turns


async def _below(
    session: AsyncSession,
    table: type[_Below],
    reflection_ids: Collection[str],
    which: ColumnElement[bool] | None = None,
) -> dict[str, list[_Below]]:
    query = select(table).where(
        table.reflection_id.in_(reflection_ids), true() if which is None else which
    )
    rows: dict[str, list[_Below]] = {}
    for row in await session.scalars(query.order_by(table.position)):
        rows.setdefault(row.turn_id, []).append(row)
    return rows
