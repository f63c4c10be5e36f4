"""Whether a request in HTTP mode comes from Slack: its signature, and how old it is."""

from __future__ import annotations

import hashlib
import hmac

# Older or newer than this, a request may be one that somebody recorded.
MOST_SECONDS = 300


def is_from_slack(secret: str, timestamp: str, signature: str, body: bytes, now: float) -> bool:
    """Say whether `signature` is Slack's for this body and moment.

    Always the same work, whatever is wrong: from how long it takes nobody learns what was.
    """
    named = timestamp.encode("ascii", errors="replace")[:20]
    expected = (
        "v0=" + hmac.new(secret.encode(), b"v0:" + named + b":" + body, hashlib.sha256).hexdigest()
    )
    is_signed = hmac.compare_digest(expected.encode(), signature.encode(errors="replace"))
    is_a_time = timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12
    is_now = abs(now - int(timestamp if is_a_time else 0)) <= MOST_SECONDS
    return is_signed & is_a_time & is_now
