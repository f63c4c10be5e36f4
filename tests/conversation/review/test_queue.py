"""A supervisor finds what was shared with them, by what it shows and by nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, select

from bot.conversation.desk import Desk
from bot.conversation.records import Answered, Heard, Judged
from bot.conversation.review.facets import codes_for
from bot.conversation.review.index import keep_missing_index
from bot.conversation.review.queue import PAGE, Queue, QueueWish, UnknownFilter, read_queue
from bot.conversation.review.reading import read_shared
from bot.conversation.review.writing import add_step
from bot.conversation.sharing import withdraw_all
from bot.reflection.stages import Question
from bot.reflection.verdicts import Verdict
from bot.safety.kinds import Kind
from bot.storage.access import NotFound
from bot.storage.columns import new_id
from bot.storage.models import Account, Share, Supervision
from bot.storage.review_tables import Review, SearchEntry, ShareFacet
from bot.storage.states import ReviewDeed, ReviewState, ShareScope
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot
from tests.conversation.evening import Evening
from tests.conversation.samples import ABOUT_THE_THERAPIST, DANGER
from tests.gateway import FakeClock, People, start

TOLD = "She looked away and I talked faster."
TRAUMA = "parent_trauma/own_childhood_abuse"


def heard(theme: Theme, subtheme: str | None = None) -> Heard:
    return Heard((Finding(theme, subtheme, 0.8, (Evidence(0, len(TOLD), TOLD),)),))


@pytest.fixture
async def evening(desk: Desk, people: People, bot: ScriptedBot) -> Evening:
    """One with two themes, a verdict against one of them, and a question for supervision."""
    begun = await Evening.begin(desk, people, bot)
    found = heard(Theme.PARENT_TRAUMA, "own_childhood_abuse")
    await begun.say(TOLD, Answered(Question.DESCRIBE), found)
    await begun.say(TOLD, Answered(Question.FEEL), heard(Theme.COUNTERTRANSFERENCE))
    await begun.say("no", Judged(Theme.COUNTERTRANSFERENCE, Verdict.NO))
    await begun.say("How do I go on?", Answered(Question.SUPERVISION_QUESTION))
    return begun


async def queue_of(evening: Evening, reader: Account | None = None, **wish: Any) -> Queue:
    return await read_queue(evening.desk, reader or evening.people.supervisor, QueueWish(**wish))


async def found(evening: Evening, **wish: Any) -> list[str]:
    queue = await queue_of(evening, **wish)
    return [line["id"] for line in (*queue.urgent, *queue.lines)]


async def test_a_line_says_what_the_share_shows(evening: Evening) -> None:
    await evening.share(note="Please look at the start.")
    (line,) = (await queue_of(evening)).lines
    assert line["id"] == evening.id
    assert line["therapist"] == "therapist"
    assert (line["state"], line["question"], line["disagreement"]) == ("new", True, True)
    assert len(line["themes"]) == 2
    assert not {"Please look at the start.", TOLD} & {str(value) for value in line.values()}


@pytest.mark.parametrize(
    ("wish", "is_found"),
    [
        ({"theme": "parent_trauma"}, True),
        ({"theme": TRAUMA}, True),
        ({"theme": "parent_trauma/mistrust"}, False),
        ({"theme": "reduced_investment"}, False),
        ({"question": True}, True),
        ({"disagreement": True}, True),
        ({"concern": "any"}, False),
        ({"concern": "child_at_risk"}, False),
        ({"state": "new"}, True),
        ({"state": "in_review"}, False),
        ({"state": "closed"}, False),
        ({"theme": TRAUMA, "question": True, "state": "new"}, True),
        ({"theme": TRAUMA, "question": True, "concern": "any"}, False),
    ],
)
async def test_filters_find_what_fits_all_of_them(
    evening: Evening, wish: dict[str, Any], *, is_found: bool
) -> None:
    await evening.share()
    assert await found(evening, **wish) == ([evening.id] if is_found else [])


async def test_it_is_filtered_by_therapist_and_by_the_day_of_sharing(
    evening: Evening, people: People, clock: FakeClock
) -> None:
    await evening.share()
    today = clock().date()
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    for wish, is_found in (
        ({"therapist": people.therapist.id}, True),
        ({"therapist": people.other_therapist.id}, False),
        ({"since": today, "until": today}, True),
        ({"since": tomorrow}, False),
        ({"until": yesterday}, False),
    ):
        assert bool(await found(evening, **wish)) is is_found, wish


@pytest.mark.parametrize(
    "wish",
    [
        {"theme": "no_such"},
        {"theme": "parent_trauma/no_such"},
        {"theme": "parent_trauma/a/b"},
        {"concern": "no_such"},
        {"state": "no_such"},
        {"after": "no_such"},
        {"after": "1e999-x"},
    ],
)
async def test_what_nothing_can_be_found_by_is_said(evening: Evening, wish: dict[str, Any]) -> None:
    (name,) = wish
    with pytest.raises(UnknownFilter, match=name):
        await queue_of(evening, **wish)


async def test_of_turns_alone_their_own_themes_are_found_and_no_question(evening: Evening) -> None:
    await evening.share(scope=ShareScope.TURNS, turns=frozenset({1}))
    assert await found(evening) == [evening.id]
    assert await found(evening, theme="parent_trauma") == [evening.id]
    assert await found(evening, theme="countertransference") == []
    assert await found(evening, question=True) == []


@pytest.mark.parametrize("told", ABOUT_THE_THERAPIST.values())
async def test_what_is_about_the_therapist_is_found_by_nobody(evening: Evening, told: str) -> None:
    await evening.say(told)
    await evening.share(scope=ShareScope.WHOLE)
    assert await found(evening) == [evening.id]
    for concern in ("any", *Kind):
        assert await found(evening, concern=str(concern)) == []


async def test_danger_stands_first_until_it_is_closed(
    evening: Evening, bot: ScriptedBot, clock: FakeClock
) -> None:
    calm = await Evening.begin(evening.desk, evening.people, bot)
    await evening.say(DANGER)
    await evening.share()
    clock.advance(minutes=1)
    await calm.share()
    queue = await queue_of(evening)
    assert [line["id"] for line in queue.urgent] == [evening.id]
    assert [line["id"] for line in queue.lines] == [calm.id]
    await evening.read()
    assert [line["id"] for line in (await queue_of(evening)).urgent] == [evening.id]
    await add_step(evening.desk, evening.people.supervisor, evening.id, ReviewDeed.CLOSED)
    queue = await queue_of(evening)
    assert not queue.urgent
    assert [line["id"] for line in queue.lines] == [calm.id, evening.id]


async def test_a_verdict_after_sharing_is_found(evening: Evening) -> None:
    await evening.say("yes", Judged(Theme.COUNTERTRANSFERENCE, Verdict.YES))
    await evening.share()
    assert await found(evening, disagreement=True) == []
    await evening.say("not quite", Judged(Theme.PARENT_TRAUMA, Verdict.NOT_QUITE))
    assert await found(evening, disagreement=True) == [evening.id]


async def test_a_review_is_begun_closed_opened_and_new_again_when_shared_again(
    evening: Evening, people: People, clock: FakeClock
) -> None:
    desk, reader = evening.desk, people.supervisor

    async def state() -> str:
        return str((await queue_of(evening)).lines[0]["state"])

    await evening.share()
    assert await state() == "new"
    clock.advance(minutes=1)
    (review,) = (await read_shared(desk, reader, evening.id)).reviews
    assert review.state is ReviewState.IN_REVIEW
    for deed in (ReviewDeed.CLOSED, ReviewDeed.CLOSED, ReviewDeed.REOPENED, ReviewDeed.SIGNED_OFF):
        clock.advance(minutes=1)
        await add_step(desk, reader, evening.id, deed)
        assert await state() == deed.leads_to
    clock.advance(minutes=1)
    await evening.share(scope=ShareScope.WHOLE)
    assert await state() == "new"
    clock.advance(minutes=1)
    (review,) = (await read_shared(desk, reader, evening.id)).reviews
    assert [deed.value for _, deed in review.steps] == [
        "opened", "closed", "reopened", "signed_off", "opened",
    ]  # fmt: skip


async def test_what_is_withdrawn_is_gone_and_can_not_be_reviewed(
    evening: Evening, people: People
) -> None:
    await evening.share()
    await withdraw_all(evening.desk, people.therapist, evening.id)
    queue = await queue_of(evening)
    assert (queue.urgent, queue.lines, queue.therapists) == ([], [], [])
    with pytest.raises(NotFound):
        await add_step(evening.desk, people.supervisor, evening.id, ReviewDeed.CLOSED)
    async with evening.desk.sessions() as session:
        its = select(Review.state).where(Review.reflection_id == evening.id)
        assert await session.scalar(its) is None


async def test_another_supervisor_sees_and_reviews_nothing_of_it(
    evening: Evening, people: People
) -> None:
    await evening.share()
    queue = await queue_of(evening, people.other_supervisor)
    assert (queue.urgent, queue.lines, queue.therapists) == ([], [], [])
    with pytest.raises(NotFound):
        await add_step(evening.desk, people.other_supervisor, evening.id, ReviewDeed.CLOSED)


async def test_codes_say_nothing_of_what_two_supervisors_have_in_common(
    evening: Evening, people: People
) -> None:
    hers = codes_for(evening.desk, people.supervisor.id)
    others = codes_for(evening.desk, people.other_supervisor.id)
    assert hers.keys() == others.keys()
    assert not set(hers.values()) & set(others.values())
    assert len(set(hers.values())) == len(hers)


async def test_what_was_shared_before_there_were_facets_gets_them(evening: Evening) -> None:
    await evening.share()
    async with evening.desk.sessions.begin() as session:
        await session.execute(delete(ShareFacet))
        await session.execute(delete(SearchEntry))
    assert await found(evening, theme=TRAUMA) == []
    await keep_missing_index(evening.desk)
    assert await found(evening, theme=TRAUMA) == [evening.id]


async def _share_many(evening: Evening, many: int) -> list[str]:
    """Share `many` reflections, a minute apart but for two at one moment; newest first."""
    desk, people = evening.desk, evening.people
    shares = []
    for number in range(many):
        reflection = await start(desk, people.therapist)
        at = desk.clock() + timedelta(minutes=number // 2)
        shares.append(
            Share(
                id=new_id(),
                reflection_id=reflection,
                supervisor_id=people.supervisor.id,
                scope=ShareScope.SUMMARY,
                last_turn=0,
                shared_at=at,
                note=None,
            )
        )
    async with desk.sessions.begin() as session:
        session.add_all(shares)
    newest = sorted(shares, key=lambda share: (share.shared_at, share.id), reverse=True)
    return [share.reflection_id for share in newest]


async def test_pages_follow_one_another_and_lose_nothing(evening: Evening) -> None:
    shared = await _share_many(evening, 2 * PAGE + 3)
    seen: list[str] = []
    wish = QueueWish()
    for length in (PAGE, PAGE, 3):
        queue = await read_queue(evening.desk, evening.people.supervisor, wish)
        assert len(queue.lines) == length
        seen += [line["id"] for line in queue.lines]
        wish = replace(wish, after=queue.next)
    assert queue.next is None
    assert seen == shared


async def test_what_lost_its_key_leaves_no_hole_in_a_page(evening: Evening) -> None:
    shared = await _share_many(evening, PAGE + 8)
    for reflection in (*shared[:3], *shared[PAGE : PAGE + 2]):
        evening.desk.keyring.destroy(reflection)
    queue = await queue_of(evening)
    assert len(queue.lines) == PAGE
    rest = await queue_of(evening, after=queue.next)
    assert [line["id"] for line in (*queue.lines, *rest.lines)] == [
        *shared[3:PAGE],
        *shared[PAGE + 2 :],
    ]


async def test_a_page_takes_as_many_queries_however_much_is_shared(evening: Evening) -> None:
    async def queries() -> Sequence[str]:
        asked: list[str] = []
        engine = evening.desk.sessions.kw["bind"].sync_engine

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            await queue_of(evening)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return asked

    await evening.share()
    few = await queries()
    await _share_many(evening, PAGE + 5)
    assert len(await queries()) == len(few)


async def test_a_supervision_that_ended_takes_all_of_it_out_of_the_queue(
    evening: Evening, people: People, clock: FakeClock
) -> None:
    await evening.share()
    async with evening.desk.sessions.begin() as session:
        pair = await session.scalar(
            select(Supervision).where(Supervision.supervisor_id == people.supervisor.id)
        )
        assert pair is not None
        pair.until = clock()
    assert await found(evening) == []
