"""What the two write to each other beside a reflection, and who sees what of it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.conversation.desk import Desk
from bot.conversation.records import Answered, Heard, Judged
from bot.conversation.review.queue import QueueWish, read_queue
from bot.conversation.review.reading import Reading, read_own, read_shared
from bot.conversation.review.writing import (
    LONGEST_COMMENT,
    CommentRefused,
    Written,
    comment,
    label_finding,
)
from bot.conversation.sharing import ShareWish, share, withdraw_all
from bot.reflection.stages import Question
from bot.reflection.verdicts import Verdict
from bot.storage.access import NotFound
from bot.storage.columns import new_id
from bot.storage.models import Account, FoundTheme, Supervision
from bot.storage.review_tables import Comment, Label
from bot.storage.states import Opinion, ReviewDeed, ReviewState, ShareScope
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot
from tests.conversation.evening import Evening
from tests.conversation.samples import DANGER
from tests.gateway import People

TOLD = "She looked away and I talked faster."
LATER = "I drove home with a tight chest."


@pytest.fixture
async def evening(desk: Desk, people: People, bot: ScriptedBot) -> Evening:
    begun = await Evening.begin(desk, people, bot)
    found = Finding(Theme.COUNTERTRANSFERENCE, "helplessness", 0.8, (Evidence(20, 35, TOLD[20:]),))
    await begun.say(TOLD, Answered(Question.DESCRIBE), Heard((found,)))
    await begun.say(LATER, Answered(Question.FEEL))
    return begun


async def write(evening: Evening, writer: Account, text: str, **more: Any) -> None:
    asks = more.pop("asks", False)
    written = Written(client_id=more.pop("client_id", new_id()), text=text, **more)
    evening.clock.advance(minutes=1)
    await comment(evening.desk, writer, evening.id, written, asks=asks)


async def seen(evening: Evening, reader: Account) -> Reading:
    is_author = reader.id == evening.people.therapist.id
    return await (read_own if is_author else read_shared)(evening.desk, reader, evening.id)


async def share_with_both(evening: Evening, **wish: Any) -> None:
    desk, people = evening.desk, evening.people
    async with desk.sessions.begin() as session:
        session.add(
            Supervision(
                therapist_id=people.therapist.id,
                supervisor_id=people.other_supervisor.id,
                since=desk.clock(),
            )
        )
    for supervisor in (people.supervisor, people.other_supervisor):
        asked = ShareWish(supervisor=supervisor.id, **wish)
        await share(desk, people.therapist, evening.id, asked)


async def finding_of(evening: Evening) -> str:
    async with evening.desk.sessions() as session:
        here = select(FoundTheme.id).where(FoundTheme.reflection_id == evening.id)
        return str(await session.scalar(here))


async def test_a_comment_on_words_stands_at_their_turn_for_both(
    evening: Evening, people: People
) -> None:
    await evening.share()
    await write(
        evening, people.supervisor, "What was it like?", turn=1, passage="I talked\n faster"
    )
    for reader in (people.therapist, people.supervisor):
        (remark,) = (await seen(evening, reader)).on(1)
        assert (remark.by, remark.text) == ("supervisor", "What was it like?")
        assert remark.passage == "I talked faster"
        assert remark.is_mine is (reader is people.supervisor)


async def test_a_reply_stands_under_what_it_answers_and_so_does_a_reply_to_it(
    evening: Evening, people: People
) -> None:
    await evening.share()
    await write(evening, people.supervisor, "What was it like?", turn=1)
    (root,) = (await seen(evening, people.therapist)).remarks
    await write(evening, people.therapist, "Hot.", answers=root.id)
    (root,) = (await seen(evening, people.supervisor)).on(1)
    await write(evening, people.supervisor, "Where?", answers=root.replies[0].id)
    (root,) = (await seen(evening, people.therapist)).on(1)
    assert [reply.text for reply in root.replies] == ["Hot.", "Where?"]


async def test_what_is_new_is_new_once(evening: Evening, people: People) -> None:
    await evening.share()
    await write(evening, people.supervisor, "What was it like?")
    for is_new in (True, False):
        (remark,) = (await seen(evening, people.therapist)).remarks
        assert remark.is_new is is_new
    await write(evening, people.therapist, "Hot.", answers=remark.id)

    async def unread() -> bool:
        (line,) = (await read_queue(evening.desk, people.supervisor, QueueWish())).lines
        return bool(line["unread"])

    assert await unread()
    await seen(evening, people.supervisor)
    assert not await unread()


async def test_asking_for_more_waits_until_the_therapist_writes(
    evening: Evening, people: People
) -> None:
    await evening.share()
    await seen(evening, people.supervisor)
    await write(evening, people.supervisor, "Tell me more of the end?", asks=True)
    (review,) = (await seen(evening, people.therapist)).reviews
    assert review.state is ReviewState.WAITING
    await write(evening, people.supervisor, "Take your time.")
    (review,) = (await seen(evening, people.therapist)).reviews
    assert review.state is ReviewState.WAITING
    (root, _) = (await seen(evening, people.therapist)).remarks
    await write(evening, people.therapist, "She said goodbye to him, not to me.", answers=root.id)
    (review,) = (await seen(evening, people.supervisor)).reviews
    assert review.state is ReviewState.IN_REVIEW
    deeds = [deed for _, deed in review.steps]
    assert deeds == [ReviewDeed.OPENED, ReviewDeed.ASKED_FOR_MORE, ReviewDeed.ANSWERED]


async def test_names_in_a_comment_are_masked_as_those_of_the_reflection(
    evening: Evening, people: People
) -> None:
    await evening.say("Then Thandi Nkosi came in.", Answered(Question.SENSE))
    await evening.share()
    await write(evening, people.supervisor, "What did Thandi Nkosi say to Peter Smith?")
    (remark,) = (await seen(evening, people.therapist)).remarks
    assert "Thandi" not in remark.text
    assert "Smith" not in remark.text
    assert remark.text == "What did [person A] say to [person B]?"


@pytest.mark.parametrize(
    ("written", "notice"),
    [
        ({"text": "  \n "}, "comment_empty"),
        ({"text": "x" * (LONGEST_COMMENT + 1)}, "comment_long"),
        ({"text": "Yes.", "turn": 99}, "comment_turn"),
        ({"text": "Yes.", "passage": "talked faster"}, "comment_turn"),
        ({"text": "Yes.", "turn": 1, "passage": "never said"}, "comment_passage"),
        ({"text": "Yes.", "to": "somebody"}, "comment_whom"),
        ({"text": "Yes.", "mentions": "somebody"}, "comment_whom"),
    ],
)
async def test_what_cannot_be_taken_is_said_and_nothing_is_kept(
    evening: Evening, people: People, written: dict[str, Any], notice: str
) -> None:
    await evening.share()
    with pytest.raises(CommentRefused, match=notice):
        await write(evening, people.supervisor, **written)
    assert (await seen(evening, people.therapist)).remarks == []


async def test_the_same_form_sent_twice_makes_one_comment(evening: Evening, people: People) -> None:
    await evening.share()
    for _ in range(2):
        await write(evening, people.supervisor, "Once.", client_id="the same form", asks=True)
    reading = await seen(evening, people.therapist)
    assert [remark.text for remark in reading.remarks] == ["Once."]
    assert [deed for _, deed in reading.reviews[0].steps] == [ReviewDeed.ASKED_FOR_MORE]


async def test_a_turn_that_is_not_shared_can_not_be_commented_on(
    evening: Evening, people: People
) -> None:
    await evening.share(scope=ShareScope.TURNS, turns=frozenset({1}))
    for writer in (people.supervisor, people.therapist):
        with pytest.raises(CommentRefused, match="comment_turn"):
            await write(evening, writer, "And this?", turn=2)


async def test_nobody_writes_without_a_share(evening: Evening, people: People) -> None:
    for stranger in (people.supervisor, people.other_supervisor, people.other_therapist):
        with pytest.raises(NotFound):
            await write(evening, stranger, "Hello?")
    with pytest.raises(CommentRefused, match="comment_whom"):
        await write(evening, people.therapist, "Hello?")


async def test_after_withdrawing_the_supervisor_has_nothing_and_the_author_all(
    evening: Evening, people: People
) -> None:
    await evening.share()
    await write(evening, people.supervisor, "What was it like?")
    await withdraw_all(evening.desk, people.therapist, evening.id)
    with pytest.raises(NotFound):
        await seen(evening, people.supervisor)
    assert [r.text for r in (await seen(evening, people.therapist)).remarks] == [
        "What was it like?"
    ]


async def test_two_supervisors_do_not_see_each_other(evening: Evening, people: People) -> None:
    await share_with_both(evening)
    finding = await finding_of(evening)
    for supervisor, opinion in (
        (people.supervisor, Opinion.AGREE),
        (people.other_supervisor, Opinion.DISAGREE),
    ):
        await write(evening, supervisor, f"From {supervisor.name}.", asks=True)
        await label_finding(evening.desk, supervisor, evening.id, finding, opinion)
    for supervisor in (people.supervisor, people.other_supervisor):
        reading = await seen(evening, supervisor)
        assert [remark.by for remark in reading.remarks] == [supervisor.name]
        assert [review.supervisor for review in reading.reviews] == [supervisor.name]
        assert [label["by"] for label in reading.labels[finding]] == [supervisor.name]
        assert reading.readers == ()
    (remark, _) = (await seen(evening, people.therapist)).remarks
    with pytest.raises(NotFound):
        await write(evening, people.other_supervisor, "Me too.", answers=remark.id)
    both = {people.supervisor.name, people.other_supervisor.name}
    reading = await seen(evening, people.therapist)
    assert {remark.supervisor for remark in reading.remarks} == both
    assert {label["by"] for label in reading.labels[finding]} == both
    assert {reader.name for reader in reading.readers} == both


async def test_whom_the_author_mentions_reads_that_conversation_and_no_other(
    evening: Evening, people: People
) -> None:
    await share_with_both(evening, scope=ShareScope.TURNS, turns=frozenset({1}))
    other = people.other_supervisor
    await write(evening, people.supervisor, "What was it like?", turn=1, passage="faster")
    await write(evening, people.supervisor, "And your chest?")
    asked, _ = (await seen(evening, people.therapist)).remarks
    assert (await seen(evening, other)).remarks == []
    await write(evening, people.therapist, "Ask her.", answers=asked.id, mentions=other.id)
    (line,) = (await read_queue(evening.desk, other, QueueWish())).lines
    assert line["unread"]
    (remark,) = (await seen(evening, other)).remarks
    assert (remark.text, remark.passage) == ("What was it like?", "faster")
    assert [reply.mentioned for reply in remark.replies] == [other.name]
    (line,) = (await read_queue(evening.desk, other, QueueWish())).lines
    assert not line["unread"]
    await write(evening, other, "I know that one.", answers=asked.id)
    (remark, _) = (await seen(evening, people.supervisor)).remarks
    assert [reply.by for reply in remark.replies] == ["therapist", other.name]


async def test_whoever_is_drawn_in_sees_no_words_that_are_not_shared_with_them(
    evening: Evening, people: People
) -> None:
    await share_with_both(evening)
    other = people.other_supervisor
    asked = ShareWish(supervisor=other.id, scope=ShareScope.TURNS, turns=frozenset({2}))
    await share(evening.desk, people.therapist, evening.id, asked)
    await write(evening, people.supervisor, "What was it like?", turn=1, passage="talked faster")
    (remark,) = (await seen(evening, people.therapist)).remarks
    await write(evening, people.therapist, "Ask her.", answers=remark.id, mentions=other.id)
    (remark,) = (await seen(evening, other)).remarks
    assert (remark.text, remark.passage, remark.place) == ("What was it like?", None, None)


async def test_only_those_who_read_it_now_can_be_mentioned_or_written_to(
    evening: Evening, people: People
) -> None:
    await evening.share()
    for wrong in ({"to": people.other_supervisor.id}, {"mentions": people.other_supervisor.id}):
        with pytest.raises(CommentRefused, match="comment_whom"):
            await write(evening, people.therapist, "Hello?", **wrong)


async def test_with_two_readers_the_author_says_to_whom(evening: Evening, people: People) -> None:
    await share_with_both(evening)
    with pytest.raises(CommentRefused, match="comment_whom"):
        await write(evening, people.therapist, "Hello?")
    await write(evening, people.therapist, "Hello?", to=people.other_supervisor.id)
    assert (await seen(evening, people.supervisor)).remarks == []
    assert len((await seen(evening, people.other_supervisor)).remarks) == 1


async def test_danger_told_in_a_comment_is_heard(evening: Evening, people: People) -> None:
    await evening.share()
    written = Written(client_id=new_id(), text=DANGER)
    concerns = await comment(evening.desk, people.therapist, evening.id, written)
    assert any(concern.level.stops for concern in concerns)


async def test_a_label_stands_beside_the_verdict_and_the_newest_counts(
    evening: Evening, people: People
) -> None:
    await evening.say("no", Judged(Theme.COUNTERTRANSFERENCE, Verdict.NO))
    await evening.share()
    finding = await finding_of(evening)
    desk, reader = evening.desk, people.supervisor
    await label_finding(desk, reader, evening.id, finding, Opinion.AGREE)
    instead = (Theme.PARENT_TRAUMA, "mistrust")
    evening.clock.advance(minutes=1)
    await label_finding(desk, reader, evening.id, finding, Opinion.RELABEL, instead)
    reading = await seen(evening, people.therapist)
    (label,) = reading.labels[finding]
    assert label["opinion"] == "relabel"
    assert label["instead"].startswith(desk.taxonomy[Theme.PARENT_TRAUMA].name)
    (theme,) = reading.view.themes
    assert theme["findings"][0]["verdict"] == "no"
    async with desk.sessions() as session:
        its = select(Label).where(Label.finding_id == finding)
        assert len(list(await session.scalars(its))) == 2


async def test_only_what_is_shown_can_be_labelled(evening: Evening, people: People) -> None:
    await evening.share(scope=ShareScope.TURNS, turns=frozenset({2}))
    finding = await finding_of(evening)
    for which in (finding, new_id()):
        with pytest.raises(NotFound):
            await label_finding(evening.desk, people.supervisor, evening.id, which, Opinion.AGREE)


async def test_a_relabelling_says_what_instead(evening: Evening, people: People) -> None:
    await evening.share()
    finding = await finding_of(evening)
    for opinion, instead in (
        (Opinion.RELABEL, None),
        (Opinion.AGREE, (Theme.PARENT_TRAUMA, None)),
    ):
        with pytest.raises(CommentRefused, match="label_which"):
            await label_finding(
                evening.desk, people.supervisor, evening.id, finding, opinion, instead
            )


async def test_what_is_written_lies_sealed(evening: Evening, people: People) -> None:
    await evening.share()
    await write(evening, people.supervisor, "What was it like?", turn=1, passage="talked faster")
    async with evening.desk.sessions() as session:
        its = select(Comment.__table__).where(Comment.reflection_id == evening.id)
        (row,) = (await session.execute(its)).mappings().all()
    assert b"like" not in row["sealed"]
    assert b"faster" not in row["sealed"]
    assert not [v for v in row.values() if isinstance(v, str) and "like" in v]


async def test_a_share_that_is_over_ends_the_conversation(evening: Evening, people: People) -> None:
    await evening.share(last_day=evening.desk.clock().date())
    await write(evening, people.supervisor, "What was it like?")
    evening.clock.advance(days=2)
    with pytest.raises(NotFound):
        await write(evening, people.supervisor, "Hello?")
    with pytest.raises(CommentRefused, match="comment_whom"):
        await write(evening, people.therapist, "Hello?")
