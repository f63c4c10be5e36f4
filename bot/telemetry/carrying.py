"""Hand the span within which Rasa is asked on to it: by a header, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import ClientSession, TraceConfig, TraceRequestStartParams


def carry_to(url: str, headers: Callable[[], dict[str, str]] | None) -> list[TraceConfig]:
    """Give what makes an HTTP client add `headers` to its requests to `url`; nothing without."""
    if headers is None:
        return []

    async def add(session: ClientSession, context: Any, request: TraceRequestStartParams) -> None:
        if str(request.url).startswith(url + "/"):
            request.headers.update(headers())

    config: TraceConfig = TraceConfig()
    config.on_request_start.append(add)
    return [config]
