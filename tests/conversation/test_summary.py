"""The summary holds the therapist's own words, and of several answers the last."""

from __future__ import annotations

import pytest

from bot.conversation.answering import Answering
from bot.conversation.desk import Desk
from bot.conversation.records import Answered, Chose, Heard, Judged, Offered, Record, Scored
from bot.conversation.reflections import read_summary
from bot.conversation.summary import DISCLAIMER, Summary
from bot.reflection.stages import Question
from bot.reflection.verdicts import Verdict
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot, says
from tests.conversation.samples import TO_CHECK
from tests.gateway import People, say, start

TOLD = "She looked away and I talked faster."


def _heard(words: str, confidence: float = 0.8) -> Heard:
    evidence = (Evidence(0, len(words), words),)
    return Heard((Finding(Theme.COUNTERTRANSFERENCE, None, confidence, evidence),))


class Evening:
    def __init__(self, desk: Desk, people: People, bot: ScriptedBot, reflection: str) -> None:
        self.desk, self.people, self.bot, self.id = desk, people, bot, reflection

    async def say(self, text: str, *reported: Record) -> None:
        self.bot.script = [says("Noted.", *reported)]
        await say(self.desk, self.people.therapist, self.id, text)
        await self.answer()

    async def answer(self) -> None:
        answering = Answering(self.desk)
        answering.see_to(self.id)
        await answering._tasks[self.id]

    async def summary(self) -> Summary:
        return await read_summary(self.desk, self.people.therapist, self.id)


@pytest.fixture
async def evening(desk: Desk, people: People, bot: ScriptedBot) -> Evening:
    begun = Evening(desk, people, bot, await start(desk, people.therapist))
    await begun.answer()
    return begun


async def test_a_reflection_of_nothing_has_a_summary_of_nothing(evening: Evening) -> None:
    summary = await evening.summary()
    assert (summary.account, summary.themes, summary.steps) == ([], [], [])
    assert (summary.plan, summary.arousal_before) == (None, None)
    assert summary.as_markdown() == f"# Reflection of 2026-03-02\n\n*{DISCLAIMER}*\n"


async def test_the_whole_evening_is_in_it(evening: Evening) -> None:
    step = next(iter(evening.desk.steps.values()))
    await evening.say("7", Scored(Question.AROUSAL_BEFORE, 7))
    await evening.say("The mother came late.", Answered(Question.DESCRIBE))
    await evening.say(TOLD, Answered(Question.FEEL), _heard("I talked faster"))
    await evening.say(TO_CHECK, Answered(Question.CHILD))
    await evening.say("not quite", Judged(Theme.COUNTERTRANSFERENCE, Verdict.NOT_QUITE))
    await evening.say("steps", Offered((step.id,)))
    await evening.say("Only in the car park.", Chose("adapted", (step.id,)))
    await evening.say("Ring her on Tuesday.", Answered(Question.PLAN))
    await evening.say("What was that speed?", Answered(Question.SUPERVISION_QUESTION))
    await evening.say("4.5", Scored(Question.AROUSAL_AFTER, 4.5))
    names = evening.desk.wording.stages
    theme = evening.desk.taxonomy[Theme.COUNTERTRANSFERENCE].name
    markdown = (await evening.summary()).as_markdown()
    expected = [
        "How stirred up, 0 to 10: 7 → 4.5",
        f"## {names['describe'].name}\n\nThe mother came late.",
        f"## {names['feel'].name}\n\n{TOLD}",
        f"**{theme[0].upper()}{theme[1:]}** (fits not quite)\n> I talked faster",
        f"- {step.step} (adapted)  \n  In your words: Only in the car park.",
        "## Plan\n\nRing her on Tuesday.",
        "## Question for supervision\n\nWhat was that speed?",
        "## Safety\n\n- suicidality child (check)",
        f"*{DISCLAIMER}*",
    ]
    places = [markdown.find(part) for part in expected]
    assert -1 not in places, expected[places.index(-1)] + "\n---\n" + markdown
    assert places == sorted(places)


async def test_of_two_answers_to_a_question_the_last_counts_with_its_themes(
    evening: Evening,
) -> None:
    await evening.say("First words.", Answered(Question.FEEL), _heard("First words"))
    await evening.say("Better words.", Answered(Question.FEEL))
    summary = await evening.summary()
    assert [part["text"] for part in summary.account] == ["Better words."]
    assert summary.themes == []


async def test_a_theme_heard_twice_is_one_theme_with_the_words_of_both(
    evening: Evening,
) -> None:
    await evening.say("One.", Answered(Question.DESCRIBE), _heard("One", 0.5))
    await evening.say("Two.", Answered(Question.FEEL), _heard("Two", 0.9))
    (theme,) = (await evening.summary()).themes
    assert [words["text"] for words in theme["evidence"]] == ["Two", "One"]
    assert theme["confidence"] == 0.9


async def test_a_step_that_left_the_library_does_not_break_the_summary(
    evening: Evening,
) -> None:
    await evening.say("steps", Offered(("a_step_of_last_year",)))
    summary = await evening.summary()
    assert summary.steps[0]["id"] == "a_step_of_last_year"
    assert summary.as_markdown()
