"""Talking points on paper, without what was left out and with lines that somebody added."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.conversation.desk import Desk
from bot.conversation.exporting.paper import Block, Paper, heading, item, note
from bot.conversation.exporting.reflection import about
from bot.conversation.review.talking_points import Group, Point, TalkingPoints
from bot.storage.models import Account

LONGEST_OWN = 4000
NAMES = {
    Group.SAFETY: "Safety",
    Group.QUESTIONS: "Questions",
    Group.WRITTEN: "What we wrote to each other",
    Group.DIFFERENT: "Where we read it differently",
    Group.PLANS: "Plans",
}
CUT = (
    "There is more than stands here: the newest 50 reflections are gone through, and the first "
    "200 lines of each part are shown."
)


class OwnTooLong(Exception):
    """The lines that somebody added are longer than is taken."""


def own_lines(typed: str) -> list[str]:
    """Give the lines that somebody added, without the empty ones. Raises `OwnTooLong`."""
    if len(typed) > LONGEST_OWN:
        raise OwnTooLong
    return [line.strip() for line in typed.splitlines() if line.strip()]


def points_paper(
    desk: Desk,
    reader: Account,
    points: TalkingPoints,
    left_out: Collection[str],
    own: Sequence[str],
) -> Paper:
    """Give the points as a paper; own lines are on it as they were typed, and nowhere else."""
    what = desk.notices["export_points"].format(
        therapist=points.therapist.name, supervisor=points.supervisor.name
    )
    blocks = about(desk, what, reader, desk.clock()).blocks()
    for group in Group:
        kept = [point for point in points.of(group) if point.id not in left_out]
        if kept:
            blocks += [
                heading(NAMES[group]),
                *(block for point in kept for block in _blocks(point)),
            ]
    if own:
        blocks += [heading("Our own lines"), *map(item, own)]
    if points.is_cut:
        blocks.append(note(CUT))
    return Paper("Talking points", blocks)


def _blocks(point: Point) -> list[Block]:
    words = [f"{who}: {said}" if who else said for who, said in point.words]
    above = [f"“{point.passage}”"] if point.passage else []
    return [item("", [*above, *words], strong=f"{point.name}, {point.day}")]
