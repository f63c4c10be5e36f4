"""Read what a request carries, or refuse it with a sentence."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web


async def json_body(request: web.Request) -> dict[str, Any]:
    """Give the request's body, which must be a JSON object; an empty body is an empty one."""
    raw = await request.read()
    try:
        body = json.loads(raw) if raw else {}
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest(reason="The body is not JSON.") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(reason="The body is not a JSON object.")
    return body


def optional_string_in(body: dict[str, Any], name: str, longest: int) -> str | None:
    """Give the string called `name`, or None where it is absent or null."""
    return None if body.get(name) in (None, "") else string_in(body, name, longest)


def object_in(body: dict[str, Any], name: str) -> dict[str, Any]:
    """Give the JSON object called `name`, which must be there."""
    value = body.get(name)
    if not isinstance(value, dict):
        raise web.HTTPBadRequest(reason=f"The body needs an object called {name}.")
    return value


def string_in(body: dict[str, Any], name: str, longest: int) -> str:
    """Give the string called `name`, which must be there and at most `longest` characters."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise web.HTTPBadRequest(reason=f"The body needs a text called {name}.")
    if len(value) > longest:
        raise web.HTTPBadRequest(reason=f"The text called {name} is too long.")
    return value
