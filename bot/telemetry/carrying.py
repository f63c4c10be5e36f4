"""Hand the span within which Rasa is asked on to it: by a header, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import ClientSession, TraceConfig, TraceRequestStartParams


def carry_to(
    urls: Sequence[str], headers: Callable[[], dict[str, str]] | None
) -> list[TraceConfig]:
    """Give what makes an HTTP client add `headers` to its requests to `urls`; nothing without."""
    if headers is None:
        return []

    places = tuple(f"{url}/" for url in urls)

    async def add(session: ClientSession, context: Any, request: TraceRequestStartParams) -> None:
        if str(request.url).startswith(places):
            request.headers.update(headers())

    config: TraceConfig = TraceConfig()
    config.on_request_start.append(add)
    return [config]
