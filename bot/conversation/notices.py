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
    "safety_resumed": frozenset(),
    "safety_waiting": frozenset(),
    "held": frozenset(),
    "retention": frozenset({"days", "reason"}),
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
