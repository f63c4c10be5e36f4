"""Which concerns a share shows, since when, and which of them are still open.

A share of a reflection with concerns is watched: the database finds those with something open by
a code, as it finds facets (docs/decisions/0014), so that a page of open concerns is quick
however much was ever shared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.conversation.review.facets import keyed
from bot.storage import concerns
from bot.storage.access import unless_erased
from bot.storage.concern_tables import ConcernReview, ConcernWatch
from bot.storage.holding import hold_reflection
from bot.storage.models import RaisedConcern, Reflection, Share
from bot.storage.states import ConcernStep, ShareClosing, ShareScope

# What a share shows: something open that stops a reflection, open checks alone, concerns that
# are all done, or none.
OPEN = OPEN_DANGER, OPEN_CHECK = "concerns:danger", "concerns:check"
ALL_DONE, NONE_SHOWN = "concerns:done", "concerns:none"


@dataclass(frozen=True)
class Shown:
    """A concern that a share shows, and the first share since which it was shown without a gap."""

    concern: RaisedConcern
    first: Share

    @property
    def since(self) -> datetime:
        """Since when the supervisor could see it."""
        return self.first.shared_at


def watch_codes(desk: Desk, supervisor_id: str) -> dict[str, str]:
    """Give by what a supervisor's shares are found, for each state of their concerns."""
    return keyed(desk, supervisor_id, (*OPEN, ALL_DONE, NONE_SHOWN))


def is_shown(share: Share, concern: RaisedConcern, number: int) -> bool:
    """Say whether a share shows a concern of turn `number`, as `shared_view` would draw it."""
    if number > share.last_turn or concern.kind.is_about_the_therapist:
        return False
    chosen = {turn.turn_id for turn in share.turns}
    return share.scope is not ShareScope.TURNS or concern.turn_id in chosen


def shown_by(
    share: Share, all_shares: Sequence[Share], raised: Sequence[tuple[RaisedConcern, int]]
) -> list[Shown]:
    """Give what a share shows; `all_shares` are those of its reflection, in order of sharing."""
    line = _line_of(share, all_shares)
    found = []
    for concern, number in raised:
        if is_shown(share, concern, number):
            first = share
            for earlier in line:
                if not is_shown(earlier, concern, number):
                    break
                first = earlier
            found.append(Shown(concern, first))
    return found


def done_in(reviews: Sequence[ConcernReview], supervisor_id: str) -> dict[str, datetime]:
    """Give the ids of the concerns about which a supervisor wrote something last, and when."""
    return {
        review.concern_id: review.at
        for review in reviews
        if review.step is ConcernStep.DONE and review.supervisor_id == supervisor_id
    }


async def keep_watch(desk: Desk, session: AsyncSession, reflection: Reflection) -> None:
    """Write by what the shares of a reflection are found, in place of what was.

    To be called with whatever changes what is open: a share, or something done.
    """
    raised = await concerns.concerns_in(session, [reflection.id])
    if not raised:
        return
    shares = await concerns.shares_of(session, [reflection.id])
    reviews = await concerns.reviews_of(session, [reflection.id])
    watches = await concerns.watches_of(session, shares)
    for share in shares:
        if share.closed_at is None:
            theirs = [one for one in shares if one.supervisor_id == share.supervisor_id]
            done = done_in(reviews, share.supervisor_id)
            code, since = _found_by(share, shown_by(share, theirs, raised), done)
            reminded = [watches[one.id].reminded_at for one in theirs if one.id in watches]
            await session.merge(
                ConcernWatch(
                    share_id=share.id,
                    code=watch_codes(desk, share.supervisor_id)[code],
                    since=since,
                    # Once for what has been open since then, however often it is shared anew.
                    reminded_at=max((at for at in reminded if at and at >= since), default=None),
                )
            )
    await session.flush()


async def keep_missing_watches(desk: Desk) -> None:
    """Write by what older shares are found. Nobody is reminded of what waited before this."""
    now = desk.clock()
    async with desk.sessions() as session:
        missing = await concerns.unwatched(session, now)
    for reflection_id in missing:
        async with desk.sessions.begin() as session:
            await hold_reflection(session, reflection_id)
            reflection = await unless_erased(session, reflection_id)
            if reflection is not None and desk.keyring.has(reflection_id):
                await keep_watch(desk, session, reflection)
                shares = await concerns.shares_of(session, [reflection_id])
                for watch in (await concerns.watches_of(session, shares)).values():
                    watch.reminded_at = now


def _line_of(share: Share, all_shares: Sequence[Share]) -> list[Share]:
    """Give the shares that went before one without a gap, the latest first."""
    line: list[Share] = []
    current, left = share, [one for one in all_shares if one.id != share.id]
    while True:
        before = [one for one in left if _was_replaced_by(one, current)]
        if not before:
            return line
        current = before[-1]
        left.remove(current)
        line.append(current)


def _was_replaced_by(earlier: Share, share: Share) -> bool:
    return (
        earlier.supervisor_id == share.supervisor_id
        and earlier.closed_how is ShareClosing.REPLACED
        and earlier.closed_at == share.shared_at
        and (earlier.until is None or earlier.until > share.shared_at)
    )


def _found_by(
    share: Share, shown: Sequence[Shown], done: Mapping[str, datetime]
) -> tuple[str, datetime]:
    still_open = [one for one in shown if one.concern.id not in done]
    stopping = [one for one in still_open if one.concern.level.stops]
    if stopping:
        return OPEN_DANGER, min(one.since for one in stopping)
    if still_open:
        return OPEN_CHECK, min(one.since for one in still_open)
    if shown:
        return ALL_DONE, max(done[one.concern.id] for one in shown)
    return NONE_SHOWN, share.shared_at
