"""What is read of one reflection: by a supervisor with whom it is shared, and by its author."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.conversation.shared_view import (
    SharedView,
    Terms,
    moment_in_words,
    shared_view,
    worth_showing,
)
from bot.conversation.views import theme_names
from bot.storage.access import own_reflection, shared_reflection, turns_of
from bot.storage.models import Account
from bot.storage.review_tables import Comment, Label, ReviewChange
from bot.storage.reviews import (
    NEW,
    add_deed,
    comments_for,
    comments_in,
    deeds_in,
    deeds_of,
    labels_by,
    labels_in,
    note_read_by_author,
    note_read_by_supervisor,
    review_state,
)
from bot.storage.shares import note_view, standing_shares
from bot.storage.states import ReviewDeed, ReviewState, ShareScope


@dataclass(frozen=True)
class Remark:
    """A comment as it stands on a page. `place` is its turn's number where that is shown."""

    id: str
    by: str
    is_mine: bool
    written: str
    text: str
    place: int | None
    passage: str | None
    # Who is in this conversation beside its author; and who was drawn into it.
    supervisor: str
    mentioned: str | None
    is_new: bool
    replies: Sequence[Remark] = ()


@dataclass(frozen=True)
class ReviewShown:
    """A supervisor's review as it stands on a page, with its steps as (when, deed)."""

    supervisor: str
    state: ReviewState
    steps: Sequence[tuple[str, ReviewDeed]]


@dataclass(frozen=True)
class Reading:
    """A page about one reflection. `labels` are by the finding's id, `readers` may be written to.

    `readers` is empty for a supervisor, who writes to the reflection's author.
    """

    view: SharedView
    reviews: Sequence[ReviewShown]
    remarks: Sequence[Remark]
    labels: Mapping[str, Sequence[dict[str, Any]]]
    readers: Sequence[Account] = ()

    def on(self, turn: int | None) -> list[Remark]:
        """Give what is written on a turn, or on the whole."""
        return [remark for remark in self.remarks if remark.place == turn]


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
        comments = await comments_for(session, share)
        labels = list((await labels_by(session, supervisor.id, [reflection_id])).values())
        names = await names_in(session, comments, ())
        await note_view(session, share, now)
        await note_read_by_supervisor(session, share, now)
        state = await review_state(session, share)
        if state == NEW:
            await add_deed(session, share, ReviewDeed.OPENED, now, by=supervisor.id)
            state = ReviewState.IN_REVIEW
        steps = await deeds_of(session, share)
    view = shared_view(desk, reflection, therapist, turns, Terms.of(share))
    names |= {supervisor.id: supervisor.name}
    return Reading(
        view=view,
        reviews=[ReviewShown(supervisor.name, ReviewState(state), _steps(steps))],
        remarks=remarks_of(supervisor, comments, names, places_in(view, turns)),
        labels=_labels(desk, labels, names),
    )


async def read_own(desk: Desk, author: Account, reflection_id: str) -> Reading:
    """Give a therapist their own reflection with all that was written about it. Raises `NotFound`.

    It is the page that a supervisor has, of the whole and with everybody's reviews.
    """
    now = desk.clock()
    async with desk.sessions.begin() as session:
        reflection = await own_reflection(session, author, reflection_id)
        turns = await turns_of(session, reflection)
        comments = await comments_in(session, reflection)
        labels = await labels_in(session, reflection)
        steps = await deeds_in(session, reflection)
        shares = await standing_shares(session, reflection, now)
        names = await names_in(session, comments, [*labels, *steps])
        await note_read_by_author(session, reflection, now)
    everything = frozenset(turn.id for turn in worth_showing(turns))
    last = max((turn.number for turn in turns), default=0)
    terms = Terms(ShareScope.WHOLE, everything, last, None, None)
    view = shared_view(desk, reflection, author, turns, terms)
    return Reading(
        view=view,
        reviews=_reviews(steps, names),
        remarks=remarks_of(author, comments, names, places_in(view, turns)),
        labels=_labels(desk, labels, names),
        readers=[supervisor for _, supervisor in shares],
    )


async def names_in(
    session: AsyncSession, comments: Sequence[Comment], others: Sequence[Label | ReviewChange]
) -> dict[str, str]:
    """Give the names of all who wrote these, or to whom they were written, by their ids."""
    whose = {comment.author_id for comment in comments}
    whose |= {comment.supervisor_id for comment in comments}
    whose |= {comment.mentioned_id for comment in comments if comment.mentioned_id}
    whose |= {other.supervisor_id for other in others}
    found = await session.scalars(select(Account).where(Account.id.in_(whose)))
    return {account.id: account.name for account in found}


def places_in(view: SharedView, turns: Sequence[Any]) -> dict[str, int]:
    """Give the numbers of the turns that are shown, by their ids."""
    shown = {told["turn"] for told in view.told}
    return {turn.id: turn.number for turn in turns if turn.number in shown}


def remarks_of(
    reader: Account,
    comments: Sequence[Comment],
    names: Mapping[str, str],
    places: Mapping[str, int],
) -> list[Remark]:
    """Give comments as `reader` sees them, each with its replies."""
    by_root: dict[str, list[Remark]] = {}
    roots: list[tuple[str, Remark]] = []
    for comment in comments:
        place = places.get(comment.turn_id or "")
        is_mine = comment.author_id == reader.id
        remark = Remark(
            id=comment.id,
            by=names[comment.author_id],
            is_mine=is_mine,
            written=moment_in_words(comment.written_at),
            text=comment.text,
            place=place,
            # Words of a turn that is not shown here are not shown here either.
            passage=comment.passage["text"] if comment.passage and place is not None else None,
            supervisor=names[comment.supervisor_id],
            mentioned=names.get(comment.mentioned_id or ""),
            is_new=comment.read_at is None and not is_mine,
        )
        if comment.root_id:
            by_root.setdefault(comment.root_id, []).append(remark)
        else:
            roots.append((comment.id, remark))
    return [replace(remark, replies=by_root.get(root, ())) for root, remark in roots]


def _steps(steps: Sequence[ReviewChange]) -> list[tuple[str, ReviewDeed]]:
    return [(moment_in_words(step.at), step.deed) for step in steps]


def _reviews(steps: Sequence[ReviewChange], names: Mapping[str, str]) -> list[ReviewShown]:
    by_supervisor: dict[str, list[ReviewChange]] = {}
    for step in steps:
        by_supervisor.setdefault(step.supervisor_id, []).append(step)
    return [
        ReviewShown(names[supervisor], theirs[-1].deed.leads_to, _steps(theirs))
        for supervisor, theirs in by_supervisor.items()
    ]


def _labels(
    desk: Desk, labels: Sequence[Label], names: Mapping[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """Give the newest label of each supervisor, by the finding's id."""
    newest = {(label.finding_id, label.supervisor_id): label for label in labels}
    found: dict[str, list[dict[str, Any]]] = {}
    for (finding_id, supervisor_id), label in newest.items():
        instead = theme_names(desk, label.theme, label.subtheme) if label.theme else None
        found.setdefault(finding_id, []).append(
            {"by": names[supervisor_id], "opinion": label.opinion.value, "instead": instead}
        )
    return found
