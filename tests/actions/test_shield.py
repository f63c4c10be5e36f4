"""Nothing leaves an action but events and records: no exception, and none of the words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from structlog.testing import capture_logs

from actions.reply import Reply
from actions.shield import ShieldedAction
from bot.conversation.records import Closed, Failed
from tests.actions.conftest import MADE_UP, Run, read_outcome

WRITTEN = "the mother with the red coat"


class Stumbling(ShieldedAction):
    """Says and records something, and then falls over the therapist's words."""

    def name(self) -> str:
        return f"{MADE_UP}stumbling"

    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        reply.say("half an answer")
        reply.record(Closed("delete"))
        words = tracker.latest_message["text"]
        raise ValueError(f"cannot read {words}")


class StumblingLate(ShieldedAction):
    """Falls only when its events are read."""

    def name(self) -> str:
        return f"{MADE_UP}stumbling_late"

    def act(self, reply: Reply, tracker: Tracker) -> Iterator[EventType]:  # type: ignore[override]
        yield SlotSet("plan", "x")
        raise KeyError(tracker.latest_message["text"])


def conversation() -> Tracker:
    return Tracker("made-up", {}, {"text": WRITTEN}, [], False, None, {}, "action_listen")


async def run_shielded(action: ShieldedAction) -> tuple[dict[str, Any], list[Any]]:
    dispatcher = CollectingDispatcher()
    with capture_logs() as logs:
        events = await action.run(dispatcher, conversation(), {})
    return {"responses": dispatcher.messages, "events": events}, logs


@pytest.mark.parametrize("action", [Stumbling(), StumblingLate()], ids=lambda a: a.name())
async def test_a_fault_becomes_a_failed_record_and_nothing_else(action: ShieldedAction) -> None:
    result, _ = await run_shielded(action)
    outcome = read_outcome(result)
    (record,) = outcome.records
    assert isinstance(record, Failed)
    assert (outcome.said, outcome.choices, outcome.events) == ([], [], [])


@pytest.mark.parametrize("action", [Stumbling(), StumblingLate()], ids=lambda a: a.name())
async def test_no_word_of_the_conversation_reaches_log_or_reply(
    action: ShieldedAction, capfd: pytest.CaptureFixture[str]
) -> None:
    structlog.reset_defaults()
    result, logs = await run_shielded(action)
    # Once more with the log going where it goes in the house.
    await action.run(CollectingDispatcher(), conversation(), {})
    printed = "".join(capfd.readouterr())
    assert "action.failed" in printed
    for text in (json.dumps(result), repr(logs), printed):
        assert WRITTEN not in text
        assert "red coat" not in text


async def test_the_log_says_which_action_failed_where_and_under_which_id() -> None:
    result, logs = await run_shielded(Stumbling())
    (entry,) = logs
    assert entry["event"] == "action.failed"
    assert (entry["action"], entry["kind"]) == (f"{MADE_UP}stumbling", "ValueError")
    assert entry["at"].startswith("act:")
    (record,) = read_outcome(result).records
    assert record.error == entry["error"]


async def test_a_real_action_that_meets_a_broken_conversation_fails_in_the_same_way(
    run: Run,
) -> None:
    broken = {"context": {"past_reflections": f"many, said {WRITTEN}"}}
    with capture_logs() as logs:
        outcome = await run("action_close_reflection", broken | {"ending": "share"}, text=WRITTEN)
    assert [record.record for record in outcome.records] == ["failed"]
    assert outcome.said == []
    assert WRITTEN not in repr(logs)
    whole = await run("action_close_reflection", {"ending": "share"}, text=WRITTEN)
    assert [record.record for record in whole.records] == ["closed"]
