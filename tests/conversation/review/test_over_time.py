"""What is seen over some weeks: of one's own all, of another's what each share shows now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from bot.conversation.desk import Desk
from bot.conversation.records import Answered, Closed, Heard, Judged
from bot.conversation.reflections import delete_reflection
from bot.conversation.review import over_time
from bot.conversation.review.over_time import (
    OverTime,
    Seen,
    over_time_own,
    over_time_shared,
    part,
    therapists_to_see,
)
from bot.conversation.shared_view import Terms, shared_view
from bot.conversation.sharing import ShareWish, share, withdraw_all
from bot.reflection.depth import Depth
from bot.reflection.stages import Question
from bot.reflection.verdicts import Verdict
from bot.storage import spans
from bot.storage.access import NotFound, own_reflection, turns_of
from bot.storage.batches import turns_in
from bot.storage.states import ShareScope
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot
from tests.conversation.evening import Evening
from tests.conversation.samples import ABOUT_THE_THERAPIST, DANGER
from tests.gateway import EVENING, People, start
from tests.told import told

ALL_OF_IT = (Question.DESCRIBE, Question.FEEL, Question.PARENT, Question.PLAN)
TRAUMA: dict[Theme, Verdict | None] = {Theme.PARENT_TRAUMA: None}


async def shared(desk: Desk, people: People, span: int = 26) -> OverTime:
    return await over_time_shared(desk, people.supervisor, people.therapist.id, span)


async def own(desk: Desk, people: People, span: int = 26) -> OverTime:
    return await over_time_own(desk, people.therapist, span)


async def give(desk: Desk, people: People, reflection: str, **wish: object) -> None:
    await share(desk, people.therapist, reflection, ShareWish(**wish))


async def only(found: OverTime) -> Seen:
    (one,) = found.reflections
    return one


async def test_a_supervisor_sees_what_is_shared_and_its_author_all(
    desk: Desk, people: People
) -> None:
    first = await told(desk, people.therapist, EVENING - timedelta(weeks=2), themes=TRAUMA)
    await told(desk, people.therapist, EVENING - timedelta(weeks=1))
    await give(desk, people, first)
    assert [one.id for one in (await shared(desk, people)).reflections] == [first]
    mine = await own(desk, people)
    assert [week.reflections for week in mine.weeks][-3:] == [1, 1, 0]
    assert mine.weeks[-3].themes[Theme.PARENT_TRAUMA].count == 1
    assert mine.weeks[-2].themes[Theme.PARENT_TRAUMA].count == 0
    assert mine.weeks[-1].themes == {}


async def test_weeks_begin_on_monday_and_this_one_is_the_last(desk: Desk, people: People) -> None:
    # The evening is a Monday.
    for at in (EVENING, EVENING - timedelta(days=1), EVENING - timedelta(weeks=13, days=1)):
        await told(desk, people.therapist, at)
    found = await own(desk, people, 13)
    assert len(found.weeks) == 13
    assert [week.reflections for week in found.weeks][-2:] == [1, 1]
    assert len(found.reflections) == 2
    assert found.weeks[-1].monday == EVENING.date()
    assert found.weeks[-1].name == "2026, week 10"
    assert len((await own(desk, people, 26)).reflections) == 3


async def test_a_share_without_its_course_shows_no_number_and_no_telling_of_a_plan(
    desk: Desk, people: People
) -> None:
    planned = await told(desk, people.therapist, EVENING - timedelta(days=9), *ALL_OF_IT)
    later = await told(
        desk, people.therapist, EVENING, *ALL_OF_IT, arousal=(7, 3), tells_of=planned
    )
    await give(desk, people, planned)
    for with_course in (True, False):
        await give(desk, people, later, with_course=with_course)
        before, after = (await shared(desk, people)).reflections
        assert before.has_plan
        assert before.is_told is with_course
        assert (after.before, after.after) == ((7, 3) if with_course else (None, None))
        assert after.depth is Depth.EXPLORING


async def test_that_a_plan_was_told_of_is_seen_only_where_both_reflections_are(
    desk: Desk, people: People
) -> None:
    planned = await told(desk, people.therapist, EVENING - timedelta(days=9), *ALL_OF_IT)
    later = await told(desk, people.therapist, EVENING, tells_of=planned)
    await give(desk, people, planned)
    assert not (await only(await shared(desk, people))).is_told
    assert (await own(desk, people)).reflections[0].is_told
    await withdraw_all(desk, people.therapist, planned)
    await give(desk, people, later)
    assert [one.is_told for one in (await shared(desk, people)).reflections] == [False]


async def test_of_chosen_turns_there_are_themes_and_nothing_of_the_summary(
    desk: Desk, people: People
) -> None:
    told_of = await told(desk, people.therapist, EVENING, *ALL_OF_IT, themes=TRAUMA, arousal=(7, 3))
    scope = ShareScope.TURNS
    await give(desk, people, told_of, scope=scope, turns=frozenset({1}))
    found = await shared(desk, people)
    one = await only(found)
    assert one.themes == {Theme.PARENT_TRAUMA}
    assert (one.before, one.after, one.has_plan, one.depth) == (None, None, False, None)
    assert (found.with_arousal, found.with_plan, found.with_depth) == ([], [], [])
    await give(desk, people, told_of, scope=scope, turns=frozenset({2}))
    assert (await only(await shared(desk, people))).themes == frozenset()


async def test_what_is_withdrawn_or_erased_is_gone_at_once(desk: Desk, people: People) -> None:
    first, second = [
        await told(desk, people.therapist, EVENING - timedelta(days=days)) for days in (3, 2)
    ]
    for one in (first, second):
        await give(desk, people, one)
    await withdraw_all(desk, people.therapist, first)
    assert (await only(await shared(desk, people))).id == second
    await delete_reflection(desk, people.therapist, second)
    with pytest.raises(NotFound):
        await shared(desk, people)
    assert await therapists_to_see(desk, people.supervisor) == []
    assert (await only(await own(desk, people))).id == first


async def test_who_shares_nothing_with_one_looks_like_nobody(desk: Desk, people: People) -> None:
    await give(desk, people, await told(desk, people.therapist, EVENING))
    for reader, therapist in (
        (people.other_supervisor, people.therapist.id),
        (people.supervisor, people.other_therapist.id),
        (people.supervisor, "0" * 32),
    ):
        with pytest.raises(NotFound):
            await over_time_shared(desk, reader, therapist, 26)


async def test_a_theme_that_is_refused_is_not_counted_from_then_on(
    desk: Desk, people: People, bot: ScriptedBot
) -> None:
    evening = await Evening.begin(desk, people, bot)
    found = Finding(Theme.COUNTERTRANSFERENCE, None, 0.8, (Evidence(0, 3, "She"),))
    await evening.say("She left.", Answered(Question.DESCRIBE), Heard((found,)))
    await evening.share()
    assert (await only(await shared(desk, people))).themes == {Theme.COUNTERTRANSFERENCE}
    assert (await only(await shared(desk, people))).depth is Depth.DESCRIBING
    await evening.say("no", Judged(Theme.COUNTERTRANSFERENCE, Verdict.NO))
    one = await only(await shared(desk, people))
    assert one.themes == frozenset()
    assert one.depth is Depth.LINKING


async def test_what_is_about_the_therapists_own_life_counts_for_them_alone(
    desk: Desk, people: People, bot: ScriptedBot
) -> None:
    evening = await Evening.begin(desk, people, bot)
    found = Finding(Theme.COUNTERTRANSFERENCE, None, 0.8, (Evidence(0, 3, "She"),))
    await evening.say("She left.", Answered(Question.DESCRIBE))
    await evening.say(
        next(iter(ABOUT_THE_THERAPIST.values())), Answered(Question.FEEL), Heard((found,))
    )
    await evening.share(scope=ShareScope.WHOLE)
    assert (await only(await shared(desk, people))).themes == frozenset()


async def test_a_reflection_in_which_nothing_was_told_is_not_counted(
    desk: Desk, people: People
) -> None:
    await start(desk, people.therapist)
    assert (await own(desk, people)).reflections == []


async def test_it_takes_as_many_queries_for_many_as_for_one(desk: Desk, people: People) -> None:
    asked: list[str] = []
    engine = desk.sessions.kw["bind"].sync_engine

    def note(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    taken = []
    for _ in range(2):
        for _ in range(1 if not taken else 20):
            await give(desk, people, await told(desk, people.therapist, EVENING, themes=TRAUMA))
        event.listen(engine, "before_cursor_execute", note)
        await shared(desk, people)
        event.remove(engine, "before_cursor_execute", note)
        taken.append(len(asked))
        asked.clear()
    assert taken[0] == taken[1]


async def test_many_at_once_are_shown_as_one_by_one(
    desk: Desk, people: People, bot: ScriptedBot
) -> None:
    evening = await Evening.begin(desk, people, bot)
    found = Finding(Theme.PARENT_TRAUMA, "mistrust", 0.7, (Evidence(0, 3, "She"),))
    await evening.say("She left.", Answered(Question.DESCRIBE), Heard((found,)))
    await evening.say(DANGER)
    other = await told(desk, people.therapist, EVENING, *ALL_OF_IT, themes=TRAUMA)
    async with desk.sessions() as session:
        for reflection_id in (evening.id, other):
            reflection = await own_reflection(session, people.therapist, reflection_id)
            alone = await turns_of(session, reflection)
            every = frozenset(turn.id for turn in alone)
            terms = Terms(ShareScope.WHOLE, every, 99, None, None)
            wanted = shared_view(desk, reflection, people.therapist, alone, terms)
            session.expunge_all()
            together = (await turns_in(session, [reflection_id]))[reflection_id]
            found_view = shared_view(desk, reflection, people.therapist, together, terms)
            assert found_view == wanted


def test_wilsons_interval_is_long_for_few_and_never_leaves_the_scale() -> None:
    one_of_three = part(1, 3)
    assert (round(one_of_three.low, 3), round(one_of_three.high, 3)) == (0.061, 0.792)
    assert part(0, 1).low == 0
    assert part(0, 1).high == pytest.approx(0.793, abs=0.001)
    assert part(50, 100).high - part(50, 100).low < 0.2
    assert part(2, 2).high == 1


async def test_how_a_plan_went_is_told_by_what_the_dialogue_keeps(
    desk: Desk, people: People, bot: ScriptedBot
) -> None:
    first = await Evening.begin(desk, people, bot)
    await first.say("I will call her.", Answered(Question.PLAN))
    await first.say("done", Closed("keep"))
    assert not (await only(await own(desk, people))).is_told
    first.clock.advance(days=2)
    then = await Evening.begin(desk, people, bot)
    await then.say("I did not get to it.", Answered(Question.FOLLOW_UP))
    mine = (await own(desk, people)).reflections
    assert [(one.has_plan, one.is_told) for one in mine] == [(True, True), (False, False)]
    assert mine[0].began == datetime(2026, 3, 2, tzinfo=UTC).date()


async def test_of_very_many_the_newest_are_looked_at(
    desk: Desk, people: People, bot: ScriptedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spans, "MOST", 1)
    monkeypatch.setattr(over_time, "MOST", 1)
    for words in ("First.", "Then."):
        evening = await Evening.begin(desk, people, bot)
        await evening.say(words, Answered(Question.DESCRIBE))
        evening.clock.advance(days=1)
    found = await own(desk, people)
    assert [one.id for one in found.reflections] == [evening.id]
    assert found.is_cut
