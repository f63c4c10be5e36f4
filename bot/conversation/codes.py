"""Codes in the place of words and ids: they say nothing without the key."""

from __future__ import annotations

import hashlib
import hmac


def code_of(key: bytes, *said: str, digits: int) -> str:
    """Give the code of `said`, in its order; `digits` are those of a hexadecimal number."""
    return hmac.new(key, "\n".join(said).encode(), hashlib.sha256).hexdigest()[:digits]
