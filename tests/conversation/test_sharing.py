"""A therapist shares with a named supervisor, sees what that shows, and takes it back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.conversation.context import context_of
from bot.conversation.desk import Desk
from bot.conversation.records import Answered, Chose, Closed, Heard, Judged, Offered
from bot.conversation.review.queue import QueueWish, read_queue
from bot.conversation.review.reading import read_shared
from bot.conversation.share_ledger import read_ledger, show_share
from bot.conversation.sharing import (
    ShareRefused,
    ShareWish,
    preview_share,
    share,
    withdraw,
    withdraw_all,
)
from bot.reflection.stages import Question
from bot.reflection.verdicts import Verdict
from bot.storage.access import NotFound
from bot.storage.columns import new_id
from bot.storage.models import Account, Share, Supervision
from bot.storage.states import ShareScope
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot
from tests.conversation.evening import Evening
from tests.conversation.samples import ABOUT_THE_THERAPIST, DANGER
from tests.gateway import FakeClock, People, share_summary, start, turns

TOLD = "She looked away and I talked faster."
OF_ME = "sometimes I wish I could just disappear"
ABOUT_THE_THERAPIST_STOPS = "honestly i dont want to live anymore"
LATER_WORDS = "And then I thought of my own mother."


@pytest.fixture
async def evening(desk: Desk, people: People, bot: ScriptedBot) -> Evening:
    return await Evening.begin(desk, people, bot)


def _heard(words: str) -> Heard:
    evidence = (Evidence(0, len(words), words),)
    return Heard((Finding(Theme.COUNTERTRANSFERENCE, None, 0.8, evidence),))


Change = Callable[[Desk, People], Awaitable[None]]


async def _end_supervision(desk: Desk, people: People) -> None:
    async with desk.sessions.begin() as session:
        ended = update(Supervision).where(Supervision.therapist_id == people.therapist.id)
        await session.execute(ended.values(until=desk.clock()))


async def _disable_supervisor(desk: Desk, people: People) -> None:
    async with desk.sessions.begin() as session:
        account = await session.get_one(Account, people.supervisor.id)
        account.disabled_at = desk.clock()


async def _add_supervisor(desk: Desk, people: People) -> None:
    async with desk.sessions.begin() as session:
        session.add(
            Supervision(
                therapist_id=people.therapist.id,
                supervisor_id=people.other_supervisor.id,
                since=desk.clock(),
            )
        )


@pytest.mark.parametrize("change", [_end_supervision, _disable_supervisor])
async def test_sharing_reaches_those_who_supervise_today(
    desk: Desk, people: People, change: Change
) -> None:
    reflection = await start(desk, people.therapist)
    assert await share_summary(desk, people.therapist, reflection) == "supervisor"
    assert (await context_of(desk, reflection))["has_supervisor"] is True
    await change(desk, people)
    with pytest.raises(ShareRefused, match="share_nobody"):
        await share_summary(desk, people.therapist, reflection)
    assert (await context_of(desk, reflection))["has_supervisor"] is False


async def test_a_supervision_that_has_not_begun_shares_nothing(desk: Desk, people: People) -> None:
    reflection = await start(desk, people.therapist)
    earlier = FakeClock()
    earlier.advance(days=-1)
    with pytest.raises(ShareRefused):
        await share_summary(replace(desk, clock=earlier), people.therapist, reflection)


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"note": "Could we look at the speed of it?", "last_day": date(2026, 3, 9)},
        {"scope": ShareScope.WHOLE},
        {"scope": ShareScope.WHOLE, "turns": frozenset({1, 2})},
        {"scope": ShareScope.TURNS, "turns": frozenset({2})},
    ],
    ids=["summary", "note and day", "whole", "whole and ticked", "turns"],
)
async def test_what_the_supervisor_sees_is_what_was_previewed(
    evening: Evening, wish: dict[str, Any]
) -> None:
    await evening.say(TOLD, Answered(Question.FEEL), _heard("I talked faster"))
    await evening.say(OF_ME)
    previewed = await evening.preview(**wish)
    await evening.share(**wish)
    assert await evening.read() == previewed
    (entry,) = await evening.shares()
    shown = await show_share(evening.desk, evening.people.therapist, evening.id, entry["id"])
    assert shown == previewed


@pytest.mark.parametrize("words", [OF_ME, *ABOUT_THE_THERAPIST.values()])
async def test_what_is_about_the_therapist_is_shown_only_where_they_tick_it(
    evening: Evening, words: str
) -> None:
    await evening.say(TOLD, Answered(Question.FEEL))
    step = next(iter(evening.desk.steps))
    about_me = await evening.say(words, Answered(Question.PARENT), _heard(words), Offered((step,)))
    turns_now = (await evening.ledger())["turns"]
    assert [turn["is_about_you"] for turn in turns_now] == [False, True]
    for wish in (
        {},
        {"scope": ShareScope.WHOLE},
        {"scope": ShareScope.TURNS, "turns": frozenset({1})},
    ):
        view = repr(await evening.preview(**wish))
        assert words not in view
        assert TOLD in view
        assert "suicidality_therapist" not in view
        assert "therapist_unfit" not in view
    ticked = await evening.preview(scope=ShareScope.TURNS, turns=frozenset({about_me}))
    assert [told["text"] for told in ticked.told] == [words]
    assert ticked.concerns == ticked.told[0]["concerns"] == []


async def test_an_answer_about_oneself_leaves_the_summary_whole_otherwise(
    evening: Evening,
) -> None:
    step = next(iter(evening.desk.steps))
    await evening.say("First words.", Answered(Question.FEEL))
    await evening.say(OF_ME, Answered(Question.FEEL), _heard(OF_ME), Offered((step,)))
    await evening.say(OF_ME, Chose("adapted", (step,)), Answered(Question.PLAN))
    await evening.say("yes", Judged(Theme.COUNTERTRANSFERENCE, Verdict.YES))
    summary = (await evening.preview()).summary
    assert summary is not None
    # Not the earlier answer either: it was replaced.
    assert (summary.account, summary.themes, summary.plan) == ([], [], None)
    assert [offered["adapted"] for offered in summary.steps] == [None]
    ticked = (await evening.preview(scope=ShareScope.WHOLE, turns=frozenset({2}))).summary
    assert ticked is not None
    assert [part["text"] for part in ticked.account] == [OF_ME]
    assert len(ticked.themes) == 1


async def test_what_is_said_while_stopped_for_oneself_is_about_oneself(evening: Evening) -> None:
    await evening.say(ABOUT_THE_THERAPIST_STOPS)
    await evening.say("Since my divorce, mostly.")
    await evening.say("resume")
    await evening.say(TOLD, Answered(Question.FEEL))
    private = {t["text"] for t in (await evening.ledger())["turns"] if t["is_about_you"]}
    assert private == {ABOUT_THE_THERAPIST_STOPS, "Since my divorce, mostly."}


async def test_a_concern_about_the_case_is_shown_to_the_supervisor(evening: Evening) -> None:
    await evening.say(DANGER)
    await evening.share(scope=ShareScope.WHOLE)
    view = await evening.read()
    concern = view.concerns[0]
    assert (concern["kind"], concern["level"]) == ("child_at_risk", "immediate")
    assert view.told[0]["concerns"] == view.concerns
    # With what was said to it: the deployer's contacts, and no word of anybody's.
    assert concern["shown"]
    assert DANGER not in "".join(concern["shown"])


async def test_what_is_written_after_sharing_is_not_part_of_it(evening: Evening) -> None:
    await evening.say(TOLD, Answered(Question.FEEL))
    await evening.share(scope=ShareScope.WHOLE)
    before = await evening.read()
    await evening.say(LATER_WORDS, Answered(Question.CHILD))
    assert await evening.read() == before
    await evening.share(scope=ShareScope.WHOLE)
    assert LATER_WORDS in repr(await evening.read())


async def test_what_the_assistant_quoted_from_elsewhere_is_not_shown(evening: Evening) -> None:
    quoted = "Last time you planned to see your own doctor. How did it go?"
    await evening.say(TOLD, Answered(Question.FEEL), quoting=quoted)
    assert "doctor" not in repr(await evening.preview(scope=ShareScope.WHOLE))


async def test_a_share_with_the_same_supervisor_takes_the_place_of_the_earlier_one(
    evening: Evening, clock: FakeClock
) -> None:
    await evening.say(TOLD, Answered(Question.FEEL))
    await evening.share(scope=ShareScope.WHOLE)
    clock.advance(minutes=5)
    await evening.share(scope=ShareScope.TURNS, turns=frozenset({1}))
    assert (await evening.read()).summary is None
    newer, earlier = await evening.shares()
    assert newer["ended"] is None
    assert earlier["ended"]["how"] == "replaced"
    queue = await read_queue(evening.desk, evening.people.supervisor, QueueWish())
    assert len(queue.lines) == 1


async def test_rows_are_added_or_closed_and_never_rewritten(
    evening: Evening, clock: FakeClock
) -> None:
    closing = {"closed_at", "closed_how"}

    async def rows() -> dict[str, dict[str, Any]]:
        async with evening.desk.sessions() as session:
            mine = select(Share.__table__).where(Share.reflection_id == evening.id)
            found = (await session.execute(mine)).mappings()
            return {row["id"]: dict(row) for row in found}

    await evening.say(TOLD, Answered(Question.FEEL))
    seen: dict[str, dict[str, Any]] = {}
    for deed in (
        lambda: evening.share(note="Please look at this."),
        lambda: evening.share(scope=ShareScope.WHOLE, last_day=date(2026, 3, 9)),
        evening.read,
        lambda: withdraw_all(evening.desk, evening.people.therapist, evening.id),
        evening.share,
        lambda: _end_supervision(evening.desk, evening.people),
        lambda: withdraw_all(evening.desk, evening.people.therapist, evening.id),
    ):
        await deed()
        clock.advance(minutes=1)
        now = await rows()
        assert seen.keys() <= now.keys()
        for row_id, before in seen.items():
            after = now[row_id]
            assert {k: v for k, v in after.items() if k not in closing} == {
                k: v for k, v in before.items() if k not in closing
            }
            if before["closed_at"] is not None:
                assert after == before
        seen = now
    assert len(seen) == 3


async def test_each_view_is_shown_to_the_author_and_a_second_glance_is_the_same_view(
    evening: Evening, clock: FakeClock
) -> None:
    await evening.share()
    assert (await evening.shares())[0]["views"] == []
    await evening.read()
    first = clock.now
    clock.advance(minutes=4)
    await evening.read()
    clock.advance(minutes=30)
    await evening.read()
    views = (await evening.shares())[0]["views"]
    assert views == [first.isoformat(), (first + timedelta(minutes=34)).isoformat()]


async def test_a_view_of_the_author_or_of_a_preview_is_none(evening: Evening) -> None:
    await evening.share()
    (entry,) = await evening.shares()
    await show_share(evening.desk, evening.people.therapist, evening.id, entry["id"])
    await evening.preview()
    assert (await evening.shares())[0]["views"] == []


async def test_names_in_a_note_are_masked_as_in_a_message(evening: Evening) -> None:
    await evening.say("Thandi came late.", Answered(Question.DESCRIBE))
    wish = {"note": "Is it me, or does Thandi   avoid me?\nPlease say."}
    expected = "Is it me, or does [person A] avoid me? Please say."
    assert (await evening.preview(**wish)).note == expected
    await evening.share(**wish)
    assert (await evening.read()).note == expected


async def test_danger_told_in_a_note_is_answered(evening: Evening) -> None:
    wish = ShareWish(note=DANGER)
    _, concerns = await preview_share(evening.desk, evening.people.therapist, evening.id, wish)
    assert concerns


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({"supervisor": new_id()}, "share_whom"),
        ({"scope": ShareScope.TURNS}, "share_turns"),
        ({"scope": ShareScope.TURNS, "turns": frozenset()}, "share_turns"),
        ({"scope": ShareScope.WHOLE, "turns": frozenset({77})}, "share_turns"),
        ({"turns": frozenset({0})}, "share_turns"),
        ({"last_day": date(2026, 3, 1)}, "share_until"),
        ({"last_day": date(2099, 1, 1)}, "share_until"),
        ({"last_day": date.max}, "share_until"),
    ],
)
async def test_what_cannot_be_shared_is_refused_and_not_shared(
    evening: Evening, wish: dict[str, Any], why: str
) -> None:
    await evening.say(TOLD)
    for deed in (evening.preview, evening.share):
        with pytest.raises(ShareRefused, match=why):
            await deed(**wish)
    assert await evening.shares() == []


async def test_only_the_author_may_preview_share_see_the_ledger_or_withdraw(
    evening: Evening,
) -> None:
    await evening.share()
    (entry,) = await evening.shares()
    for other in (evening.people.other_therapist, evening.people.supervisor):
        for refused in (
            preview_share(evening.desk, other, evening.id, ShareWish()),
            share(evening.desk, other, evening.id, ShareWish()),
            read_ledger(evening.desk, other, evening.id),
            show_share(evening.desk, other, evening.id, entry["id"]),
            withdraw(evening.desk, other, evening.id, entry["id"]),
            withdraw_all(evening.desk, other, evening.id),
        ):
            with pytest.raises(NotFound):
                await refused
    assert await evening.read()


async def test_with_several_supervisors_one_has_to_be_named(
    evening: Evening, people: People
) -> None:
    await _add_supervisor(evening.desk, people)
    with pytest.raises(ShareRefused, match="share_whom"):
        await evening.share()
    assert await evening.share(supervisor=people.other_supervisor.id) == "other supervisor"
    assert await read_shared(evening.desk, people.other_supervisor, evening.id)
    with pytest.raises(NotFound):
        await evening.read()


async def test_the_dialogue_does_not_share_with_several_and_says_so(
    evening: Evening, people: People
) -> None:
    await _add_supervisor(evening.desk, people)
    assert (await context_of(evening.desk, evening.id))["has_several_supervisors"] is True
    await evening.say("share", Closed("share"), quoting="It is shared.")
    assert await evening.shares() == []
    last = (await turns(evening.desk, people.therapist, evening.id))[-1]
    assert [message.text for message in last.messages][1:] == [
        *evening.desk.wording.say("share_choose")
    ]


async def test_the_dialogue_shares_the_summary_for_the_time_that_is_set(
    evening: Evening, clock: FakeClock
) -> None:
    await evening.say(TOLD, Answered(Question.FEEL))
    await evening.say("share", Closed("share"))
    previewed = await evening.preview(last_day=clock.now.date() + timedelta(days=90))
    assert await evening.read() == previewed
    assert (await evening.shares())[0]["until"] == "31 May 2026"


async def test_the_dialogue_leaves_a_share_that_stands_as_it_is(evening: Evening) -> None:
    await evening.say(TOLD, Answered(Question.FEEL))
    await evening.share(scope=ShareScope.WHOLE)
    await evening.say("share", Closed("share"))
    (entry,) = await evening.shares()
    assert (entry["scope"], entry["ended"]) == ("whole", None)


async def test_withdrawing_twice_keeps_the_first_time(evening: Evening, clock: FakeClock) -> None:
    await evening.share()
    (entry,) = await evening.shares()
    therapist = evening.people.therapist
    await withdraw(evening.desk, therapist, evening.id, entry["id"])
    clock.advance(hours=1)
    await withdraw(evening.desk, therapist, evening.id, entry["id"])
    (entry,) = await evening.shares()
    assert entry["ended"]["at"] == (clock.now - timedelta(hours=1)).isoformat()
    with pytest.raises(NotFound):
        await withdraw(evening.desk, therapist, evening.id, new_id())
    assert await evening.share() == "supervisor"
