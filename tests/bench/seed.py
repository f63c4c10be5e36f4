"""Fill a database with shared reflections, sealed as real ones are, to time the console on them.

What is told in them are sentences of `data/nlu/themes/`, which are invented.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from bot.conversation.desk import Desk
from bot.conversation.review.facets import codes_for, facets_of
from bot.conversation.review.index import words_shown
from bot.conversation.shared_view import Terms, shared_view
from bot.evaluation.data import theme_examples
from bot.privacy.sealing.envelope import Place
from bot.privacy.sealing.keyring import Keyring
from bot.reflection.stages import STAGE_OF, Path, Question, Stage
from bot.reflection.verdicts import Verdict
from bot.safety.kinds import Kind, Level
from bot.storage.columns import new_id
from bot.storage.models import (
    Account,
    Base,
    FoundTheme,
    Message,
    RaisedConcern,
    Reflection,
    Share,
    ShareTurn,
    Supervision,
    Turn,
)
from bot.storage.review_tables import SearchEntry, ShareFacet
from bot.storage.sealed import SealedRow, sealed_attributes
from bot.storage.states import ReflectionState, Role, ShareScope, TurnState, Voice
from bot.themes.detector import Labelled
from bot.themes.findings import Theme

TURNS, THERAPISTS = 30, 8
# So many different evenings are told, again and again.
STORIES, TOGETHER = 300, 200
# A year's worth, so that filters by date have something to leave out.
_SPREAD = timedelta(days=365)
_ASKED = (Question.DESCRIBE, Question.FEEL, Question.PARENT, Question.SENSE, Question.PLAN)
# In the order of their references.
_TABLES = (
    Reflection,
    Turn,
    Message,
    FoundTheme,
    RaisedConcern,
    Share,
    ShareTurn,
    ShareFacet,
    SearchEntry,
)
_IDS = ("id", "reflection_id", "turn_id", "share_id")

Row = dict[str, Any]
# A table, a row's values, and what of them is sealed, in plain.
Kept = tuple[type[Base], Row, bytes | None]


@dataclass(frozen=True)
class Story:
    """An evening with its rows, none of them stored, and by what it is found."""

    rows: Sequence[Kept]
    facets: frozenset[str]
    words: str


async def seed(
    desk: Desk, supervisor: Account, number: int, tell: Callable[[int], None] = lambda done: None
) -> None:
    """Write `number` reflections of eight therapists, all shared whole with one supervisor.

    `tell` is told how many are there. The same number gives the same database but for its ids.
    """
    chance = random.Random(number)
    therapists = await _therapists(desk, supervisor)
    examples = [example for example, _ in theme_examples()]
    stories = [_story(desk, chance, examples, therapists[0]) for _ in range(STORIES)]
    codes, now = codes_for(desk, supervisor.id), desk.clock()
    for done in range(0, number, TOGETHER):
        rows: dict[type[Base], list[Row]] = {table: [] for table in _TABLES}
        for _ in range(min(TOGETHER, number - done)):
            story, at = chance.choice(stories), now - _SPREAD * chance.random()
            ids = _tell(desk.keyring, story, rows, chance.choice(therapists), supervisor, at)
            entry = Place("search_entries", "sealed", ids["share"], ids["reflection"])
            rows[SearchEntry].append(
                {
                    "id": ids["share"],
                    "reflection_id": ids["reflection"],
                    "sealed": desk.keyring.seal(json.dumps({"text": story.words}).encode(), entry),
                }
            )
            rows[ShareFacet] += [
                {"share_id": ids["share"], "code": codes[facet], "shared_at": at}
                for facet in story.facets & codes.keys()
            ]
        async with desk.sessions.begin() as session:
            for table in _TABLES:
                if rows[table]:
                    await session.execute(insert(table.__table__), rows[table])
        tell(min(done + TOGETHER, number))


async def _therapists(desk: Desk, supervisor: Account) -> list[Account]:
    now = desk.clock()
    made = [
        Account(id=new_id(), name=f"Therapist {n + 1}", role=Role.THERAPIST, created_at=now)
        for n in range(THERAPISTS)
    ]
    begun = now - _SPREAD - timedelta(days=1)
    async with desk.sessions.begin() as session:
        session.add_all(made)
        await session.flush()
        session.add_all(
            Supervision(therapist_id=one.id, supervisor_id=supervisor.id, since=begun)
            for one in made
        )
    return made


def _tell(
    keyring: Keyring,
    story: Story,
    rows: dict[type[Base], list[Row]],
    therapist: Account,
    supervisor: Account,
    at: datetime,
) -> dict[str, str]:
    """Add a story's rows under new ids, sealed with a key of their own; give the ids."""
    ids: dict[str, str] = {}
    reflection_id = ids["reflection"] = new_id()
    keyring.create(reflection_id)
    own = {
        "therapist_id": therapist.id,
        "supervisor_id": supervisor.id,
        "shared_at": at,
        "started_at": at - timedelta(minutes=20),
    }
    for table, values, plain in story.rows:
        copy = values | {name: value for name, value in own.items() if name in values}
        for name in _IDS:
            if copy.get(name):
                copy[name] = ids.get(copy[name]) or ids.setdefault(copy[name], new_id())
        if plain is not None:
            place = Place(table.__tablename__, "sealed", copy["id"], reflection_id)
            copy["sealed"] = keyring.seal(plain, place)
        rows[table].append(copy)
    return ids


def _kept(row: Base) -> Kept:
    """Give a row once for all its copies: asking the models each time is most of the work."""
    values = {column.name: getattr(row, column.key) for column in row.__table__.columns}
    if not isinstance(row, SealedRow):
        return type(row), values, None
    private = {name: getattr(row, name) for name in sealed_attributes(type(row))}
    return type(row), values, json.dumps(private).encode()


def _story(
    desk: Desk, chance: random.Random, examples: Sequence[Labelled], therapist: Account
) -> Story:
    now = desk.clock()
    reflection = Reflection(
        id="reflection",
        therapist_id=therapist.id,
        path=Path.FULL,
        state=ReflectionState.CLOSED,
        stage=Stage.CLOSE,
        started_at=now,
        changed_at=now,
        closed_at=now,
    )
    reflection.arousal_before, reflection.arousal_after = 8.0, 4.0
    questions = dict(zip(range(1, TURNS, 5), _ASKED, strict=False))
    if chance.random() < 0.4:
        questions[TURNS - 1] = Question.SUPERVISION_QUESTION
    turns = [_turn(chance, examples, now, number, questions.get(number)) for number in range(TURNS)]
    share = Share(
        id="share",
        reflection_id=reflection.id,
        supervisor_id="",
        scope=ShareScope.WHOLE,
        last_turn=TURNS,
        with_course=True,
        shared_at=now,
        note=None,
    )
    chosen = [ShareTurn(share_id=share.id, turn_id=turn.id) for turn in turns if turn.text]
    below = [row for turn in turns for row in (*turn.messages, *turn.findings, *turn.concerns)]
    terms = Terms(share.scope, frozenset(one.turn_id for one in chosen), TURNS, None, None)
    view = shared_view(desk, reflection, therapist, turns, terms)
    rows = [_kept(row) for row in (reflection, *turns, *below, share, *chosen)]
    return Story(rows, facets_of(view), words_shown(view))


def _turn(
    chance: random.Random,
    examples: Sequence[Labelled],
    now: datetime,
    number: int,
    question: Question | None,
) -> Turn:
    told = chance.choice(examples)
    turn = Turn(
        id=f"turn {number}",
        reflection_id="reflection",
        number=number,
        client_id=str(number),
        state=TurnState.ANSWERED,
        question=question,
        stage=STAGE_OF[question] if question else Stage.DESCRIBE,
        kept_at=now,
        answered_at=now,
        attempts=0,
    )
    turn.text = told.text if number else ""
    own = {"reflection_id": "reflection", "turn_id": turn.id}
    turn.messages = [
        Message(id=f"said {number} {place}", **own, position=place, voice=Voice.DIALOGUE, text=text)
        for place, text in enumerate(("Noted.", "What came up in you?"))
    ]
    turn.findings = [
        FoundTheme(
            id=f"finding {number} {label}",
            **own,
            theme=Theme(label.partition("/")[0]),
            subtheme=label.partition("/")[2] or None,
            confidence=0.8,
            evidence=[{"start": 0, "end": len(told.text), "text": told.text}],
            verdict=chance.choice((Verdict.YES, Verdict.YES, Verdict.NOT_QUITE, Verdict.NO)),
            judged_at=now,
        )
        for label in (sorted(told.labels) if question else ())
    ]
    if chance.random() < 0.005:
        level = chance.choice((Level.CONCERN, Level.CHECK))
        concern = RaisedConcern(id=f"concern {number}", **own, raised_at=now, sign="seeded")
        concern.kind, concern.level = Kind.CHILD_AT_RISK, level
        turn.concerns = [concern]
    return turn
