"""Every bound of the gateway on one page: how big, how long, how many.

How often is a deployer's choice and stands in the settings (`..._per_minute`); `Limiter`
counts it. What a single route takes stands in `contracts.py`. A test shows each of these
by being refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bounds:
    """What the gateway takes, waits for and holds at once. Sizes in bytes, times in seconds."""

    # A request's head. The parser refuses longer ones with 400.
    line_bytes: int = 8190
    header_bytes: int = 8190
    headers: int = 64
    # How long a line may stay without a whole request: one that says nothing and one that
    # drips its head alike.
    head_seconds: float = 30
    # A request's body, from its first byte to its last.
    body_seconds: float = 10
    json_depth: int = 8
    # What a refused request goes on sending is read away for so long.
    linger_seconds: float = 2
    # Work on one request, and a reader who takes the answer slowly.
    handling_seconds: float = 30
    answer_seconds: float = 30
    # Work on a table that is given piece by piece, its reader's slowness included.
    streaming_seconds: float = 3600

    # At once: open lines, requests being worked on, and those of one account.
    lines: int = 1000
    requests: int = 200
    requests_of_one: int = 24
    # Tables that are being given.
    streams: int = 2
    streams_of_one: int = 1

    # A conversation's socket. A browser opens one a page, and several pages are usual.
    sockets: int = 400
    sockets_of_one: int = 12
    # The longest message (settings), should every character need two JSON escapes.
    frame_bytes: int = 256 * 1024
    # A client that is refused so often in a row, and goes on, is no conversation.
    refusals_in_a_row: int = 20
    heartbeat_seconds: float = 20
    # Whether the sign-in still holds is looked at so often while nothing happens.
    look_seconds: float = 60
    # Nobody has written for so long; the page opens the line again when somebody does.
    idle_seconds: float = 4 * 3600
    # A page that takes what is sent to it slowly.
    send_seconds: float = 15

    def of_the_server(self) -> dict[str, Any]:
        """Give what aiohttp enforces itself, as its server takes it."""
        return {
            "max_line_size": self.line_bytes,
            "max_field_size": self.header_bytes,
            "max_headers": self.headers,
            "keepalive_timeout": self.head_seconds,
            "lingering_time": self.linger_seconds,
            # A packed body is refused as no JSON rather than unpacked beyond its bound.
            "auto_decompress": False,
        }
