"""What the app says in Slack: `data/library/slack.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot import library
from bot.storage.states import ReflectionState, SlackOccasion

_FILE = "slack.yml"
_PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    "start_continue": frozenset({"day"}),
    "too_long": frozenset({"limit", "address"}),
    "write_hint": frozenset({"address"}),
    "chosen": frozenset({"label"}),
    "heard_item": frozenset({"theme"}),
    "step_number": frozenset({"number"}),
    "on_the_web": frozenset({"address"}),
    "home_more": frozenset({"count"}),
    "home_full_reason": frozenset({"reason"}),
    "home_day": frozenset({"day", "state"}),
    "delete_text": frozenset({"day"}),
    "share_text": frozenset({"day", "days", "address"}),
}
_OTHERS = (
    """
    notification not_linked_button open_button consent_yes consent_no start_full start_short
    start_continue not_opened write_long write_title write_label write_send write_hint written
    chosen scale_placeholder scale_low scale_high heard heard_item step_number step_why
    step_say_parent step_say_self step_say_other step_source step_awaiting on_the_web home_title
    home_not_linked home_continue home_mine home_none home_more home_open home_share home_delete
    home_kept home_kept_ring home_kept_full home_full_reason home_consent_back
    home_consent_back_about home_unlink home_day delete_title delete_text delete_yes share_title
    share_text share_whom share_yes cancel done unlink_title unlink_text unlink_yes
    """
).split()


def read_slack_words(folder: Path = library.LIBRARY) -> Mapping[str, str]:
    """Read the sentences; raises `LibraryError` when one is missing or holds what nothing fills."""
    words = library.read(folder / _FILE, dict[str, str])
    states = [f"state_{state}" for state in ReflectionState]
    for name in (*SlackOccasion, *states, *_OTHERS):
        if name not in words:
            raise library.LibraryError(f"data/library/{_FILE}: no entry for {name}.")
        allowed = _PLACEHOLDERS.get(name, frozenset())
        library.check_placeholders(words[name], allowed, f"data/library/{_FILE}: at {name}")
    return words
