"""Figures on keeping and forgetting: the last run of the rule, receipts, holds that stand.

Counts of all people together: how much a single person wrote or deleted is shown to nobody.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from bot.conversation.administration.roster import names_of
from bot.conversation.desk import Desk
from bot.conversation.holds import holds
from bot.storage.audit import Event, latest
from bot.storage.keeping import Erasure
from bot.storage.states import ErasedBecause


@dataclass(frozen=True)
class LastRun:
    """When the rule was last gone by, how many were due, and how many of them a hold kept."""

    at: datetime
    due: int
    held: int


@dataclass(frozen=True)
class Receipts:
    """How many reflections were erased for one reason, and how many of them still wait."""

    because: ErasedBecause
    done: int
    waiting: int


@dataclass(frozen=True)
class StandingHold:
    """A hold: on whose reflections all, or (None) on the one of this id; why, and since when."""

    held_id: str
    therapist: str | None
    reason: str
    since: datetime


@dataclass(frozen=True)
class Kept:
    """What the page on keeping shows."""

    last_run: LastRun | None
    receipts: list[Receipts]
    holds: list[StandingHold]


async def kept(desk: Desk) -> Kept:
    """Give the figures, and the holds that stand."""
    standing = await holds(desk)
    async with desk.sessions() as session:
        runs = await latest(session, [Event.RETENTION_RUN], 1)
        counted = await session.execute(
            select(Erasure.because, func.count(), func.count(Erasure.done_at)).group_by(
                Erasure.because
            )
        )
        receipts = [Receipts(why, done, all_ - done) for why, all_, done in counted]
        names = await names_of(session, (held_id for held_id, _, _ in standing))
    return Kept(
        last_run=_last_run(runs[0].at, json.loads(runs[0].details)) if runs else None,
        receipts=sorted(receipts, key=lambda one: one.because),
        holds=[
            StandingHold(held_id, names.get(held_id), reason, since)
            for held_id, reason, since in standing
        ],
    )


def _last_run(at: datetime, details: dict[str, int]) -> LastRun:
    return LastRun(at, details["due"], details["held"])
