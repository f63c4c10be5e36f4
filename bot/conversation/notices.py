"""What is said when something goes wrong or is limited: `data/library/notices.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot import library

# Every notice there has to be, with the placeholders it may hold.
_NOTICES: Mapping[str, frozenset[str]] = {
    "waiting": frozenset(),
    "failed": frozenset(),
    "masked_one": frozenset({"kinds", "count"}),
    "masked_many": frozenset({"kinds", "count"}),
    "too_long": frozenset({"limit"}),
    "too_fast": frozenset(),
    "not_kept": frozenset(),
    "not_offered": frozenset(),
    "signed_out": frozenset(),
    "link_used": frozenset(),
    "link_unknown": frozenset(),
    "not_found": frozenset(),
    "shared_until": frozenset({"name", "day"}),
    "shared": frozenset({"name"}),
    "share_whom": frozenset(),
    "share_turns": frozenset(),
    "share_until": frozenset(),
    "share_nobody": frozenset(),
    "sign_in_too_fast": frozenset({"seconds"}),
    "sign_in_again": frozenset(),
    "challenge_over": frozenset(),
    "passkey_refused": frozenset(),
    "no_passkeys_here": frozenset(),
    "too_many_passkeys": frozenset(),
    "wrong_password": frozenset(),
    "wrong_code": frozenset(),
    "password_short": frozenset(),
    "password_long": frozenset(),
    "password_name": frozenset(),
    "password_common": frozenset(),
    "name_taken": frozenset(),
    "last_way": frozenset(),
    "no_clinic_here": frozenset(),
    "clinic_down": frozenset(),
    "clinic_refused": frozenset(),
    "clinic_unknown": frozenset(),
    "clinic_taken": frozenset(),
    "hand_over_refused": frozenset(),
    "comment_empty": frozenset(),
    "comment_long": frozenset({"limit"}),
    "comment_turn": frozenset(),
    "comment_passage": frozenset(),
    "comment_whom": frozenset(),
    "their_reactions": frozenset(),
    "view_name": frozenset(),
    "too_many_views": frozenset(),
    "search_empty": frozenset(),
    "label_which": frozenset(),
    "double_whom": frozenset(),
    "double_nothing": frozenset(),
    "double_already": frozenset(),
    "double_done": frozenset(),
    "double_unlabelled": frozenset(),
    "study_approval": frozenset({"limit"}),
    "study_nothing": frozenset(),
    "malformed": frozenset(),
    "wrong_address": frozenset({"address"}),
    "another_page": frozenset(),
    "busy": frozenset(),
    "too_slow": frozenset(),
    "safety_resumed": frozenset(),
    "safety_waiting": frozenset(),
    "slack_therapists": frozenset(),
    "slack_taken": frozenset(),
    "held": frozenset(),
    "retention": frozenset({"days", "reason"}),
    "notify_subject": frozenset(),
    "notify_shared": frozenset(),
    "notify_reminder": frozenset({"hours"}),
    "notify_test": frozenset(),
    "notify_where": frozenset({"address"}),
    "notify_nobody_else": frozenset(),
    "no_mail_address": frozenset(),
    "nowhere_to_notify": frozenset(),
    "tested_just_now": frozenset(),
    "not_written_done": frozenset({"limit"}),
    "export_own": frozenset(),
    "export_shared": frozenset({"name"}),
    "export_points": frozenset({"therapist", "supervisor"}),
    "export_made": frozenset({"name", "moment"}),
    "export_masked": frozenset(),
    "export_stays": frozenset(),
    "export_long": frozenset(),
    "export_failed": frozenset(),
    "points_long": frozenset({"limit"}),
}


def read_notices(folder: Path = library.LIBRARY) -> Mapping[str, str]:
    """Read the notices; raises `LibraryError` when one is missing or has a strange placeholder."""
    path = folder / "notices.yml"
    notices = library.read(path, dict[str, str])
    for name, allowed in _NOTICES.items():
        if name not in notices:
            raise library.LibraryError(f"data/library/notices.yml: no entry for {name}.")
        library.check_placeholders(notices[name], allowed, f"data/library/notices.yml: at {name}")
    return notices
