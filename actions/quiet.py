"""Keep the question at hand unspoken for one turn.

After every turn Rasa's form asks its question again. Where that would press somebody who
pauses, or repeat what a nudge just said, an action sets the slot `quiet`.
"""

from __future__ import annotations

from rasa_sdk.events import EventType, SlotSet

SLOT = "quiet"
# The question's words are left out, its choices are not.
OFFER_ONLY = "offer_only"
SILENT = "silent"


def leave_unspoken() -> EventType:
    """Say nothing of the question at hand this time."""
    return SlotSet(SLOT, SILENT)


def offer_without_words() -> EventType:
    """Show the choices of the question at hand this time, and not its words."""
    return SlotSet(SLOT, OFFER_ONLY)
