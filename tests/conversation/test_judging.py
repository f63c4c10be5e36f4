"""A theme that was asked about may be judged again, on the page."""

from __future__ import annotations

import pytest

from bot.conversation.desk import Desk
from bot.conversation.judging import NotSpokenOf, judge
from bot.conversation.news import CHANGED
from bot.conversation.records import Answered, Asked, Closed, Heard, Judged
from bot.reflection.stages import Question, Stage
from bot.reflection.verdicts import Verdict
from bot.storage.access import NotFound
from bot.storage.states import ReflectionState
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot
from tests.conversation.evening import Evening
from tests.conversation.samples import DANGER, PLAIN
from tests.gateway import People, stored, turns

THEME = Theme.COUNTERTRANSFERENCE
OTHER = Theme.PARENT_TRAUMA
ASKED = Asked(Question.VERDICT_COUNTERTRANSFERENCE, Stage.THEMES)


def _heard(*themes: Theme) -> Heard:
    evidence = (Evidence(0, len(PLAIN), PLAIN),)
    return Heard(tuple(Finding(theme, None, 0.8, evidence) for theme in themes))


@pytest.fixture
async def evening(desk: Desk, people: People, bot: ScriptedBot) -> Evening:
    begun = await Evening.begin(desk, people, bot)
    await begun.say(PLAIN, Answered(Question.DESCRIBE), _heard(THEME, OTHER))
    await begun.say("Fast, yes.", Answered(Question.SENSE), _heard(THEME), ASKED)
    return begun


async def judged(evening: Evening, verdict: Verdict = Verdict.NOT_QUITE) -> None:
    await judge(evening.desk, evening.people.therapist, evening.id, THEME, verdict)


async def verdicts(evening: Evening) -> list[tuple[Theme, Verdict | None]]:
    told = await turns(evening.desk, evening.people.therapist, evening.id)
    return [(finding.theme, finding.verdict) for turn in told for finding in turn.findings]


async def test_it_counts_for_every_finding_of_the_theme_and_may_be_changed(
    evening: Evening,
) -> None:
    for verdict in Verdict:
        await judged(evening, verdict)
        assert await verdicts(evening) == [(THEME, verdict), (OTHER, None), (THEME, verdict)]


async def test_a_later_answer_to_the_assistant_takes_its_place(evening: Evening) -> None:
    await judged(evening, Verdict.NO)
    await evening.say("yes", Judged(THEME, Verdict.YES))
    assert (THEME, Verdict.NO) not in await verdicts(evening)


async def test_a_closed_reflection_can_still_be_judged_and_its_summary_says_so(
    evening: Evening,
) -> None:
    await evening.say("yes", Judged(THEME, Verdict.YES), Closed("keep"))
    await judged(evening, Verdict.NO)
    told = {theme["theme"]: theme["verdict"] for theme in (await evening.summary()).themes}
    assert told[THEME] == "no"
    state = (await stored(evening.desk, evening.people.therapist, evening.id)).state
    assert state is ReflectionState.CLOSED


async def test_it_is_a_change_of_the_reflection(evening: Evening) -> None:
    evening.clock.advance(days=3)
    await judged(evening)
    found = await stored(evening.desk, evening.people.therapist, evening.id)
    assert found.changed_at == evening.clock()


async def test_what_was_not_asked_about_is_not_judged(evening: Evening) -> None:
    with pytest.raises(NotSpokenOf):
        await judge(evening.desk, evening.people.therapist, evening.id, OTHER, Verdict.NO)
    assert (OTHER, None) in await verdicts(evening)


async def test_nothing_is_judged_while_safety_comes_first(evening: Evening) -> None:
    await evening.say(DANGER)
    with pytest.raises(NotSpokenOf):
        await judged(evening)


async def test_nobody_else_judges(evening: Evening, people: People) -> None:
    await evening.share()
    for account in (people.other_therapist, people.supervisor, people.administrator):
        with pytest.raises(NotFound):
            await judge(evening.desk, account, evening.id, THEME, Verdict.NO)


async def test_other_open_pages_are_told_each_turn_it_changed(evening: Evening) -> None:
    with evening.desk.news.listen(evening.id) as news:
        await judged(evening)
        told = [news.get_nowait() for _ in range(news.qsize())]
    assert [event["turn"]["turn"] for event in told if event] == [1, 2]
    assert {event["type"] for event in told if event} == {"turn"}


async def test_a_supervisor_with_whom_it_is_shared_is_told_and_finds_it_by_the_verdict(
    evening: Evening, people: People
) -> None:
    await evening.share()
    before = [finding["verdict"] for finding in (await evening.read()).findings.values()]
    with evening.desk.news.listen(people.supervisor.id) as news:
        await judged(evening, Verdict.NO)
        assert news.get_nowait() == CHANGED
    after = [finding["verdict"] for finding in (await evening.read()).findings.values()]
    assert (set(before), "no" in after) == ({None}, True)
