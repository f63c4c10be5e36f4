"""A rule erases what is over its time, and a hold keeps it from the rule and from its therapist."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.app import open_desk
from bot.conversation.answering import Answering
from bot.conversation.desk import Desk
from bot.conversation.forgetting import forget_all
from bot.conversation.holds import NothingToHold, holds, place_hold, release_hold
from bot.conversation.receipts import receipts_of, retention_rule
from bot.conversation.records import Closed
from bot.conversation.reflections import delete_reflection, list_reflections
from bot.conversation.retention import due, run_retention
from bot.settings import Settings
from bot.storage.audit import COMMAND, Event, entries
from bot.storage.erasing import Held
from bot.storage.states import TurnState
from tests.bots import ScriptedBot, says
from tests.conftest import until
from tests.gateway import FakeClock, People, say, start, turns
from tests.sealing import with_master_key

REASON = "The clinic keeps working notes for ninety days."


@pytest.fixture
async def shared_desk(tmp_path: Path) -> AsyncIterator[Desk]:
    settings = with_master_key(
        var=tmp_path, models=tmp_path, retention_days=90, retention_reason=REASON
    )
    async with open_desk(settings, lambda _: ScriptedBot(), FakeClock()) as (opened, _):
        yield opened


async def _ids(desk: Desk, people: People) -> set[str]:
    return {found["id"] for found in await list_reflections(desk, people.therapist)}


async def _events(desk: Desk) -> list[tuple[str, dict[str, Any]]]:
    async with desk.sessions() as session:
        return [(entry.event, json.loads(entry.details)) async for entry in entries(session)]


async def test_what_was_not_changed_for_so_many_days_is_erased_and_nothing_else(
    desk: Desk, people: People, clock: FakeClock
) -> None:
    old = await start(desk, people.therapist)
    gone_on_with = await start(desk, people.therapist)
    clock.advance(days=60)
    await say(desk, people.therapist, gone_on_with, "Still with me.")
    new = await start(desk, people.therapist)
    clock.advance(days=29)
    assert await run_retention(desk, by=COMMAND) == []
    clock.advance(days=1)
    (only,) = await due(desk)
    assert (only.reflection_id, only.is_held) == (old, False)
    assert await _ids(desk, people) == {old, gone_on_with, new}
    await run_retention(desk, by=COMMAND)
    assert await _ids(desk, people) == {gone_on_with, new}
    assert await forget_all(desk)
    (receipt,) = await receipts_of(desk, people.therapist)
    assert (receipt["reflection"], receipt["because"]) == (old, "retention")
    runs = [details for event, details in await _events(desk) if event == Event.RETENTION_RUN]
    assert runs == [{"days": 90, "due": 0, "held": 0}, {"days": 90, "due": 1, "held": 0}]
    assert await due(desk) == []


async def test_therapists_are_told_the_rule_and_its_reason(desk: Desk) -> None:
    rule = retention_rule(desk) or ""
    assert "90 days" in rule
    assert REASON.rstrip(".") in rule


def test_a_rule_needs_a_reason_and_without_one_everything_is_kept() -> None:
    assert Settings().retention_days is None
    for reason in (None, "", "  "):
        with pytest.raises(ValidationError, match="reason"):
            Settings(retention_days=30, retention_reason=reason)


@pytest.mark.parametrize("what", ["reflection", "therapist"])
async def test_under_a_hold_neither_the_rule_nor_the_therapist_erases(
    desk: Desk, people: People, clock: FakeClock, what: str
) -> None:
    held = await start(desk, people.therapist)
    held_id = held if what == "reflection" else people.therapist.id
    await place_hold(desk, held_id, "file 12")
    clock.advance(days=200)
    (only,) = await run_retention(desk, by=COMMAND)
    assert only.is_held
    with pytest.raises(Held):
        await delete_reflection(desk, people.therapist, held)
    assert await forget_all(desk)
    assert await _ids(desk, people) == {held}
    assert await receipts_of(desk, people.therapist) == []
    assert desk.keyring.has(held)
    assert [(found, why) for found, why, _ in await holds(desk)] == [(held_id, "file 12")]
    assert await release_hold(desk, held_id) == 1
    assert await release_hold(desk, held_id) == 0
    await delete_reflection(desk, people.therapist, held)
    assert await _ids(desk, people) == set()
    told = [event for event, _ in await _events(desk)]
    wanted = [Event.HOLD_PLACED, Event.ERASE_HELD, Event.HOLD_RELEASED, Event.ERASE_ASKED]
    assert [event for event in told if event in wanted] == wanted


async def test_a_hold_on_one_holds_no_other(desk: Desk, people: People) -> None:
    held, free = await start(desk, people.therapist), await start(desk, people.therapist)
    await place_hold(desk, held, "file 12")
    await delete_reflection(desk, people.therapist, free)
    assert await _ids(desk, people) == {held}


async def test_nothing_can_be_held_that_is_not_there_or_is_erased(
    desk: Desk, people: People
) -> None:
    erased = await start(desk, people.therapist)
    await delete_reflection(desk, people.therapist, erased)
    for held_id in ("0" * 32, people.supervisor.id, erased):
        with pytest.raises(NothingToHold):
            await place_hold(desk, held_id, "file 12")


async def test_asked_to_delete_in_the_conversation_the_therapist_is_told_of_the_hold(
    desk: Desk, people: People, bot: ScriptedBot
) -> None:
    held = await start(desk, people.therapist)
    await place_hold(desk, held, "file 12")
    bot.script = [says(), says("This reflection is deleted.", Closed("delete"))]
    await say(desk, people.therapist, held, "delete this")
    answering = Answering(desk)
    answering.see_to(held)

    async def is_answered() -> bool:
        found = await turns(desk, people.therapist, held)
        return all(turn.state is not TurnState.KEPT for turn in found)

    await until(is_answered, 10)
    await answering.stop()
    last = (await turns(desk, people.therapist, held))[-1]
    assert [message.text for message in last.messages] == [desk.notices["held"]]
    assert desk.keyring.has(held)
    assert Event.ERASE_HELD in [event for event, _ in await _events(desk)]
