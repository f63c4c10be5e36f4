"""The few places in which Rasa 3.6.21 itself is changed, and why.

Each replaces one method, is applied once when the channel is imported, and has a test
that fails when Rasa's own method is no longer the one expected.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import jsonschema
from aiohttp import ClientConnectionError
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException


@dataclass(frozen=True)
class FailedAction:
    """An action that gave no answer, and whether that was for want of an action server."""

    name: str
    is_unreachable: bool


# Set for each turn by the channel. Rasa swallows an action's fault and goes on as if the
# action had nothing to say; the channel has to know, since a half answer is no answer.
failed_actions: ContextVar[list[FailedAction] | None] = ContextVar("failed_actions", default=None)

_result_validator = jsonschema.Draft202012Validator(RemoteAction.action_response_format_spec())
_run_as_shipped = RemoteAction.run


def _validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
    """Check an action's answer as Rasa does, without checking the constant schema each time.

    As shipped, this was 71% of a short turn (about 22 ms for each action call).
    """
    _result_validator.validate(result)
    return True


async def _run(self: RemoteAction, *args: Any, **kwargs: Any) -> Any:
    """Run the action as shipped, and note its name when it fails."""
    try:
        return await _run_as_shipped(self, *args, **kwargs)
    except ActionExecutionRejection:
        raise
    except Exception as fault:  # noqa: BLE001 - whatever it was, it is raised again without its cause
        if (failed := failed_actions.get()) is not None:
            is_unreachable = isinstance(fault.__context__, ClientConnectionError)
            failed.append(FailedAction(self.name(), is_unreachable))
        # Without its cause: that holds the action server's answer, which may repeat the whole
        # conversation, and Rasa logs it.
        raise RasaException(f"Failed to execute custom action '{self.name()}'.") from None


async def _retrieve(self: FailSafeTrackerStore, sender_id: str) -> Any:
    """Give the conversation, or raise: as shipped, a fault reads as "a new conversation"."""
    return await self._tracker_store.retrieve(sender_id)


async def _save(self: FailSafeTrackerStore, tracker: DialogueStateTracker) -> None:
    """Keep the conversation, or raise: as shipped, a fault is logged with the words, and lost."""
    await self._tracker_store.save(tracker)


def apply() -> None:
    """Put the overrides in place; does nothing when called again."""
    RemoteAction._validate_action_result = _validate_action_result  # noqa: SLF001
    RemoteAction.run = _run
    FailSafeTrackerStore.retrieve = _retrieve
    FailSafeTrackerStore.save = _save
