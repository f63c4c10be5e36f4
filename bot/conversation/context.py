"""What the dialogue is told of a therapist when a reflection starts.

The action server has no database: this is all it knows, and it holds no name.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from bot.conversation.desk import Desk
from bot.conversation.sharing import supervisors_of
from bot.conversation.writing import last_plan
from bot.storage.models import Reflection, StepOffer, Turn
from bot.storage.states import ReflectionState


async def context_of(desk: Desk, reflection_id: str) -> dict[str, Any]:
    """Give the fields of `actions.conversation.Context` for a reflection's therapist."""
    async with desk.sessions() as session:
        reflection = await session.get_one(Reflection, reflection_id)
        mine = Reflection.therapist_id == reflection.therapist_id
        past = await session.scalar(
            select(func.count(Reflection.id)).where(
                mine, Reflection.state == ReflectionState.CLOSED
            )
        )
        plan = await last_plan(session, reflection.therapist_id)
        planned = await session.get_one(Turn, plan.turn_id) if plan else None
        offers = await session.scalars(
            select(StepOffer).join(Reflection, Reflection.id == StepOffer.reflection_id).where(mine)
        )
        offered = {offer.step_id for offer in offers}
        supervisors = await supervisors_of(session, reflection.therapist_id, desk.clock())
        return {
            "past_reflections": past or 0,
            "last_plan": planned.text if planned else None,
            "offered_before": sorted(offered),
            "has_supervisor": bool(supervisors),
            "has_several_supervisors": len(supervisors) > 1,
            "country": desk.settings.country,
            "path": reflection.path.value,
        }
