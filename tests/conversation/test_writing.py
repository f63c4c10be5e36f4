"""What the dialogue reports is written down with the answer that announced it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import pytest
from sqlalchemy import select

from bot.conversation import records
from bot.conversation.answering import Answering
from bot.conversation.desk import Desk
from bot.conversation.records import (
    Answered,
    Asked,
    Chose,
    Closed,
    Failed,
    Heard,
    Judged,
    Offered,
    OwnTheme,
    Paused,
    Record,
    Scored,
    StartAgain,
    TookPath,
    from_json,
    to_json,
)
from bot.reflection.stages import Path, Question, Stage
from bot.reflection.verdicts import Verdict
from bot.storage.batches import turns_in
from bot.storage.models import FollowUp, Plan, Share, Turn
from bot.storage.states import ReflectionState, StepResponse, TurnState
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot, says
from tests.conversation.samples import DANGER, PLAIN
from tests.gateway import FakeClock, People, say, start, stored, turns

HEARD = Heard((Finding(Theme.PARENT_TRAUMA, "loss", 0.7, (Evidence(0, 10, PLAIN[:10]),)),))
ONE_OF_EACH = (
    Asked(Question.FEEL, Stage.FEEL),
    Answered(Question.DESCRIBE),
    Scored(Question.AROUSAL_BEFORE, 6.5),
    HEARD,
    Judged(Theme.PARENT_TRAUMA, Verdict.NOT_QUITE),
    OwnTheme(Theme.COUNTERTRANSFERENCE),
    Offered(("one", "two")),
    Chose("adapted", ("two",)),
    TookPath(Path.SHORT),
    Paused(),
    Closed("share"),
    StartAgain(),
    Failed("an id"),
)


class Line:
    """Says a thing, and has the bot answer it with records."""

    def __init__(self, desk: Desk, people: People, bot: ScriptedBot, reflection: str) -> None:
        self.desk, self.people, self.bot, self.id = desk, people, bot, reflection

    async def say(self, text: str, *reported: Record, choice: str | None = None) -> Turn:
        self.bot.script = [says("Noted.", *reported)]
        await say(self.desk, self.people.therapist, self.id, text, choice)
        await self.answer()
        return (await self.turns())[-1]

    async def answer(self) -> None:
        answering = Answering(self.desk)
        answering.see_to(self.id)
        await answering._tasks[self.id]

    async def turns(self) -> Sequence[Turn]:
        return await turns(self.desk, self.people.therapist, self.id)

    async def stored(self):
        return await stored(self.desk, self.people.therapist, self.id)


@pytest.fixture
async def line(desk: Desk, people: People, bot: ScriptedBot) -> Line:
    opened = Line(desk, people, bot, await start(desk, people.therapist))
    await opened.answer()
    return opened


def test_every_kind_of_record_survives_the_way_through_json() -> None:
    union = get_args(records.Record)[0]
    assert {type(record) for record in ONE_OF_EACH} == set(get_args(union))
    assert from_json([to_json(record) for record in ONE_OF_EACH]) == list(ONE_OF_EACH)


@pytest.mark.parametrize("record", ONE_OF_EACH, ids=lambda record: record.record)
async def test_every_kind_of_record_can_be_written(line: Line, record: Record) -> None:
    turn = await line.say(PLAIN, record)
    assert turn.state is TurnState.ANSWERED
    assert [message.text for message in turn.messages] == ["Noted."]


async def test_a_question_moves_the_reflection_to_its_stage(line: Line) -> None:
    turn = await line.say(PLAIN, Asked(Question.FEEL, Stage.FEEL))
    assert (turn.asked, turn.stage) == (Question.FEEL, Stage.FEEL)
    assert (await line.stored()).stage is Stage.FEEL


async def test_an_answer_belongs_to_its_question_and_a_score_to_the_reflection(
    line: Line,
) -> None:
    assert (await line.say(PLAIN, Answered(Question.DESCRIBE))).question is Question.DESCRIBE
    await line.say("7", Scored(Question.AROUSAL_BEFORE, 7))
    await line.say("5", Scored(Question.READY, 5))
    turn = await line.say("3.5", Scored(Question.AROUSAL_AFTER, 3.5))
    assert turn.question is Question.AROUSAL_AFTER
    reflection = await line.stored()
    assert (reflection.arousal_before, reflection.arousal_after) == (7, 3.5)


async def test_a_finding_stands_at_the_turn_whose_words_it_was_heard_in(line: Line) -> None:
    (finding,) = (await line.say(PLAIN, HEARD)).findings
    assert (finding.theme, finding.subtheme) == (Theme.PARENT_TRAUMA, "loss")
    assert finding.confidence == 0.7
    assert finding.evidence == [{"start": 0, "end": 10, "text": PLAIN[:10]}]
    assert finding.verdict is None


async def test_findings_of_one_turn_keep_the_order_they_were_put_there_in(
    line: Line, desk: Desk
) -> None:
    own = [Theme.REDUCED_INVESTMENT, Theme.COUNTERTRANSFERENCE, Theme.REDUCED_INVESTMENT]
    turn = await line.say(PLAIN, HEARD, *map(OwnTheme, own))
    expected = [Theme.PARENT_TRAUMA, *own]
    assert [finding.theme for finding in turn.findings] == expected
    async with desk.sessions() as session:
        read = (await turns_in(session, [line.id]))[line.id][-1]
        assert [finding.theme for finding in read.findings] == expected


async def test_a_verdict_counts_for_every_finding_of_its_theme_and_for_no_other(
    line: Line, desk: Desk, people: People, bot: ScriptedBot
) -> None:
    other = Line(desk, people, bot, await start(desk, people.therapist))
    await other.answer()
    await other.say(PLAIN, HEARD)
    await line.say(PLAIN, HEARD)
    await line.say(PLAIN, HEARD, OwnTheme(Theme.COUNTERTRANSFERENCE))
    await line.say("no", Judged(Theme.PARENT_TRAUMA, Verdict.NO))
    found = [(f.theme, f.verdict) for turn in await line.turns() for f in turn.findings]
    assert found == [
        (Theme.PARENT_TRAUMA, Verdict.NO),
        (Theme.PARENT_TRAUMA, Verdict.NO),
        (Theme.COUNTERTRANSFERENCE, Verdict.YES),
    ]
    assert [f.verdict for turn in await other.turns() for f in turn.findings] == [None]


async def test_steps_are_offered_once_each_and_the_choice_stands_beside_them(
    line: Line,
) -> None:
    first = await line.say(PLAIN, Offered(("one", "two")))
    again = await line.say("others", Offered(("two", "three")))
    assert [(o.step_id, o.position) for o in first.step_offers] == [("one", 0), ("two", 1)]
    assert [o.step_id for o in again.step_offers] == ["three"]
    adapted = await line.say("shorter", Chose("adapted", ("two",)))
    offers = {o.step_id: o for turn in await line.turns() for o in turn.step_offers}
    assert offers["two"].response is StepResponse.ADAPTED
    assert offers["two"].adapted_in == adapted.id
    assert offers["one"].response is None
    await line.say("none", Chose("refused"))
    offers = {o.step_id: o for turn in await line.turns() for o in turn.step_offers}
    assert {offer.response for offer in offers.values()} == {StepResponse.REFUSED}


async def test_a_plan_changed_later_is_one_plan_with_the_later_words(
    line: Line, desk: Desk
) -> None:
    await line.say("Ring her.", Answered(Question.PLAN))
    later = await line.say("Write to her.", Answered(Question.PLAN))
    async with desk.sessions() as session:
        plans = list(await session.scalars(select(Plan).where(Plan.reflection_id == line.id)))
    assert [plan.turn_id for plan in plans] == [later.id]


async def test_how_a_plan_went_is_tied_to_the_last_plan_of_a_closed_reflection(
    line: Line, desk: Desk, people: People, bot: ScriptedBot, clock: FakeClock
) -> None:
    planned = await line.say("Ring her.", Answered(Question.PLAN))
    await line.say("keep", Closed("keep"))
    clock.advance(days=1)
    unfinished = Line(desk, people, bot, await start(desk, people.therapist))
    await unfinished.answer()
    await unfinished.say("Something else.", Answered(Question.PLAN))
    later = Line(desk, people, bot, await start(desk, people.therapist))
    await later.answer()
    assert bot.calls[-1].context is not None
    assert bot.calls[-1].context["last_plan"] == "Ring her."
    told = await later.say("I did.", Answered(Question.FOLLOW_UP))
    async with desk.sessions() as session:
        (found,) = await session.scalars(select(FollowUp).where(FollowUp.turn_id == told.id))
        assert (await session.get_one(Plan, found.plan_id)).turn_id == planned.id


async def test_a_reflection_is_paused_and_goes_on_with_the_next_answer(line: Line) -> None:
    await line.say("pause", Paused())
    assert (await line.stored()).state is ReflectionState.PAUSED
    await line.say("resume")
    assert (await line.stored()).state is ReflectionState.OPEN


async def test_the_short_path_is_taken(line: Line) -> None:
    await line.say("short", TookPath(Path.SHORT))
    assert (await line.stored()).path is Path.SHORT


@pytest.mark.parametrize(("ending", "shares"), [("keep", 0), ("share", 1)])
async def test_closing_shares_only_when_that_was_chosen(
    line: Line, desk: Desk, people: People, clock: FakeClock, ending: records.Ending, shares: int
) -> None:
    clock.advance(minutes=20)
    await line.say(ending, Closed(ending))
    reflection = await line.stored()
    assert (reflection.state, reflection.closed_at) == (ReflectionState.CLOSED, clock.now)
    async with desk.sessions() as session:
        found = await session.scalars(
            select(Share.supervisor_id).where(Share.reflection_id == line.id)
        )
    assert list(found) == [people.supervisor.id] * shares


async def test_what_was_held_gets_the_effects_of_its_words(line: Line) -> None:
    held = (await line.say(DANGER)).id
    await line.say("", Answered(Question.DESCRIBE), HEARD, choice="/resume")
    found = {turn.id: turn for turn in await line.turns()}
    assert found[held].question is Question.DESCRIBE
    assert [f.theme for f in found[held].findings] == [Theme.PARENT_TRAUMA]
    resumed = next(turn for turn in found.values() if turn.stands_for == held)
    assert (resumed.question, list(resumed.findings)) == (None, [])
    assert resumed.state is TurnState.ANSWERED
