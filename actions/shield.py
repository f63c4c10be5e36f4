"""The base of every action: lets no exception and no text out.

rasa-sdk answers an exception with a page that repeats the whole conversation, which Rasa
then logs. So nothing may leave `run` but events: a fault is logged by its type and place,
under an id, and reported to Rasa as a `Failed` record. The channel then drops the turn
unsaved, and the gateway tries it again.
"""

from __future__ import annotations

import traceback
from abc import ABC, abstractmethod
from typing import Any
from uuid import uuid4

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.reply import Reply
from actions.watched import turn_of, watch
from bot.conversation.records import Failed
from bot.telemetry.watch import Outcome, Piece, Work

log = structlog.get_logger()


class ShieldedAction(Action, ABC):  # type: ignore[misc] # rasa_sdk is untyped
    """An action that writes a `Reply`; subclasses say what in `act`."""

    @abstractmethod
    def name(self) -> str:
        """Give the name under which the domain lists this action."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Run `act` and hand its words and records to Rasa."""
        with watch().during(Piece(Work.ACTION, action=self.name(), turn=turn_of(tracker))) as piece:
            return self._run(dispatcher, tracker, piece)

    def _run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, piece: Piece
    ) -> list[EventType]:
        reply = Reply()
        try:
            events = list(self.act(reply, tracker))
        except Exception as fault:  # noqa: BLE001 - the shield is what catches everything
            error = uuid4().hex
            frame = traceback.extract_tb(fault.__traceback__)[-1]
            log.error(
                "action.failed",
                action=self.name(),
                error=error,
                kind=type(fault).__name__,
                at=f"{frame.name}:{frame.lineno}",
            )
            reply, events = Reply(), []
            reply.record(Failed(error))
            piece.outcome = Outcome.FAILED
        reply.hand_to(dispatcher)
        return events

    @abstractmethod
    def act(self, reply: Reply, tracker: Tracker) -> list[EventType]:
        """Say and record what this action has to, and give the slots to set."""
