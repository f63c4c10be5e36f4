"""What the author of a share sees of what was done about the concerns that it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.notifications import message_view
from bot.conversation.review.watching import is_shown
from bot.storage.concern_tables import ConcernReview
from bot.storage.concerns import concerns_in, reviews_of
from bot.storage.models import RaisedConcern, Reflection, Share
from bot.storage.notifications import messages_about
from bot.storage.states import ConcernStep


async def read_done(
    session: AsyncSession, reflection: Reflection, shares: Sequence[Share]
) -> dict[str, dict[str, Any]]:
    """Give for each share, by its id, its concerns with what was done, and the messages about it.

    The shares are all of this reflection, with the turns chosen for them.
    """
    raised = await concerns_in(session, [reflection.id])
    reviews = await reviews_of(session, [reflection.id])
    messages = await messages_about(session, [share.id for share in shares])
    return {
        share.id: {
            "concerns": [
                _concern_view(concern, [one for one in reviews if _is_about(one, concern, share)])
                for concern, number in raised
                if is_shown(share, concern, number)
            ],
            "messages": [message_view(one) for one in messages if one.share_id == share.id],
        }
        for share in shares
    }


def _is_about(review: ConcernReview, concern: RaisedConcern, share: Share) -> bool:
    return review.concern_id == concern.id and review.supervisor_id == share.supervisor_id


def _concern_view(concern: RaisedConcern, reviews: Sequence[ConcernReview]) -> dict[str, Any]:
    return {
        "kind": concern.kind.value,
        "level": concern.level.value,
        "seen_at": reviews[0].at.isoformat() if reviews else None,
        "done": [
            {"at": one.at.isoformat(), "text": one.text}
            for one in reversed(reviews)
            if one.step is ConcernStep.DONE
        ],
    }
