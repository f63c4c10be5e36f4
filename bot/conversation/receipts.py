"""Receipts of what was erased, as the API, the page and the terminal show them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot.conversation.desk import Desk
from bot.storage.keeping import Erasure
from bot.storage.models import Account


async def receipts_of(desk: Desk, therapist: Account | None) -> list[dict[str, Any]]:
    """Give a therapist's receipts, or for an administrator everybody's; newest first."""
    query = select(Erasure).order_by(Erasure.asked_at.desc())
    if therapist is not None:
        query = query.where(Erasure.therapist_id == therapist.id)
    async with desk.sessions() as session:
        return [_view(erasure) for erasure in await session.scalars(query)]


def retention_rule(desk: Desk) -> str | None:
    """Give the retention rule as therapists are told it, if there is one."""
    settings = desk.settings
    if settings.retention_days is None:
        return None
    reason = (settings.retention_reason or "").strip().rstrip(".")
    return desk.notices["retention"].format(days=settings.retention_days, reason=reason)


def _view(erasure: Erasure) -> dict[str, Any]:
    return {
        "reflection": erasure.reflection_id,
        "therapist": erasure.therapist_id,
        "began_at": erasure.began_at.isoformat() if erasure.began_at else None,
        "because": erasure.because.value,
        "asked_at": erasure.asked_at.isoformat(),
        "done_at": erasure.done_at.isoformat() if erasure.done_at else None,
        "stores": [
            {
                "store": line.store,
                "held": line.held,
                "gone_at": line.gone_at.isoformat() if line.gone_at else None,
            }
            for line in erasure.stores
        ],
    }
