"""Read an answer, go back by one, close."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

QUESTIONS = (
    *("arousal_before", "ready", "describe", "feel", "parent", "child", "sense"),
    *("verdict_one", "verdict_two", "step_choice", "plan", "supervision_question"),
    *("arousal_after", "ending"),
)


class ValidateReflectionForm(FormValidationAction):
    """Take every answer as it comes."""

    def name(self) -> str:
        return "validate_reflection_form"


class GoBack(Action):
    """Ask the question before once more."""

    def name(self) -> str:
        return "action_go_back"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        answered = [name for name in QUESTIONS if tracker.get_slot(name) is not None]
        return [SlotSet(name, None) for name in (*answered[-1:], "requested_slot")]


class Close(Action):
    """Say goodbye."""

    def name(self) -> str:
        return "action_close"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        dispatcher.utter_message(text="Thank you. It is kept.")
        return []
