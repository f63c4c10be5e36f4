"""A reflection as a file: what its page shows to whoever asks, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.conversation.desk import Desk
from bot.conversation.exporting.paper import (
    THIRD_LEVEL,
    Block,
    Paper,
    heading,
    item,
    note,
    paragraph,
    quote,
    section,
)
from bot.conversation.review.reading import Reading, Remark, read_own, read_shared
from bot.conversation.shared_view import SharedView, moment_in_words
from bot.conversation.summary import course_of, steps_of
from bot.storage.access import own_reflection, shared_reflection
from bot.storage.audit import Event, record
from bot.storage.models import Account
from bot.storage.states import ExportKind, ReviewDeed, ReviewState, Role

_VERDICTS = {
    "yes": "the therapist: it fits",
    "not_quite": "the therapist: not quite",
    "no": "the therapist: it does not fit",
    None: "not judged",
}
_OPINIONS = {"agree": "it fits", "disagree": "it does not fit"}
_STATES = {
    ReviewState.IN_REVIEW: "in review",
    ReviewState.WAITING: "waiting for the therapist",
    ReviewState.CLOSED: "closed",
}
_DEEDS = {
    ReviewDeed.OPENED: "opened",
    ReviewDeed.ASKED_FOR_MORE: "asked for more",
    ReviewDeed.ANSWERED: "the therapist answered",
    ReviewDeed.SIGNED_OFF: "signed off",
    ReviewDeed.CLOSED: "closed",
    ReviewDeed.REOPENED: "opened again",
}


@dataclass(frozen=True)
class About:
    """What is said on top of a file: what it is, for whom and when it was made, what it is not."""

    what: str
    made: str
    notes: Sequence[str]

    def blocks(self) -> list[Block]:
        """Give it as it stands on a paper."""
        return [paragraph(self.what), paragraph(self.made), *map(note, self.notes)]


def about(desk: Desk, what: str, reader: Account, now: datetime) -> About:
    """Give what is said on top of a file of `what`."""
    said = desk.notices
    made = said["export_made"].format(name=reader.name, moment=moment_in_words(now))
    return About(what, made, (said["export_masked"], said["export_stays"]))


@dataclass(frozen=True)
class ReflectionFile:
    """A reflection to be taken away, as a paper and as plain values for JSON."""

    paper: Paper
    values: Mapping[str, Any]
    # As 2026-03-02: all that a file's name says.
    day: str


async def reflection_file(desk: Desk, reader: Account, reflection_id: str) -> ReflectionFile:
    """Give what a page shows, to be made into a file; to a supervisor only as a look at it.

    The file is given once `note_export` has let it go. Raises `NotFound`.
    """
    is_author = reader.role is Role.THERAPIST
    reading = await (read_own if is_author else read_shared)(desk, reader, reflection_id)
    what = "export_own" if is_author else "export_shared"
    words = desk.notices[what].format(name=reading.view.therapist)
    on_top = about(desk, words, reader, desk.clock())
    return ReflectionFile(
        Paper(
            f"Reflection of {reading.view.day}",
            [
                *on_top.blocks(),
                *_blocks(reading, is_author=is_author),
                note(reading.view.disclaimer),
            ],
        ),
        _values(reading, on_top),
        reading.view.began,
    )


async def note_export(desk: Desk, reader: Account, reflection_id: str, kind: ExportKind) -> None:
    """Write down that a file was made, unless it may not be read any more: then `NotFound`.

    To be called when the file is there and before it is given: making it takes a while.
    """
    now = desk.clock()
    async with desk.sessions.begin() as session:
        if reader.role is Role.THERAPIST:
            await own_reflection(session, reader, reflection_id)
        else:
            await shared_reflection(session, reader, reflection_id, now)
        await record(
            session,
            Event.EXPORTED,
            now,
            by=reader.id,
            reflection=reflection_id,
            details={"kind": kind},
        )


def _blocks(reading: Reading, *, is_author: bool) -> list[Block]:
    view, summary = reading.view, reading.view.summary
    course = course_of(summary) if summary else None
    return [
        paragraph(_by(view, is_author=is_author)),
        *section("For the supervisor", view.note),
        *_safety(view),
        *(section("Question for supervision", summary.supervision_question) if summary else []),
        *([paragraph(course)] if course else []),
        *_themes(reading),
        *_told(reading),
        *(steps_of(summary, "In their words") if summary else []),
        *(section("Plan", summary.plan) if summary else []),
        *(section("How the last plan went", summary.follow_up) if summary else []),
        *_remarks(reading.on(None), "Written about the whole"),
        *_reviews(reading),
    ]


def _by(view: SharedView, *, is_author: bool) -> str:
    by = f"By {view.therapist}."
    if is_author:
        return by
    until = f"until {view.until}" if view.until else "until it is withdrawn"
    return f"{by} Shared {until}."


def _safety(view: SharedView) -> list[Block]:
    concerns = [
        item(
            f"{_plain(one['kind'])} ({one['level']}), {one['raised']} UTC",
            [f"What was shown then: {text}" for text in one["shown"]],
        )
        for one in view.concerns
    ]
    return [heading("Safety"), *concerns] if concerns else []


def _themes(reading: Reading) -> list[Block]:
    blocks: list[Block] = []
    numbers = reading.view.findings
    for theme in reading.view.themes:
        blocks.append(heading(_title(theme["name"]), THIRD_LEVEL))
        for finding in theme["findings"]:
            number = numbers[finding["id"]]["number"]
            blocks.append(paragraph(_finding(finding), strong=f"Finding {number}"))
            blocks += [quote(words["text"]) for words in finding["evidence"]]
            blocks += [item(_label(one)) for one in reading.labels.get(finding["id"], ())]
    return [heading("Themes that may have been heard"), *blocks] if blocks else []


def _finding(finding: Mapping[str, Any]) -> str:
    how_sure = finding["confidence"]
    return " · ".join(
        [
            *([f"perhaps {finding['subtheme_name']}"] if finding["subtheme_name"] else []),
            "named by the therapist" if how_sure is None else f"confidence {how_sure:.2f}",
            _VERDICTS[finding["verdict"]],
        ]
    )


def _label(label: Mapping[str, Any]) -> str:
    instead = f"rather {label['instead']}" if label["instead"] else _OPINIONS[label["opinion"]]
    return f"{label['by']}: {instead}"


def _told(reading: Reading) -> list[Block]:
    blocks: list[Block] = []
    for told in reading.view.told:
        blocks.append(heading(told["heading"] or f"Message {told['turn']}", THIRD_LEVEL))
        blocks.append(paragraph(told["text"]))
        blocks += [
            note(f"Safety: {_plain(one['kind'])} ({one['level']})") for one in told["concerns"]
        ]
        blocks += _threads(reading.on(told["turn"]))
    name = "What was written" if reading.view.is_in_full else "What was told"
    return [heading(name), *blocks] if blocks else []


def _remarks(remarks: Sequence[Remark], name: str) -> list[Block]:
    return [heading(name), *_threads(remarks)] if remarks else []


def _threads(remarks: Sequence[Remark]) -> list[Block]:
    blocks: list[Block] = []
    for remark in remarks:
        blocks += [_remark(one) for one in (remark, *remark.replies)]
    return blocks


def _remark(remark: Remark) -> Block:
    also = f", also for {remark.mentioned}" if remark.mentioned else ""
    passage = [f"“{remark.passage}”"] if remark.passage else []
    return item("", [*passage, remark.text], strong=f"{remark.by}, {remark.written} UTC{also}")


def _reviews(reading: Reading) -> list[Block]:
    blocks: list[Block] = []
    for review in reading.reviews:
        blocks.append(heading(f"Review by {review.supervisor}: {_STATES[review.state]}"))
        blocks += [item(f"{at} UTC: {_DEEDS[deed]}") for at, deed in review.steps]
    return blocks


def _values(reading: Reading, on_top: About) -> dict[str, Any]:
    view = reading.view
    numbers = view.findings
    return {
        "about": asdict(on_top),
        "therapist": view.therapist,
        "day": view.began,
        "shared_until": view.until,
        "note": view.note,
        "concerns": view.concerns,
        "summary": _summary_values(view),
        "themes": [
            {
                "theme": theme["theme"],
                "findings": [
                    {
                        "number": numbers[finding["id"]]["number"],
                        "subtheme": finding["subtheme"],
                        "confidence": finding["confidence"],
                        "verdict": finding["verdict"],
                        "turn": finding["turn"],
                        "words": [words["text"] for words in finding["evidence"]],
                        "labels": reading.labels.get(finding["id"], []),
                    }
                    for finding in theme["findings"]
                ],
            }
            for theme in view.themes
        ],
        "told": [{key: told[key] for key in ("turn", "heading", "text")} for told in view.told],
        "comments": [_remark_values(remark) for remark in reading.remarks],
        "reviews": [
            {
                "supervisor": review.supervisor,
                "state": review.state,
                "steps": [{"at": at, "deed": deed} for at, deed in review.steps],
            }
            for review in reading.reviews
        ],
    }


def _summary_values(view: SharedView) -> dict[str, Any] | None:
    if view.summary is None:
        return None
    step = ("id", "text", "response", "adapted", "source")
    return {
        "arousal_before": view.summary.arousal_before,
        "arousal_after": view.summary.arousal_after,
        "supervision_question": view.summary.supervision_question,
        "plan": view.summary.plan,
        "follow_up": view.summary.follow_up,
        "steps": [{key: one.get(key) for key in step} for one in view.summary.steps],
    }


def _remark_values(remark: Remark) -> dict[str, Any]:
    return {
        "by": remark.by,
        "written": remark.written,
        "turn": remark.place,
        "passage": remark.passage,
        "text": remark.text,
        "replies": [_remark_values(reply) for reply in remark.replies],
    }


def _plain(name: str) -> str:
    return _title(name.replace("_", " "))


def _title(name: str) -> str:
    return name[0].upper() + name[1:]
