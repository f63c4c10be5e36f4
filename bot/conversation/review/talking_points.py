"""Talking points for the next meeting of a therapist and a supervisor, from what is shared.

Both are given the same: what the shares show, and what the two wrote. To the supervisor it is a
look at every reflection of which it shows words. Nothing of it is stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.conversation.review.reading import Remark, names_in, places_in, remarks_of
from bot.conversation.review.watching import done_in, is_shown
from bot.conversation.shared_view import SharedView, Terms, day_in_words, shared_view
from bot.conversation.views import theme_names
from bot.storage.access import NotFound
from bot.storage.audit import Event, record
from bot.storage.batches import turns_in
from bot.storage.concerns import concerns_in, reviews_of
from bot.storage.models import Account, RaisedConcern, Turn
from bot.storage.queue import Filter, Line, queue_lines, readers_of, therapists_in_queue
from bot.storage.review_tables import Comment, Label
from bot.storage.reviews import comments_for, labels_by
from bot.storage.shares import note_view
from bot.storage.states import ExportKind, Opinion, Role

# Reflections, the newest share first, and lines of one group.
MOST, MOST_LINES = 50, 200
_NEVER = datetime.max.replace(tzinfo=UTC)


class Group(StrEnum):
    """What a point belongs to, in the order of the page."""

    SAFETY = "safety"
    QUESTIONS = "questions"
    WRITTEN = "written"
    DIFFERENT = "different"
    PLANS = "plans"


@dataclass(frozen=True)
class Point:
    """One line. `words` are who said what, `place` is where it stands on the reading page."""

    id: str
    group: Group
    name: str
    reflection: str
    day: str
    place: str
    words: Sequence[tuple[str, str]] = field(repr=False)
    passage: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class TalkingPoints:
    """The points of a therapist and a supervisor. `is_cut`: there was more than is shown."""

    therapist: Account
    supervisor: Account
    points: Sequence[Point]
    shares: frozenset[str]
    is_cut: bool

    def of(self, group: Group) -> list[Point]:
        """Give the points of a group."""
        return [point for point in self.points if point.group is group]


async def whom_to_meet(desk: Desk, account: Account) -> list[Account]:
    """Give those with whom an account has something to talk about: something is shared now."""
    async with desk.sessions() as session:
        return await _others(session, account, desk.clock())


async def read_points(
    desk: Desk, reader: Account, other_id: str, closed_since: date | None = None
) -> TalkingPoints:
    """Give the talking points of `reader` and another one, from what is not closed.

    With `closed_since` also from what was closed on that day or later. Raises `NotFound`, the
    same whether nobody is called so or nothing is shared.
    """
    now = desk.clock()
    async with desk.sessions.begin() as session:
        therapist, supervisor = await _pair(session, reader, other_id, now)
        lines = await _lines(session, therapist, supervisor, now, closed_since)
        shown = lines[:MOST]
        ids = [line.reflection.id for line in shown]
        found = _Found(
            desk=desk,
            reader=reader,
            turns=await turns_in(session, ids),
            labels=await labels_by(session, supervisor.id, ids),
            comments={line.share.id: await comments_for(session, line.share) for line in shown},
            raised=await concerns_in(session, ids),
            done=frozenset(done_in(await reviews_of(session, ids), supervisor.id)),
        )
        every = [one for comments in found.comments.values() for one in comments]
        names = await names_in(session, every, ())
        points = [point for line in shown for point in found.points_of(line, names)]
        kept = [point for group in Group for point in _first(points, group)]
        if reader.role is Role.SUPERVISOR:
            # A concern's kind and day are on other pages too; all else holds somebody's words.
            read = {point.reflection for point in kept if point.group is not Group.SAFETY}
            for line in shown:
                if line.reflection.id in read:
                    await note_view(session, line.share, now)
    return TalkingPoints(
        therapist=therapist,
        supervisor=supervisor,
        points=kept,
        shares=frozenset(line.share.id for line in shown),
        is_cut=len(lines) > MOST or len(kept) < len(points),
    )


async def note_points_export(
    desk: Desk, reader: Account, points: TalkingPoints, kind: ExportKind
) -> None:
    """Write down that a file was made of them. Raises `NotFound` if a share ended meanwhile."""
    now = desk.clock()
    therapist, supervisor = points.therapist, points.supervisor
    other = supervisor if reader.id == therapist.id else therapist
    async with desk.sessions.begin() as session:
        lines = await _lines(session, therapist, supervisor, now, date.min)
        if not points.shares <= {line.share.id for line in lines}:
            raise NotFound
        await record(
            session, Event.EXPORTED, now, by=reader.id, account=other.id, details={"kind": kind}
        )


async def _others(session: AsyncSession, account: Account, now: datetime) -> list[Account]:
    is_therapist = account.role is Role.THERAPIST
    return await (readers_of if is_therapist else therapists_in_queue)(session, account, now)


async def _pair(
    session: AsyncSession, reader: Account, other_id: str, now: datetime
) -> tuple[Account, Account]:
    for other in await _others(session, reader, now):
        if other.id == other_id:
            return (reader, other) if reader.role is Role.THERAPIST else (other, reader)
    raise NotFound


async def _lines(
    session: AsyncSession,
    therapist: Account,
    supervisor: Account,
    now: datetime,
    closed_since: date | None,
) -> list[Line]:
    """Give one more than is shown, where there is one."""
    open_at = datetime.combine(closed_since, time.min, UTC) if closed_since else _NEVER
    wanted = Filter(therapist_id=therapist.id, open_at=open_at)
    return await queue_lines(session, supervisor, now, wanted, MOST + 1)


def _first(points: Sequence[Point], group: Group) -> list[Point]:
    return [point for point in points if point.group is group][:MOST_LINES]


@dataclass(frozen=True)
class _Found:
    """What the database gave, for all reflections together."""

    desk: Desk
    reader: Account
    turns: Mapping[str, Sequence[Turn]]
    labels: Mapping[str, Label]
    comments: Mapping[str, Sequence[Comment]]
    raised: Sequence[tuple[RaisedConcern, int]]
    done: frozenset[str]

    def points_of(self, line: Line, names: Mapping[str, str]) -> Iterator[Point]:
        """Give the points of one reflection."""
        turns = self.turns[line.reflection.id]
        terms = Terms.of(line.share)
        view = shared_view(self.desk, line.reflection, line.therapist, turns, terms)
        about = {"reflection": line.reflection.id, "day": view.day}
        yield from self._concerns(line, about)
        yield from _told(view, about)
        places = places_in(view, turns)
        remarks = remarks_of(self.reader, self.comments[line.share.id], names, places)
        for remark in remarks:
            yield from _thread(remark, about)
        yield from self._findings(view, about)

    def _concerns(self, line: Line, about: Mapping[str, str]) -> Iterator[Point]:
        for concern, number in self.raised:
            is_of_it = concern.reflection_id == line.reflection.id
            if is_of_it and concern.id not in self.done and is_shown(line.share, concern, number):
                day = day_in_words(concern.raised_at)
                told = f"{concern.kind.value.replace('_', ' ')} ({concern.level.value}), {day}"
                yield Point(
                    f"concern-{concern.id}",
                    Group.SAFETY,
                    "Open concern",
                    **about,
                    place="shared-safety",
                    words=[("", told)],
                )

    def _findings(self, view: SharedView, about: Mapping[str, str]) -> Iterator[Point]:
        for finding in (finding for theme in view.themes for finding in theme["findings"]):
            label = self.labels.get(finding["id"])
            verdict = finding["verdict"]
            is_disputed = label is not None and label.opinion is not Opinion.AGREE
            if verdict in ("not_quite", "no") or (verdict == "yes" and is_disputed):
                yield Point(
                    f"finding-{finding['id']}",
                    Group.DIFFERENT,
                    _heard(finding),
                    **about,
                    place=f"finding-{finding['id']}",
                    words=[("Therapist", _VERDICTS[verdict]), *self._label(label)],
                    passage=" … ".join(words["text"] for words in finding["evidence"]) or None,
                )

    def _label(self, label: Label | None) -> list[tuple[str, str]]:
        if label is None:
            return []
        if label.theme:
            said = f"rather {theme_names(self.desk, label.theme, label.subtheme)}"
        else:
            said = "it fits" if label.opinion is Opinion.AGREE else "it does not fit"
        return [("Supervisor", said)]


_VERDICTS = {"yes": "it fits", "not_quite": "not quite", "no": "it does not fit"}


def _heard(finding: Mapping[str, Any]) -> str:
    perhaps = f", perhaps {finding['subtheme_name']}" if finding["subtheme_name"] else ""
    return f"Heard: {finding['theme_name']}{perhaps}"


def _told(view: SharedView, about: Mapping[str, str]) -> Iterator[Point]:
    question = view.summary and view.summary.supervision_question
    plan = view.summary and view.summary.plan
    for key, group, name, words in (
        ("question", Group.QUESTIONS, "Question for supervision", question),
        ("note", Group.QUESTIONS, "Note to the supervisor", view.note),
        ("plan", Group.PLANS, "Plan", plan),
    ):
        if words:
            yield Point(
                f"{key}-{about['reflection']}",
                group,
                name,
                **about,
                place=f"shared-{key}",
                words=[("", words)],
            )


def _thread(remark: Remark, about: Mapping[str, str]) -> Iterator[Point]:
    """Give a conversation that is on words, or in which somebody waits for an answer."""
    said = [remark, *remark.replies]
    waits_for_reader = not said[-1].is_mine
    waits = waits_for_reader or len(said) == 1
    if remark.passage or waits:
        name = "Waits for your answer" if waits_for_reader else "Waits for an answer"
        yield Point(
            f"remark-{remark.id}",
            Group.WRITTEN,
            name if waits else "Comment",
            **about,
            place=f"remark-{remark.id}",
            words=[(one.by, one.text) for one in said],
            passage=remark.passage,
        )
