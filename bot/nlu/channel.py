"""The one door into Rasa: a turn goes in, its whole answer or an error comes out.

Rasa's own REST channel answers 200 with an empty list when an action fails, logs the
user's words when a client hangs up, and answers twice when asked twice. Here a turn has
an id: asked again, the answer already given is given again; and a turn that could not be
answered whole leaves no trace in the tracker, so that it can be tried again.
"""

from __future__ import annotations

import hmac
import itertools
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy import delete, text

from bot.nlu import overrides

log = structlog.get_logger()

LONGEST_BODY_BYTES = 256 * 1024


class SilentOutput(OutputChannel):  # type: ignore[misc] # rasa is untyped
    """Sends nothing: the answer is read from the tracker, first time and again alike."""

    @classmethod
    def name(cls) -> str:
        """Give the channel's name."""
        return "ballast"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Leave the message where it is, in the tracker."""


class GatewayChannel(InputChannel):  # type: ignore[misc] # rasa is untyped
    """Takes turns from the gateway, which proves itself by a shared secret."""

    def __init__(self, secret: str | None) -> None:
        """Take the secret; without one every turn is refused."""
        self._secret = secret
        overrides.apply()

    @classmethod
    def name(cls) -> str:
        """Give the channel's name, which is part of its address."""
        return "ballast"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> GatewayChannel:
        """Read the secret from the file that `credentials.yml` names."""
        path = Path((credentials or {}).get("secret_file") or "")
        return cls(path.read_text(encoding="ascii").strip() if path.is_file() else None)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Give the routes: `GET /` for health, `POST /turn` for a turn."""
        routes = Blueprint("ballast_channel")

        @routes.get("/")  # type: ignore[untyped-decorator] # sanic is
        async def health(request: Request) -> HTTPResponse:
            agent = request.app.ctx.agent
            is_ready = agent is not None and agent.is_ready()
            return response.json({"ready": is_ready}, status=200 if is_ready else 503)

        @routes.post("/turn")  # type: ignore[untyped-decorator] # sanic is
        async def turn(request: Request) -> HTTPResponse:
            return await self._turn(request)

        @routes.post("/forget")  # type: ignore[untyped-decorator] # sanic is
        async def forget(request: Request) -> HTTPResponse:
            if not self._is_gateway(request):
                return response.json({"error": "not_allowed"}, status=403)
            try:
                forget_conversation(request.app.ctx.agent, str(request.json["conversation"]))
            except Exception as fault:  # noqa: BLE001 - a driver's message may hold the words
                log.error("forgetting.failed", kind=type(fault).__name__)
                return response.json({"error": "failed"}, status=500)
            return response.json({"forgotten": True})

        return routes

    def _is_gateway(self, request: Request) -> bool:
        offered = request.headers.get("authorization", "").encode(errors="surrogatepass")
        expected = f"Bearer {self._secret}".encode()
        return bool(self._secret) and hmac.compare_digest(offered, expected)

    async def _turn(self, request: Request) -> HTTPResponse:
        if not self._is_gateway(request):
            return response.json({"error": "not_allowed"}, status=403)
        if len(request.body) > LONGEST_BODY_BYTES or not isinstance(request.json, dict):
            return response.json({"error": "not_a_turn"}, status=400)
        body = request.json
        try:
            said = await answer(request.app.ctx.agent, body["conversation"], body["turn"], body)
        except ActionsUnreachable:
            return response.json({"error": "actions_unreachable"}, status=503)
        except Exception as fault:  # noqa: BLE001 - Rasa may raise anything, with the text in it
            log.error("turn.failed", turn=body.get("turn"), kind=type(fault).__name__)
            return response.json({"error": "failed"}, status=500)
        return response.json({"said": said})


class NotAnswered(Exception):
    """Rasa had no whole answer for a turn; nothing of it was kept."""


class ActionsUnreachable(NotAnswered):
    """The action server was not there, or fell: the turn wants to be asked again later."""


async def answer(agent: Any, conversation: str, turn: str, body: dict[str, Any]) -> list[Any]:
    """Give the messages that answer `turn`, taking it at most once.

    `body` holds `text` and, for a reflection's first turn, `context`. Raises `NotAnswered`
    when an action failed or nothing was said, `ActionsUnreachable` when no action server was there.
    """
    processor: MessageProcessor = agent.processor
    async with agent.lock_store.lock(conversation):
        tracker = await agent.tracker_store.retrieve(conversation)
        if tracker and (said := _said_to(tracker, turn)) is not None:
            return said
        message = UserMessage(
            body["text"],
            SilentOutput(),
            conversation,
            input_channel=GatewayChannel.name(),
            message_id=turn,
            metadata={"turn": turn, "context": body.get("context")},
        )
        failed: list[overrides.FailedAction] = []
        overrides.failed_actions.set(failed)
        # As MessageProcessor.handle_message, but saving comes last and only when it went well.
        tracker = await processor.log_message(message, should_save_tracker=False)
        tracker = await processor.run_action_extract_slots(message.output_channel, tracker)
        await processor._run_prediction_loop(message.output_channel, tracker)  # noqa: SLF001 - its own name for it
        said = _said_to(tracker, turn) or []
        if any(action.is_unreachable for action in failed):
            raise ActionsUnreachable
        if failed or not said or _has_failed_record(said):
            raise NotAnswered
        await processor.save_tracker(tracker)
        return said


def forget_conversation(agent: Any, conversation: str) -> None:
    """Delete a conversation from the tracker store, overwriting its words on the disk."""
    store = agent.tracker_store._tracker_store  # noqa: SLF001 - behind Rasa's fail-safe wrapper
    if not isinstance(store, SQLTrackerStore):
        return  # in memory only, as in `rasa shell`
    with store.session_scope() as session:
        if store.engine.dialect.name == "sqlite":
            session.execute(text("PRAGMA secure_delete=ON"))
        session.execute(delete(store.SQLEvent).where(store.SQLEvent.sender_id == conversation))
        session.commit()


def _said_to(tracker: DialogueStateTracker, turn: str) -> list[dict[str, Any]] | None:
    """Give what the bot said to `turn`, or None when the tracker does not know the turn."""
    events = list(tracker.events)
    at = next(
        (
            position
            for position, event in enumerate(events)
            if isinstance(event, UserUttered) and event.message_id == turn
        ),
        None,
    )
    if at is None:
        return None
    after = itertools.takewhile(lambda e: not isinstance(e, UserUttered), events[at + 1 :])
    return [_message(event) for event in after if isinstance(event, BotUttered)]


def _message(event: BotUttered) -> dict[str, Any]:
    custom = event.data.get("custom") or {}
    return {
        "text": event.text,
        "choices": event.data.get("buttons") or [],
        "records": custom.get("records") or [],
    }


def _has_failed_record(said: list[dict[str, Any]]) -> bool:
    return any(record["record"] == "failed" for message in said for record in message["records"])
