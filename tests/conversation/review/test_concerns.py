"""What a supervisor sees of concerns, and what they write down about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, select

from bot.conversation.desk import Desk
from bot.conversation.review.concerns import (
    LONGEST_DONE,
    PAGE,
    Case,
    Concerns,
    NotWritten,
    UnknownPlace,
    acknowledge,
    read_concern,
    read_concerns,
    write_done,
)
from bot.conversation.review.watching import is_shown, keep_missing_watches
from bot.conversation.sharing import ShareWish, share, withdraw_all
from bot.safety.kinds import Kind, Level
from bot.storage.access import NotFound, turns_of
from bot.storage.audit import entries
from bot.storage.columns import new_id
from bot.storage.concern_tables import ConcernReview, ConcernWatch
from bot.storage.concerns import concerns_in, shares_of, stop_watching
from bot.storage.models import Account, RaisedConcern, Share, Supervision, Turn
from bot.storage.states import ShareScope, TurnState
from tests.bots import ScriptedBot
from tests.conversation.evening import Evening
from tests.conversation.samples import ABOUT_THE_CASE, ABOUT_THE_THERAPIST, TO_CHECK
from tests.gateway import FakeClock, People, start, stored

# One concern and no other.
DANGER = ABOUT_THE_CASE[Kind.SUICIDALITY_CHILD]
DONE = "I called the duty social worker, who takes it from here."


@pytest.fixture
async def evening(desk: Desk, people: People, bot: ScriptedBot) -> Evening:
    return await Evening.begin(desk, people, bot)


async def page_of(
    evening: Evening, reader: Account | None = None, after: str | None = None
) -> Concerns:
    return await read_concerns(evening.desk, reader or evening.people.supervisor, after)


async def the_one(evening: Evening) -> Case:
    found = await page_of(evening)
    (case,) = [*found.open, *found.done]
    return case


async def concern_ids(evening: Evening) -> list[str]:
    async with evening.desk.sessions() as session:
        return [concern.id for concern, _ in await concerns_in(session, [evening.id])]


async def test_a_concern_says_what_it_is_since_when_and_of_whom(
    evening: Evening, clock: FakeClock
) -> None:
    raised = clock()
    await evening.say(DANGER)
    clock.advance(hours=2)
    await evening.share()
    shared = clock()
    clock.advance(hours=5)
    case = await the_one(evening)
    assert (case.concern.kind, case.concern.level) == (Kind.SUICIDALITY_CHILD, Level.IMMEDIATE)
    assert (case.therapist.name, case.day) == ("therapist", "2 March 2026")
    assert (case.concern.raised_at, case.shown.since) == (raised, shared)
    assert (case.stood_open, case.is_late) == (timedelta(hours=5), False)
    assert (case.seen_at, case.done, case.messages) == (None, [], [])


async def test_open_longer_than_the_limit_is_said_and_exactly_as_long_is_not(
    evening: Evening, clock: FakeClock
) -> None:
    await evening.say(DANGER)
    await evening.share()
    clock.advance(hours=24)
    assert not (await the_one(evening)).is_late
    clock.advance(seconds=1)
    assert (await the_one(evening)).is_late
    patient = evening.desk.settings.model_copy(update={"concern_hours": 48.0})
    evening.desk = replace(evening.desk, settings=patient)
    assert not (await the_one(evening)).is_late


async def test_danger_stands_before_checks_and_the_longest_open_first(
    desk: Desk, people: People, bot: ScriptedBot, clock: FakeClock
) -> None:
    shared = []
    for told in (TO_CHECK, DANGER, TO_CHECK, ABOUT_THE_CASE[Kind.ABUSE_DISCLOSURE]):
        evening = await Evening.begin(desk, people, bot)
        await evening.say(told)
        await evening.share()
        shared.append(evening.id)
        clock.advance(hours=1)
    found = [case.reflection.id for case in (await page_of(evening)).open]
    assert list(dict.fromkeys(found)) == [shared[1], shared[3], shared[0], shared[2]]


async def test_to_have_seen_it_is_noted_once_and_leaves_it_open(
    evening: Evening, clock: FakeClock
) -> None:
    await evening.say(DANGER)
    await evening.share()
    (concern,) = await concern_ids(evening)
    clock.advance(hours=1)
    seen = clock()
    for _ in range(2):
        await acknowledge(evening.desk, evening.people.supervisor, concern)
        clock.advance(hours=1)
    found = await page_of(evening)
    (case,) = found.open
    assert (case.seen_at, case.done, found.done) == (seen, [], [])
    async with evening.desk.sessions() as session:
        its = select(ConcernReview).where(ConcernReview.reflection_id == evening.id)
        assert len(list(await session.scalars(its))) == 1


async def test_done_implies_seen_and_a_correction_is_added_to_what_stood_there(
    evening: Evening, clock: FakeClock
) -> None:
    await evening.say(DANGER)
    await evening.share()
    (concern,) = await concern_ids(evening)
    reader, desk = evening.people.supervisor, evening.desk
    clock.advance(hours=3)
    done = clock()
    await write_done(desk, reader, concern, DONE)
    clock.advance(hours=30)
    await write_done(desk, reader, concern, "It was the duty lead, not the social worker.")
    found = await page_of(evening)
    (case,) = found.done
    assert not found.open
    assert (case.seen_at, case.done_at) == (done, done)
    assert [entry.text for entry in case.done] == [
        "It was the duty lead, not the social worker.",
        DONE,
    ]
    assert (case.stood_open, case.is_late) == (timedelta(hours=3), False)


@pytest.mark.parametrize("typed", ["", "  \n\t ", "x" * (LONGEST_DONE + 1), "\x00\ud800"])
async def test_nothing_and_too_much_are_not_written(evening: Evening, typed: str) -> None:
    await evening.say(DANGER)
    await evening.share()
    (concern,) = await concern_ids(evening)
    with pytest.raises(NotWritten):
        await write_done(evening.desk, evening.people.supervisor, concern, typed)
    assert (await the_one(evening)).seen_at is None
    await write_done(evening.desk, evening.people.supervisor, concern, "x" * LONGEST_DONE)


async def test_names_in_what_was_done_are_masked_and_stay_the_same_people(
    evening: Evening,
) -> None:
    await evening.say("Thandi came late.")
    await evening.say(DANGER)
    await evening.share()
    (concern,) = await concern_ids(evening)
    typed = "Thandi is safe; I called Mrs Naidoo on 082 555 1234."
    await write_done(evening.desk, evening.people.supervisor, concern, typed)
    text = (await the_one(evening)).done[0].text
    assert text is not None
    assert not {"Thandi", "Naidoo", "555"} & set(text.replace(".", "").split())
    assert "[person A]" in text
    assert "[person B]" in text
    await evening.say("Naidoo rang back, and Pieter was there.")
    async with evening.desk.sessions() as session:
        its = await turns_of(
            session, await stored(evening.desk, evening.people.therapist, evening.id)
        )
    assert "[person B]" in its[-1].text
    assert "[person C]" in its[-1].text


async def test_what_was_done_lies_sealed_and_the_concern_with_it(evening: Evening) -> None:
    await evening.say(DANGER)
    await evening.share()
    (concern,) = await concern_ids(evening)
    await write_done(evening.desk, evening.people.supervisor, concern, DONE)
    async with evening.desk.sessions() as session:
        its = select(ConcernReview).where(ConcernReview.reflection_id == evening.id)
        row = (await session.scalars(its)).one()
        plain = {column.name: getattr(row, column.name) for column in row.__table__.columns}
    assert row.concern_id == concern
    assert concern not in str(plain)
    assert "social worker" not in str(plain)
    evening.desk.keyring.destroy(evening.id)
    found = await page_of(evening)
    assert (found.open, found.done) == ([], [])


async def test_its_author_sees_what_was_done_also_after_taking_it_back(
    evening: Evening, clock: FakeClock
) -> None:
    await evening.say(DANGER)
    await evening.share()
    (entry,) = await evening.shares()
    (shown,) = entry["concerns"]
    assert (shown["kind"], shown["seen_at"], shown["done"]) == ("suicidality_child", None, [])
    (concern,) = await concern_ids(evening)
    clock.advance(hours=1)
    await write_done(evening.desk, evening.people.supervisor, concern, DONE)
    await withdraw_all(evening.desk, evening.people.therapist, evening.id)
    (entry,) = await evening.shares()
    (shown,) = entry["concerns"]
    assert shown["seen_at"] == clock().isoformat()
    assert shown["done"] == [{"at": clock().isoformat(), "text": DONE}]


async def test_what_was_withdrawn_or_never_shown_can_neither_be_seen_nor_written_about(
    evening: Evening,
) -> None:
    reader, other = evening.people.supervisor, evening.people.other_supervisor
    await evening.say(DANGER)
    (concern,) = await concern_ids(evening)

    async def is_shut(account: Account, asked: str) -> None:
        found = await page_of(evening, account)
        assert (found.open, found.done) == ([], [])
        for knock in (
            acknowledge(evening.desk, account, asked),
            write_done(evening.desk, account, asked, DONE),
            read_concern(evening.desk, account, asked),
        ):
            with pytest.raises(NotFound):
                await knock

    await is_shut(reader, concern)
    await evening.share()
    await is_shut(other, concern)
    await is_shut(other, new_id())
    await acknowledge(evening.desk, reader, concern)
    await withdraw_all(evening.desk, evening.people.therapist, evening.id)
    await is_shut(reader, concern)
    async with evening.desk.sessions() as session:
        its = select(ConcernReview).where(ConcernReview.reflection_id == evening.id)
        assert len(list(await session.scalars(its))) == 1


@pytest.mark.parametrize("told", ABOUT_THE_THERAPIST.values())
async def test_what_is_about_the_therapist_is_never_a_concern_here(
    evening: Evening, told: str
) -> None:
    number = await evening.say(told)
    for wish in (
        {"scope": ShareScope.WHOLE},
        {"scope": ShareScope.TURNS, "turns": frozenset({number})},
    ):
        await evening.share(**wish)
        assert (await page_of(evening)).open == []
        for concern in await concern_ids(evening):
            with pytest.raises(NotFound):
                await acknowledge(evening.desk, evening.people.supervisor, concern)
        assert (await evening.shares())[0]["concerns"] == []


async def test_what_counts_as_shown_is_what_the_shared_view_draws(evening: Evening) -> None:
    await evening.say(DANGER)
    await evening.say("resume")
    await evening.say(next(iter(ABOUT_THE_THERAPIST.values())))
    await evening.say(TO_CHECK)
    for wish in (
        {},
        {"scope": ShareScope.WHOLE},
        {"scope": ShareScope.WHOLE, "turns": frozenset({2})},
        {"scope": ShareScope.TURNS, "turns": frozenset({1})},
        {"scope": ShareScope.TURNS, "turns": frozenset({2, 3})},
    ):
        await evening.share(**wish)
        view = await evening.read()
        drawn = (
            view.summary.concerns
            if view.summary
            else [concern for turn in view.told for concern in turn["concerns"]]
        )
        async with evening.desk.sessions() as session:
            share = next(one for one in await shares_of(session, [evening.id]) if not one.closed_at)
            found = [
                {"kind": concern.kind.value, "level": concern.level.value}
                for concern, number in await concerns_in(session, [evening.id])
                if is_shown(share, concern, number)
            ]
        assert Counter(map(str, found)) == Counter(map(str, drawn)), wish
        assert len((await page_of(evening)).open) == len(found)


async def test_what_was_raised_after_sharing_is_not_shown(evening: Evening) -> None:
    await evening.say("She came late.")
    await evening.share()
    await evening.say(DANGER)
    assert (await page_of(evening)).open == []
    await evening.share()
    assert len((await page_of(evening)).open) == 1


async def test_a_share_in_place_of_another_goes_on_counting_and_one_after_a_gap_begins_anew(
    evening: Evening, clock: FakeClock
) -> None:
    await evening.say(DANGER)
    await evening.share()
    first = clock()
    clock.advance(hours=10)
    await evening.share(scope=ShareScope.WHOLE)
    clock.advance(hours=10)
    assert (await the_one(evening)).shown.since == first
    await withdraw_all(evening.desk, evening.people.therapist, evening.id)
    clock.advance(hours=10)
    await evening.share()
    assert (await the_one(evening)).shown.since == clock()


async def _second_pair(evening: Evening) -> None:
    people = evening.people
    async with evening.desk.sessions.begin() as session:
        session.add(
            Supervision(
                therapist_id=people.therapist.id,
                supervisor_id=people.other_supervisor.id,
                since=evening.desk.clock(),
            )
        )


async def test_two_supervisors_know_nothing_of_what_the_other_did(evening: Evening) -> None:
    one, other = evening.people.supervisor, evening.people.other_supervisor
    await _second_pair(evening)
    await evening.say(DANGER)
    for reader in (one, other):
        wish = ShareWish(supervisor=reader.id)
        await share(evening.desk, evening.people.therapist, evening.id, wish)
    (concern,) = await concern_ids(evening)
    await write_done(evening.desk, one, concern, DONE)
    (mine,) = (await page_of(evening, one)).done
    (theirs,) = (await page_of(evening, other)).open
    assert (len(mine.done), theirs.done, theirs.seen_at) == (1, [], None)
    entries_of = {entry["supervisor"]["id"]: entry for entry in await evening.shares()}
    assert [c["done"] != [] for c in entries_of[one.id]["concerns"]] == [True]
    assert [c["done"] for c in entries_of[other.id]["concerns"]] == [[]]


async def test_the_audit_tells_who_and_when_and_no_word(evening: Evening) -> None:
    await evening.say(DANGER)
    await evening.share()
    (concern,) = await concern_ids(evening)
    await acknowledge(evening.desk, evening.people.supervisor, concern)
    await write_done(evening.desk, evening.people.supervisor, concern, DONE)
    async with evening.desk.sessions() as session:
        told = [one async for one in entries(session) if one.reflection_id == evening.id]
    ours = [one for one in told if one.event.startswith("concern_")]
    assert [one.event for one in ours] == ["concern_acknowledged", "concern_done"]
    assert {one.actor for one in ours} == {evening.people.supervisor.id}
    assert [one.details for one in ours] == ["{}", "{}"]


async def test_what_was_shared_before_there_were_watches_is_found_again(evening: Evening) -> None:
    await evening.say(DANGER)
    await evening.share()
    async with evening.desk.sessions.begin() as session:
        await session.execute(delete(ConcernWatch))
    assert (await page_of(evening)).open == []
    await keep_missing_watches(evening.desk)
    assert len((await page_of(evening)).open) == 1
    async with evening.desk.sessions() as session:
        mine = select(Share.id).where(Share.reflection_id == evening.id)
        its = select(ConcernWatch).where(ConcernWatch.share_id.in_(mine))
        watch = (await session.scalars(its)).one()
    assert watch.reminded_at == evening.desk.clock()


async def test_what_is_over_is_no_longer_watched(evening: Evening, clock: FakeClock) -> None:
    await evening.say(DANGER)
    await evening.share(last_day=clock().date())

    async def watched() -> int:
        async with evening.desk.sessions.begin() as session:
            await stop_watching(session, clock())
            mine = select(Share.id).where(Share.reflection_id == evening.id)
            its = select(ConcernWatch).where(ConcernWatch.share_id.in_(mine))
            return len(list(await session.scalars(its)))

    assert await watched() == 1
    clock.advance(days=1)
    assert await watched() == 0


async def test_whether_a_share_shows_a_concern_cannot_be_seen_in_the_tables(
    evening: Evening, people: People, bot: ScriptedBot
) -> None:
    other = await Evening.begin(evening.desk, people, bot)
    await evening.say(DANGER)
    await other.say(next(iter(ABOUT_THE_THERAPIST.values())))
    await evening.share()
    await other.share()
    async with evening.desk.sessions() as session:
        mine = select(Share.id).where(Share.reflection_id.in_([evening.id, other.id]))
        its = select(ConcernWatch).where(ConcernWatch.share_id.in_(mine))
        codes = [watch.code for watch in await session.scalars(its)]
    assert len(codes) == len(set(codes)) == 2
    assert all(len(code) == 32 for code in codes)


async def _share_many(evening: Evening, many: int) -> list[str]:
    """Share `many` reflections with a danger each, a minute apart; the longest open first."""
    desk, people = evening.desk, evening.people
    made = []
    for number in range(many):
        reflection = await start(desk, people.therapist)
        turn = Turn(
            id=new_id(),
            reflection_id=reflection,
            number=1,
            client_id="one",
            text=DANGER,
            state=TurnState.SETTLED,
            kept_at=desk.clock(),
        )
        concern = RaisedConcern(
            reflection_id=reflection,
            turn_id=turn.id,
            raised_at=desk.clock(),
            kind=Kind.CHILD_AT_RISK,
            level=Level.CONCERN,
            sign="some_sign",
        )
        shared = Share(
            reflection_id=reflection,
            supervisor_id=people.supervisor.id,
            scope=ShareScope.SUMMARY,
            last_turn=1,
            shared_at=desk.clock() + timedelta(minutes=number),
            note=None,
        )
        async with desk.sessions.begin() as session:
            session.add_all([turn, shared])
            await session.flush()
            session.add(concern)
        made.append(reflection)
    await keep_missing_watches(desk)
    return made


async def test_pages_follow_one_another_and_lose_nothing(evening: Evening) -> None:
    shared = await _share_many(evening, PAGE + 3)
    evening.desk.keyring.destroy(shared[1])
    first = await page_of(evening)
    second = await page_of(evening, after=first.next)
    assert second.next is None
    found = [case.reflection.id for case in (*first.open, *second.open)]
    assert found == [shared[0], *shared[2:]]
    for strange in ("x", "0-x-y", "7-1-a", "0-1e999-a", "-"):
        with pytest.raises(UnknownPlace):
            await page_of(evening, after=strange)


async def test_a_page_takes_as_many_queries_however_much_is_shared(evening: Evening) -> None:
    async def queries() -> Sequence[str]:
        asked: list[str] = []
        engine = evening.desk.sessions.kw["bind"].sync_engine

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            await page_of(evening)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return asked

    await evening.say(DANGER)
    await evening.share()
    other = await Evening.begin(evening.desk, evening.people, evening.bot)
    await other.say(DANGER)
    await other.share()
    (concern,) = await concern_ids(other)
    await write_done(other.desk, other.people.supervisor, concern, DONE)
    few = await queries()
    await _share_many(evening, PAGE - 1)
    assert len(await queries()) == len(few)
