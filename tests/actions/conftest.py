"""Run an action as the action server does, on a made-up conversation."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from rasa_sdk.executor import ActionExecutor

from bot.conversation.records import Record, from_json

# Classes that tests make are named so, and are no part of what the house registers.
MADE_UP = "made_up_"

Finding = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What an action said, offered, reported and set."""

    said: list[str]
    choices: list[tuple[str, str]]
    records: list[Record]
    slots: dict[str, Any]
    events: list[dict[str, Any]]


Run = Callable[..., Awaitable[Outcome]]


@pytest.fixture(scope="session")
def executor() -> ActionExecutor:
    """The executor of rasa-sdk with every action of ours."""
    made = ActionExecutor()
    made.register_package("actions")
    return made


@pytest.fixture(scope="session")
def run(executor: ActionExecutor) -> Run:
    async def run_action(
        name: str,
        slots: dict[str, Any] | None = None,
        *,
        text: str = "",
        intent: str = "tell",
        themes: list[Finding] | None = None,
        entities: list[dict[str, Any]] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> Outcome:
        """Run `name` after a message; `slots` are the conversation's, as JSON would have them."""
        message = {
            "text": text,
            "intent": {"name": intent, "confidence": 1.0},
            "entities": entities or [],
            "themes": themes or [],
            "metadata": metadata or {},
        }
        # What an answer filled in this turn: Rasa's events since the message, which is how
        # rasa-sdk tells slots that wait for their validation.
        slots = slots or {}
        question = slots.get("requested_slot")
        events: list[dict[str, Any]] = [{"event": "user", "text": text, "parse_data": message}]
        if question and slots.get(question) is not None:
            events.append({"event": "slot", "name": question, "value": slots[question]})
        call = {
            "next_action": name,
            "sender_id": "made-up",
            "tracker": {
                "sender_id": "made-up",
                "slots": slots,
                "latest_message": message,
                "events": events,
                "paused": False,
                "followup_action": None,
                "active_loop": {"name": "reflection_form"},
                "latest_action_name": "action_listen",
            },
            "domain": {},
        }
        result = await executor.run(json.loads(json.dumps(call)))
        return read_outcome(json.loads(json.dumps(result)))

    return run_action


def read_outcome(result: dict[str, Any]) -> Outcome:
    responses = result["responses"]
    return Outcome(
        said=[response["text"] for response in responses if response.get("text")],
        choices=[(b["title"], b["payload"]) for r in responses for b in r.get("buttons") or []],
        records=[
            record
            for response in responses
            for record in from_json((response.get("custom") or {}).get("records") or [])
        ],
        slots={e["name"]: e["value"] for e in result["events"] if e["event"] == "slot"},
        events=result["events"],
    )


def heard(theme: str, words: str = "she cancelled again", subtheme: str | None = None) -> Finding:
    """Make a finding as the theme detector puts it into a message."""
    return {
        "theme": theme,
        "subtheme": subtheme,
        "confidence": 0.8,
        "evidence": [{"start": 0, "end": len(words), "text": words}],
    }
