"""The places in which Rasa itself is changed do what Rasa does, and notice when Rasa changes."""

from __future__ import annotations

import hashlib
import inspect
import subprocess
import sys
from typing import Any

import jsonschema
import pytest
import rasa
from rasa.core.actions.action import RemoteAction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import FailSafeTrackerStore

from bot.nlu import overrides
from bot.settings import ROOT

GOOD: list[Any] = [
    {},
    {"events": []},
    {"responses": []},
    {"events": [], "responses": [], "more": 1},
    {"events": [{"event": "slot", "name": "plan", "value": None}], "responses": []},
    {"events": [{"event": "slot", "name": "heard", "value": {"a": [1, 2]}}]},
    {"events": [{"event": "followup", "name": "reflection_form"}]},
    {"events": [{"event": "user", "text": "hello", "parse_data": {"intent": {"name": "greet"}}}]},
    {"events": [{"event": "bot", "text": None, "data": {}}], "responses": [{}]},
    {"events": [{"event": "active_loop", "name": None}]},
    {"events": [{"event": "slot", "name": "x", "value": 1, "timestamp": 1.5}]},
    {"responses": [{"text": "hello", "buttons": [], "custom": {"records": []}}]},
]
BAD: list[Any] = [
    None,
    [],
    "done",
    7,
    {"events": None},
    {"events": {}},
    {"events": ["slot"]},
    {"events": [{}]},
    {"events": [{"event": "unheard_of"}]},
    {"events": [{"event": "slot"}]},
    {"events": [{"event": "slot", "name": 7, "value": 1}]},
    {"events": [{"event": "slot", "name": "x", "value": 1, "timestamp": "now"}]},
    {"responses": None},
    {"responses": ["hello"]},
    {"responses": {}},
]
# Rasa 3.6.21's own source of what is replaced, and of what the channel does in its stead.
# When a hash differs, read what changed, fit bot/nlu/ to it, and write the new hash here.
EXPECTED = {
    "RemoteAction._validate_action_result": "f8cdb4be68123961",
    "RemoteAction.run": "ccabf6f1160d527a",
    "RemoteAction.action_response_format_spec": "b0810c7d126d0a18",
    "FailSafeTrackerStore.retrieve": "35d77318b0cc7977",
    "FailSafeTrackerStore.save": "8426dc08f58d7110",
    "MessageProcessor.handle_message": "0c41d4780d2d4676",
    "MessageProcessor._run_prediction_loop": "cb30a0cbb690c571",
    "MessageProcessor.run_action_extract_slots": "ff52049be97dde87",
    "MessageProcessor.log_message": "f2f8ec66a291d83d",
}


def as_shipped(result: Any) -> None:
    """Check `result` as `RemoteAction._validate_action_result` does when nothing replaced it."""
    jsonschema.validate(result, RemoteAction.action_response_format_spec())


def replaced(result: Any) -> None:
    overrides.apply()
    assert RemoteAction("action_stop", None)._validate_action_result(result) is True


@pytest.mark.parametrize("result", GOOD, ids=repr)
def test_what_rasa_accepts_is_accepted(result: Any) -> None:
    as_shipped(result)
    replaced(result)


@pytest.mark.parametrize("result", BAD, ids=repr)
def test_what_rasa_refuses_is_refused(result: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        as_shipped(result)
    with pytest.raises(jsonschema.ValidationError):
        replaced(result)


def test_the_schema_is_read_by_the_draft_that_rasa_would_take() -> None:
    schema = RemoteAction.action_response_format_spec()
    assert jsonschema.validators.validator_for(schema) is type(overrides._result_validator)


def test_applying_twice_changes_nothing_more() -> None:
    overrides.apply()
    before = (RemoteAction.run, RemoteAction._validate_action_result)
    overrides.apply()
    assert (RemoteAction.run, RemoteAction._validate_action_result) == before
    assert overrides._run_as_shipped is not RemoteAction.run


def source_hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()[:16]


@pytest.mark.parametrize(("name", "expected"), EXPECTED.items())
def test_rasas_own_method_is_still_the_one_expected(name: str, expected: str) -> None:
    owner = {kind.__name__: kind for kind in (RemoteAction, FailSafeTrackerStore, MessageProcessor)}
    kind, _, method = name.partition(".")
    shipped = _source_in_file(owner[kind], method)
    assert source_hash(shipped) == expected, f"{name} is not what it was: {source_hash(shipped)}"


def _source_in_file(owner: type, method: str) -> str:
    """Read a method out of its module's file, where no override reaches."""
    lines = inspect.getsource(owner).splitlines(keepends=True)
    starts = (f"    def {method}(", f"    async def {method}(")
    at = next(row for row, line in enumerate(lines) if line.startswith(starts))
    return "".join(inspect.getblock(lines[at:]))


def test_this_is_the_rasa_that_the_overrides_were_written_for() -> None:
    assert rasa.__version__ == "3.6.21"


def test_importing_the_channel_alone_changes_nothing() -> None:
    code = """
from rasa.core.actions.action import RemoteAction
before = RemoteAction.run
import bot.nlu.channel
assert RemoteAction.run is before
bot.nlu.channel.GatewayChannel("secret")
assert RemoteAction.run is not before
"""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
