"""Two gateways on one PostgreSQL: what both do in the same moment is done once, and none is lost.

SQLite lets one write at a time, so none of this can happen there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from bot.app import open_desk
from bot.conversation.accounts import make_link
from bot.conversation.accounts.demonstration import make_demonstration_accounts
from bot.conversation.accounts.links import sign_in
from bot.conversation.accounts.people import CannotDo, add_account, put_in_team
from bot.conversation.accounts.refused import LinkRefused
from bot.conversation.accounts.throttle import begin_try
from bot.conversation.answering import Answering
from bot.conversation.consents import consent_history, set_consent
from bot.conversation.desk import Desk
from bot.conversation.holds import NothingToHold, place_hold
from bot.conversation.records import Scored
from bot.conversation.reflections import delete_reflection
from bot.conversation.review.concerns import acknowledge, write_done
from bot.conversation.review.reading import read_shared
from bot.conversation.review.writing import Written, add_step, comment
from bot.conversation.settings_seen import note_settings
from bot.conversation.sharing import ShareWish, share
from bot.conversation.turns import Incoming, take_turn
from bot.reflection.stages import Question
from bot.storage.audit import GATEWAY, Event, entries, record, verify
from bot.storage.concern_tables import ConcernReview
from bot.storage.erasing import Held
from bot.storage.keeping import AuditEntry, Erasure, Hold
from bot.storage.models import Account, RaisedConcern, Reflection, Share, ShareView, Turn
from bot.storage.review_tables import Comment, ReviewChange
from bot.storage.states import ConcernStep, Purpose, ReflectionState, ReviewDeed, Role
from tests.bots import ScriptedBot, says
from tests.conftest import until
from tests.gateway import FakeClock, People, make_people, say, start, turns
from tests.postgresql import of
from tests.sealing import with_master_key

pytestmark = pytest.mark.postgresql
AT_ONCE = 6
DANGER = "She told me her uncle hits her with a belt when her mother is at work."


@dataclass
class Two:
    """Two gateways' desks on one database, with the same people."""

    desks: tuple[Desk, Desk]
    people: People

    @property
    def one(self) -> Desk:
        return self.desks[0]

    async def at_once(self, what: Callable[[Desk], Awaitable[Any]], times: int = AT_ONCE) -> list:
        """Do it in both gateways at the same moment; faults are given like results."""
        every = [what(desk) for _ in range(times // 2) for desk in self.desks]
        return await asyncio.gather(*every, return_exceptions=True)

    async def count(self, table: Any, *which: Any) -> int:
        async with self.one.sessions() as session:
            query = select(func.count()).select_from(table).where(*which)
            return await session.scalar(query) or 0

    async def audit_is_whole(self) -> bool:
        async with self.one.sessions() as session:
            return (await verify(session)).fault is None


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    url, clock = of(tmp_path), FakeClock()
    settings = with_master_key(var=tmp_path, models=tmp_path, database=url)
    async with AsyncExitStack() as stack:
        # The first makes the keys.
        opened = [
            await stack.enter_async_context(open_desk(settings, lambda _: ScriptedBot(), clock))
            for _ in range(2)
        ]
        desks = (opened[0][0], opened[1][0])
        yield Two(desks, await make_people(desks[0]))


def faults(found: list) -> list:
    return [one for one in found if isinstance(one, BaseException)]


async def test_one_message_sent_to_both_makes_one_turn(two: Two) -> None:
    reflection = await start(two.one, two.people.therapist)
    client_id = uuid4().hex

    async def send(desk: Desk) -> Any:
        incoming = Incoming(reflection, client_id, "She would not look at me.")
        return await take_turn(desk, two.people.therapist, incoming)

    found = await two.at_once(send)
    assert faults(found) == []
    assert {turn.id for turn, _ in found} == {found[0][0].id}
    assert sum(is_new for _, is_new in found) == 1
    assert await two.count(Turn, Turn.client_id == client_id) == 1


async def test_messages_at_once_are_all_kept_in_an_order_without_gaps(two: Two) -> None:
    reflection = await start(two.one, two.people.therapist)
    # With names: both give out the letters that stand for people, and none twice.
    names = iter(["Anna", "Thandi", "Sipho", "Maria", "Lerato", "Themba"])

    async def send(desk: Desk) -> Turn:
        return await say(desk, two.people.therapist, reflection, f"I met {next(names)} again.")

    found = await two.at_once(send)
    assert faults(found) == []
    kept = await turns(two.one, two.people.therapist, reflection)
    assert [turn.number for turn in kept] == list(range(AT_ONCE + 1))
    assert len({turn.text for turn in kept[1:]}) == AT_ONCE
    async with two.one.sessions() as session:
        row = await session.get_one(Reflection, reflection)
    assert sorted(row.people.values()) == list(range(len(row.people)))
    assert len(row.people) == AT_ONCE


async def test_an_answer_takes_back_nothing_that_is_said_beside_it(two: Two) -> None:
    """The answer was read before danger was told; the reflection stays stopped."""
    reflection = await start(two.one, two.people.therapist)
    bot = two.desks[1].bot
    bot.script = [says("How stirred up are you?", Scored(Question.AROUSAL_BEFORE, 4.0))]
    bot.gate.clear()
    answering = Answering(two.desks[1])
    answering.see_to(reflection)
    await until(lambda: asyncio.sleep(0, bot.calls))
    sending = asyncio.create_task(say(two.one, two.people.therapist, reflection, DANGER))
    bot.gate.set()
    await sending

    async def is_answered() -> bool:
        return (await turns(two.one, two.people.therapist, reflection))[0].answered_at is not None

    await until(is_answered)
    await answering.stop()
    async with two.one.sessions() as session:
        row = await session.get_one(Reflection, reflection)
    assert row.state is ReflectionState.STOPPED
    assert row.arousal_before == 4.0


async def test_a_one_time_link_lets_in_once(two: Two) -> None:
    token = await make_link(two.one, two.people.therapist)
    found = await two.at_once(lambda desk: sign_in(desk, token))
    assert sum(isinstance(one, tuple) for one in found) == 1
    assert {type(one) for one in faults(found)} == {LinkRefused}


async def test_a_hundred_guesses_at_once_are_a_hundred_failures(two: Two) -> None:
    await two.at_once(lambda desk: begin_try(desk, "thandi m.", None), times=2)
    found = await two.at_once(lambda desk: begin_try(desk, "thandi m.", None), times=20)
    assert sum(isinstance(one, str) for one in found) <= 5


async def test_fifty_entries_at_once_are_one_chain(two: Two) -> None:
    async def write(desk: Desk) -> None:
        async with desk.sessions.begin() as session:
            await record(session, Event.VIEWED, desk.clock(), by=GATEWAY)

    before = await two.count(AuditEntry)
    assert faults(await two.at_once(write, times=50)) == []
    async with two.one.sessions() as session:
        numbers = [entry.number async for entry in entries(session)]
    assert numbers == list(range(1, before + 51))
    assert await two.audit_is_whole()


async def test_a_consent_is_given_once_and_withdrawn_once(two: Two) -> None:
    account, purpose = two.people.therapist, Purpose.CORRECTIONS
    for given in (True, False):
        found = await two.at_once(
            lambda desk, g=given: set_consent(desk, account, purpose, given=g)
        )
        assert faults(found) == []
    history = await consent_history(two.one, account)
    assert len(history) == 1
    assert history[0]["withdrawn_at"]
    for event in (Event.CONSENT_GIVEN, Event.CONSENT_WITHDRAWN):
        assert await two.count(AuditEntry, AuditEntry.event == event.value) == 1


@pytest.fixture
async def shared(two: Two) -> tuple[str, str]:
    """A reflection with a concern, shared; and the concern's id."""
    reflection = await start(two.one, two.people.therapist)
    await say(two.one, two.people.therapist, reflection, DANGER)
    await share(two.one, two.people.therapist, reflection, ShareWish())
    async with two.one.sessions() as session:
        concern = await session.scalar(select(RaisedConcern.id).limit(1))
    assert concern is not None
    return reflection, concern


async def test_a_concern_is_acknowledged_once(two: Two, shared: tuple[str, str]) -> None:
    _, concern = shared
    found = await two.at_once(lambda desk: acknowledge(desk, two.people.supervisor, concern))
    assert faults(found) == []
    assert await two.count(ConcernReview, ConcernReview.step == ConcernStep.ACKNOWLEDGED) == 1
    event = AuditEntry.event == Event.CONCERN_ACKNOWLEDGED.value
    assert await two.count(AuditEntry, event) == 1


async def test_what_was_done_about_a_concern_is_all_written_down(
    two: Two, shared: tuple[str, str]
) -> None:
    _, concern = shared
    done = await two.at_once(
        lambda desk: write_done(desk, two.people.supervisor, concern, "I telephoned.")
    )
    assert faults(done) == []
    assert await two.count(ConcernReview, ConcernReview.step == ConcernStep.DONE) == AT_ONCE


async def test_a_step_of_a_review_is_written_once(two: Two, shared: tuple[str, str]) -> None:
    reflection, _ = shared
    deed = ReviewDeed.SIGNED_OFF
    found = await two.at_once(lambda desk: add_step(desk, two.people.supervisor, reflection, deed))
    assert faults(found) == []
    assert await two.count(ReviewChange, ReviewChange.deed == deed) == 1


async def test_a_comment_sent_to_both_is_there_once(two: Two, shared: tuple[str, str]) -> None:
    reflection, _ = shared
    written = Written(client_id=uuid4().hex, text="How was it for you?")
    found = await two.at_once(
        lambda desk: comment(desk, two.people.supervisor, reflection, written, asks=True)
    )
    assert faults(found) == []
    assert await two.count(Comment) == 1


async def test_a_look_at_a_share_is_noted_once(two: Two, shared: tuple[str, str]) -> None:
    reflection, _ = shared
    before = await two.count(ShareView)
    found = await two.at_once(lambda desk: read_shared(desk, two.people.supervisor, reflection))
    assert faults(found) == []
    assert await two.count(ShareView) == before + 1


async def test_of_two_shares_at_once_one_stands(two: Two, shared: tuple[str, str]) -> None:
    reflection, _ = shared
    found = await two.at_once(
        lambda desk: share(desk, two.people.therapist, reflection, ShareWish())
    )
    assert faults(found) == []
    assert await two.count(Share, Share.closed_at.is_(None)) == 1


async def test_a_reflection_is_deleted_once_and_takes_no_more(two: Two) -> None:
    reflection = await start(two.one, two.people.therapist)

    async def either(desk: Desk) -> None:
        if desk is two.one:
            await delete_reflection(desk, two.people.therapist, reflection)
        else:
            await say(desk, two.people.therapist, reflection, "She would not look at me.")

    found = await two.at_once(either)
    assert {type(one).__name__ for one in faults(found)} <= {"NotFound", "KeyGone"}
    assert await two.count(Erasure) == 1
    assert await two.count(AuditEntry, AuditEntry.event == Event.ERASE_ASKED.value) == 1


@pytest.mark.parametrize("whose", ["reflection", "therapist"])
async def test_what_is_held_is_not_erased_in_the_same_moment(two: Two, whose: str) -> None:
    """Either the hold came first and nothing is erased, or there was nothing left to hold."""
    therapist = two.people.therapist
    for _ in range(5):
        reflection = await start(two.one, therapist)
        held = reflection if whose == "reflection" else therapist.id
        hold, erase = await asyncio.gather(
            place_hold(two.desks[0], held, "file 12"),
            delete_reflection(two.desks[1], therapist, reflection),
            return_exceptions=True,
        )
        is_erased = await two.count(Erasure, Erasure.reflection_id == reflection) == 1
        assert is_erased is (erase is None)
        if whose == "reflection":
            assert isinstance(hold, NothingToHold) is is_erased
        assert erase is None or isinstance(erase, Held)
        async with two.one.sessions.begin() as session:
            await session.execute(text("UPDATE holds SET released_at = now()"))
    assert await two.count(Hold) >= 0


async def test_two_that_start_together_note_their_settings_once(two: Two) -> None:
    assert faults(await two.at_once(note_settings)) == []


async def test_accounts_and_teams_are_made_once(two: Two) -> None:
    found = await two.at_once(lambda desk: add_account(desk, "Lindiwe K.", Role.THERAPIST))
    assert sum(isinstance(one, Account) for one in found) == 1
    assert {type(one) for one in faults(found)} == {CannotDo}
    therapist = two.people.therapist
    joined = await two.at_once(lambda desk: put_in_team(desk, therapist, "North", is_leaving=False))
    assert faults(joined) == []
    assert faults(await two.at_once(make_demonstration_accounts)) == []
    assert await two.count(Account, Account.name.startswith("Demonstration")) == 2
