"""What an action says: messages, choices and records, handed to Rasa as one."""

from __future__ import annotations

from collections.abc import Iterable

from rasa_sdk.executor import CollectingDispatcher

from bot.conversation.records import Record, to_json
from bot.reflection.answers import answer_payload


class Reply:
    """Collects the words of one action in their order."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self._said: list[str] = []
        self._choices: list[tuple[str, str]] = []
        self._records: list[Record] = []

    def say(self, messages: str | Iterable[str]) -> None:
        """Say one message or several."""
        self._said.extend([messages] if isinstance(messages, str) else messages)

    def offer(self, *choices: str | tuple[str, str]) -> None:
        """Offer choices: a label that answers the question at hand, or one with what it sends."""
        for choice in choices:
            self._choices.append(
                (choice, answer_payload(choice)) if isinstance(choice, str) else choice
            )

    def record(self, record: Record) -> None:
        """Report something to be written down with this answer."""
        self._records.append(record)

    def hand_to(self, dispatcher: CollectingDispatcher) -> None:
        """Give everything to Rasa."""
        for message in self._said:
            dispatcher.utter_message(text=message)
        if self._choices or self._records:
            buttons = [{"title": label, "payload": sent} for label, sent in self._choices]
            dispatcher.utter_message(
                buttons=buttons,
                json_message={"records": [to_json(record) for record in self._records]},
            )
