"""Talking points: what is gathered, for whom, and that gathering it is seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.conversation.desk import Desk
from bot.conversation.exporting.points import OwnTooLong, own_lines, points_paper
from bot.conversation.records import Answered, Heard, Judged
from bot.conversation.review import talking_points
from bot.conversation.review.concerns import read_concerns, write_done
from bot.conversation.review.reading import read_shared
from bot.conversation.review.talking_points import (
    Group,
    TalkingPoints,
    note_points_export,
    read_points,
    whom_to_meet,
)
from bot.conversation.review.writing import add_step, label_finding
from bot.conversation.sharing import withdraw_all
from bot.reflection.stages import Question
from bot.reflection.verdicts import Verdict
from bot.storage.access import NotFound
from bot.storage.audit import Event
from bot.storage.keeping import AuditEntry
from bot.storage.models import Account
from bot.storage.states import ExportKind, Opinion, ReviewDeed, ShareScope
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot
from tests.conversation.evening import Evening
from tests.conversation.review.test_reading import finding_of, share_with_both, write
from tests.conversation.samples import ABOUT_THE_THERAPIST, DANGER
from tests.gateway import People

TOLD = "She looked away and I talked faster."
ASKED = "What was that speed?"
PLANNED = "Ring her on Tuesday."
FOUND = Finding(Theme.COUNTERTRANSFERENCE, "helplessness", 0.8, (Evidence(20, 35, TOLD[20:]),))


@pytest.fixture
async def evening(desk: Desk, people: People, bot: ScriptedBot) -> Evening:
    return await tell(desk, people, bot)


async def tell(desk: Desk, people: People, bot: ScriptedBot) -> Evening:
    begun = await Evening.begin(desk, people, bot)
    await begun.say(TOLD, Answered(Question.FEEL), Heard((FOUND,)))
    await begun.say(PLANNED, Answered(Question.PLAN))
    await begun.say(ASKED, Answered(Question.SUPERVISION_QUESTION))
    return begun


async def points(evening: Evening, reader: Account, **more) -> TalkingPoints:
    people = evening.people
    other = people.supervisor if reader.id == people.therapist.id else people.therapist
    return await read_points(evening.desk, reader, other.id, **more)


def said(found: TalkingPoints, group: Group) -> list[str]:
    return [words for point in found.of(group) for _, words in point.words]


async def test_both_are_given_the_same_grouped_and_with_its_place(
    evening: Evening, people: People
) -> None:
    await evening.say("no", Judged(Theme.COUNTERTRANSFERENCE, Verdict.NO))
    await evening.say(DANGER)
    await evening.share(note="The speed, please.")
    await write(evening, people.supervisor, "What was it like?", turn=1, passage="talked faster")
    for reader in (people.supervisor, people.therapist):
        found = await points(evening, reader)
        kinds = {kind.partition(" (")[0] for kind in said(found, Group.SAFETY)}
        assert kinds == {"abuse disclosure", "child at risk"}
        assert said(found, Group.QUESTIONS) == [ASKED, "The speed, please."]
        (comment,) = found.of(Group.WRITTEN)
        assert (comment.passage, comment.words) == (
            "talked faster",
            [("supervisor", "What was it like?")],
        )
        (heard,) = found.of(Group.DIFFERENT)
        assert heard.passage == TOLD[20:]
        assert heard.place == f"finding-{await finding_of(evening)}"
        assert said(found, Group.PLANS) == [PLANNED]
        assert {point.reflection for point in found.points} == {evening.id}


async def test_where_both_agree_nothing_is_told_and_where_they_differ_it_is(
    evening: Evening, people: People
) -> None:
    await evening.say("yes", Judged(Theme.COUNTERTRANSFERENCE, Verdict.YES))
    await evening.share()
    finding = await finding_of(evening)
    for opinion, expected in (
        (None, []),
        (Opinion.AGREE, []),
        (Opinion.DISAGREE, ["it fits", "it does not fit"]),
        (Opinion.AGREE, []),
    ):
        if opinion:
            evening.clock.advance(minutes=1)
            await label_finding(evening.desk, people.supervisor, evening.id, finding, opinion)
        assert said(await points(evening, people.supervisor), Group.DIFFERENT) == expected


async def test_a_comment_waits_until_it_is_answered(evening: Evening, people: People) -> None:
    await evening.share()
    await write(evening, people.supervisor, "What was it like?")
    (waiting,) = (await points(evening, people.therapist)).of(Group.WRITTEN)
    assert waiting.name == "Waits for your answer"
    (asked,) = (await points(evening, people.supervisor)).of(Group.WRITTEN)
    assert asked.name == "Waits for an answer"
    (root,) = (await read_shared(evening.desk, people.supervisor, evening.id)).remarks
    await write(evening, people.therapist, "Hot.", answers=root.id)
    assert (await points(evening, people.therapist)).of(Group.WRITTEN) == []
    (answered,) = (await points(evening, people.supervisor)).of(Group.WRITTEN)
    assert answered.name == "Waits for your answer"


async def test_a_concern_is_there_until_something_was_done(
    evening: Evening, people: People
) -> None:
    await evening.say(DANGER)
    await evening.share()
    assert (await points(evening, people.supervisor)).of(Group.SAFETY)
    for case in (await read_concerns(evening.desk, people.supervisor)).open:
        await write_done(evening.desk, people.supervisor, case.id, "I called the lead.")
    assert not (await points(evening, people.supervisor)).of(Group.SAFETY)


async def test_what_is_about_the_therapist_or_not_shared_is_no_point(
    evening: Evening, people: People
) -> None:
    await evening.say(next(iter(ABOUT_THE_THERAPIST.values())))
    await evening.share(scope=ShareScope.TURNS, turns=frozenset({1}))
    found = await points(evening, people.supervisor)
    assert (found.of(Group.SAFETY), found.of(Group.QUESTIONS), found.of(Group.PLANS)) == (
        [],
        [],
        [],
    )


async def test_to_look_is_a_look_at_what_shows_words_and_at_nothing_else(
    desk: Desk, people: People, bot: ScriptedBot, evening: Evening
) -> None:
    await evening.share()
    alarm = await Evening.begin(desk, people, bot)
    await alarm.say(DANGER)
    await alarm.share()
    await points(evening, people.therapist)
    assert (await evening.shares())[0]["views"] == []
    await points(evening, people.supervisor)
    assert len((await evening.shares())[0]["views"]) == 1
    assert (await alarm.shares())[0]["views"] == []


async def test_what_is_closed_is_there_from_the_day_on_that_was_chosen(
    evening: Evening, people: People
) -> None:
    await evening.share()
    await add_step(evening.desk, people.supervisor, evening.id, ReviewDeed.CLOSED)
    today = evening.clock.now.date()
    assert (await points(evening, people.supervisor)).points == []
    assert (await points(evening, people.supervisor, closed_since=today)).points
    tomorrow = today + timedelta(days=1)
    assert (await points(evening, people.supervisor, closed_since=tomorrow)).points == []


async def test_nobody_else_gets_any_and_withdrawn_is_gone_at_once(
    evening: Evening, people: People
) -> None:
    await share_with_both(evening)
    assert [one.id for one in await whom_to_meet(evening.desk, people.supervisor)] == [
        people.therapist.id
    ]
    readers = {one.id for one in await whom_to_meet(evening.desk, people.therapist)}
    assert readers == {people.supervisor.id, people.other_supervisor.id}
    await write(evening, people.supervisor, "Between us.")
    other = await read_points(evening.desk, people.other_supervisor, people.therapist.id)
    assert other.of(Group.WRITTEN) == []
    found = await points(evening, people.supervisor)
    await withdraw_all(evening.desk, people.therapist, evening.id)
    for reader in (people.supervisor, people.therapist, people.other_therapist):
        with pytest.raises(NotFound):
            await points(evening, reader)
    # A file that was being made when it was withdrawn.
    with pytest.raises(NotFound):
        await note_points_export(evening.desk, people.supervisor, found, ExportKind.PDF)


async def test_there_is_an_end_to_it_and_it_says_so(
    desk: Desk, people: People, bot: ScriptedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talking_points, "MOST", 2)
    told = []
    for _ in range(3):
        told.append(await tell(desk, people, bot))
        await told[-1].share()
        told[-1].clock.advance(minutes=1)
    found = await points(told[0], people.supervisor)
    assert found.is_cut
    newest = {point.reflection for point in found.points}
    assert newest == {told[1].id, told[2].id}


async def test_a_file_leaves_out_what_is_left_out_and_is_in_the_audit(
    evening: Evening, people: People
) -> None:
    await evening.share()
    found = await points(evening, people.supervisor)
    left = f"plan-{evening.id}"
    paper = points_paper(evening.desk, people.supervisor, found, {left}, ["Holidays"])
    texts = [text for block in paper.blocks for text in (block.text, *block.under)]
    assert ASKED in texts
    assert "Holidays" in texts
    assert PLANNED not in texts
    await note_points_export(evening.desk, people.supervisor, found, ExportKind.MARKDOWN)
    async with evening.desk.sessions() as session:
        query = select(AuditEntry).where(AuditEntry.event == Event.EXPORTED.value)
        entry = (await session.scalars(query.order_by(AuditEntry.number.desc()))).first()
    assert entry is not None
    assert (entry.actor, entry.account_id) == (people.supervisor.id, people.therapist.id)
    assert entry.details == '{"kind":"markdown"}'


def test_own_lines_have_an_end() -> None:
    assert own_lines(" one \n\n\n two") == ["one", "two"]
    with pytest.raises(OwnTooLong):
        own_lines("a" * 4001)
