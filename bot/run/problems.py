"""What keeps the house from starting, as one sentence each."""

from __future__ import annotations


class CannotRun(Exception):
    """The house cannot start or go on; the message is a sentence for the person who tried."""
