"""What a supervisor reads of one shared reflection, and where they stand with it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversation.desk import Desk
from bot.conversation.shared_view import SharedView, Terms, shared_view
from bot.storage.access import shared_reflection, turns_of
from bot.storage.models import Account, ReviewChange
from bot.storage.queue import NEW, history_of, review_state, set_review
from bot.storage.shares import note_view
from bot.storage.states import ReviewState


@dataclass(frozen=True)
class Reading:
    """What is shared of a reflection, where its review stands, and how it came there."""

    view: SharedView
    state: ReviewState
    history: list[ReviewChange]


async def read_shared(desk: Desk, supervisor: Account, reflection_id: str) -> Reading:
    """Give a supervisor what is shared with them, once that they looked is written down.

    What was new to them is in review from here on. Raises `NotFound`. Nothing is given when
    the look could not be noted.
    """
    now = desk.clock()
    async with desk.sessions.begin() as session:
        share, reflection, therapist = await shared_reflection(
            session, supervisor, reflection_id, now
        )
        turns = await turns_of(session, reflection)
        await note_view(session, share, now)
        state = await review_state(session, share)
        if state == NEW:
            state = ReviewState.IN_REVIEW
            await set_review(session, share, state, now)
        history = await history_of(session, share)
    view = shared_view(desk, reflection, therapist, turns, Terms.of(share))
    return Reading(view, ReviewState(state), history)


async def review(desk: Desk, supervisor: Account, reflection_id: str, state: ReviewState) -> None:
    """Write down where a supervisor stands with what is shared with them. Raises `NotFound`."""
    now = desk.clock()
    async with desk.sessions.begin() as session:
        share, _, _ = await shared_reflection(session, supervisor, reflection_id, now)
        await set_review(session, share, state, now)
