"""Read what a request carries, within its bounds, or refuse it with a sentence."""

from __future__ import annotations

import asyncio
import json
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from aiohttp import web
from pydantic import ValidationError

from bot.web.contract import FORM, Shape
from bot.web.door import contract_of
from bot.web.keys import BOUNDS

_Body = TypeVar("_Body", bound=Shape)


async def body_as(request: web.Request, shape: type[_Body]) -> _Body:
    """Give the request's body in the shape that its contract names; an empty body is `{}`.

    Refuses whatever does not fit, and says at which field; never what was in it.
    """
    body = await _fields(request, shape)
    try:
        return shape.model_validate(body)
    except ValidationError as fault:
        raise web.HTTPBadRequest(reason=_where(fault, shape)) from None


async def raw_body(request: web.Request) -> bytes:
    """Give the request's body as it came, within the bounds of its contract."""
    return await _read(request)


async def _fields(request: web.Request, shape: type[Shape]) -> dict[str, Any]:
    """Give the request's body: a JSON object, or a form where one is taken. Empty is `{}`."""
    raw = await _read(request)
    if contract_of(request).is_form and request.content_type == FORM:
        return _form(raw, shape)
    if raw and request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(reason="The body is not announced as JSON.")
    try:
        body = json.loads(raw, parse_constant=_no_number) if raw else {}
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest(reason="The body is not JSON.") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(reason="The body is not a JSON object.")
    if _depth(body) > request.app[BOUNDS].json_depth:
        raise web.HTTPBadRequest(reason="The body is nested too deeply.")
    return body


def _form(raw: bytes, shape: type[Shape]) -> dict[str, Any]:
    try:
        fields = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=shape.most_fields)
    except ValueError:
        raise web.HTTPBadRequest(reason="The body is not a form.") from None
    lists = {name: [value for key, value in fields if key == name] for name in shape.repeated}
    return dict(fields) | lists


async def _read(request: web.Request) -> bytes:
    largest = contract_of(request).largest_body
    raw = bytearray()
    try:
        async with asyncio.timeout(request.app[BOUNDS].body_seconds):
            async for piece in request.content.iter_any():
                raw += piece
                if len(raw) > largest:
                    raise web.HTTPRequestEntityTooLarge(largest, len(raw))
    except TimeoutError:
        raise web.HTTPRequestTimeout(reason="The body came too slowly.") from None
    except web.RequestPayloadError:
        raise web.HTTPBadRequest(reason="The body did not come whole.") from None
    return bytes(raw)


def _no_number(name: str) -> float:
    raise ValueError(name)


def _depth(value: Any) -> int:
    """Give how deeply lists and objects are nested; counted without recursion."""
    depth, level = 0, [value]
    while level := [inner for outer in level for inner in _inside(outer)]:
        depth += 1
    return depth


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values()) or [None]
    if isinstance(value, list):
        return value or [None]
    return []


def _where(fault: ValidationError, shape: type[Shape]) -> str:
    """Say at which field; a name that is not ours may be the sender's words."""
    place = fault.errors(include_url=False, include_input=False)[0]["loc"]
    if place and place[0] in shape.model_fields:
        return f"What the body says as {place[0]} does not fit."
    return "The body holds something that is not known here."
