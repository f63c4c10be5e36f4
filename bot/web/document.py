"""The OpenAPI document, derived from `routes.py` and `contracts.py` and from nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.web.contract import FORM, Answer, Contract, File
from bot.web.cookies import SESSION
from bot.web.door import Door, Doors
from bot.web.entry import Entry
from bot.web.views import Refusal

# Made once: it takes a tenth of a second, which nobody may make us spend at every request.
DOCUMENT = web.AppKey("document", str)

_SCHEMAS = "#/components/schemas/{model}"
_WHY = {
    101: "The conversation's socket is open.",
    200: "Done.",
    201: "Made.",
    204: "Done; there is nothing to say.",
    304: "The copy that the browser holds still fits.",
    303: "Done, or answered by another page: that one is named.",
    400: "What was sent does not fit.",
    401: "Nobody is signed in.",
    403: "This may not be done from here.",
    404: "There is nothing here that this account may open.",
    408: "The body came too slowly.",
    409: "It is under a legal hold and stays.",
    413: "The body is too large.",
    415: "The body is not announced as JSON.",
    417: "Nothing is known of what was expected.",
    421: "Ballast does not answer under this address.",
    422: "What was written cannot be taken as it is; the page says why, and still has it.",
    429: "Too much in too short a time.",
    503: "Not possible right now.",
}
# What is refused at every door, whatever it is.
_EVERYWHERE = (400, 417, 421, 429, 503)


async def read(request: web.Request) -> web.Response:
    """Give the OpenAPI document of this gateway."""
    return web.Response(text=request.app[DOCUMENT], content_type="application/json")


def document(doors: Doors) -> dict[str, Any]:
    """Give the OpenAPI 3.1 document of these doors."""
    paths: dict[str, dict[str, Any]] = {}
    for (method, path), door in doors.items():
        paths.setdefault(path, {})[method.lower()] = _operation(method, path, door)
    _, definitions = models_json_schema(
        [(model, "validation") for model in sorted(_models(doors), key=lambda m: m.__name__)],
        ref_template=_SCHEMAS,
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Ballast",
            "version": "1",
            "description": "The gateway's interface. Absent and forbidden are answered alike: 404. "
            "To whoever asks for text/html a refusal is a page with the same sentence.",
        },
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "responses": {
                f"Refused{status}": _answer(status, Refusal)
                for status in sorted(
                    {s for (method, _), door in doors.items() for s in _refusals(method, door)}
                )
            },
            "securitySchemes": {
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": SESSION,
                    "description": f"Over TLS its name is `__Host-{SESSION}`.",
                }
            },
        },
    }


def as_text(doors: Doors) -> str:
    """Give the document as it is kept in `docs/openapi.json`."""
    return json.dumps(document(doors), indent=1, sort_keys=True) + "\n"


def _models(doors: Doors) -> Iterator[type[BaseModel]]:
    yield Refusal
    for door in doors.values():
        if door.contract.takes:
            yield door.contract.takes
        for answer in door.contract.gives.values():
            if isinstance(answer, type):
                yield answer


def _operation(method: str, path: str, door: Door) -> dict[str, Any]:
    contract = door.contract
    operation: dict[str, Any] = {
        "operationId": f"{method.lower()}{re.sub('[^a-z]+', '_', path)}".rstrip("_"),
        # Who may enter, as `routes.py` says it.
        "x-who-may-enter": door.entry.value,
        "security": [] if door.entry is Entry.ANYBODY else [{"session": []}],
        "parameters": [_parameter(name, schema, path) for name, schema in contract.where.items()],
        "responses": {
            str(status): _given_or_refused(status, contract, _refusals(method, door))
            for status in sorted({*contract.gives, *_refusals(method, door)})
        },
    }
    if contract.takes is not None:
        schema = {"$ref": _SCHEMAS.format(model=contract.takes.__name__)}
        operation["requestBody"] = {
            # An empty body is an empty object.
            "required": bool(contract.takes.model_json_schema().get("required")),
            "content": {media_type: {"schema": schema} for media_type in _media_types(contract)},
        }
    return operation


def _given_or_refused(status: int, contract: Contract, refusals: Sequence[int]) -> dict[str, Any]:
    if status not in contract.gives:
        return {"$ref": f"#/components/responses/Refused{status}"}
    told = _answer(status, contract.gives[status])
    if isinstance(contract.gives[status], File) and status in refusals:
        # A page with what was typed; or, as everywhere, a refusal before it came to that.
        told["content"] |= _answer(status, Refusal)["content"]
    return told


def _media_types(contract: Contract) -> Sequence[str]:
    return ("application/json", *((FORM,) if contract.is_form else ()))


def _parameter(name: str, schema: Any, path: str) -> dict[str, Any]:
    is_in_path = f"{{{name}}}" in path
    told = {key: value for key, value in schema.items() if key != "description"}
    return {
        "name": name,
        "in": "path" if is_in_path else "query",
        "required": is_in_path,
        "description": schema.get("description", ""),
        "schema": told,
    }


def _refusals(method: str, door: Door) -> Sequence[int]:
    contract: Contract = door.contract
    is_closed = door.entry is not Entry.ANYBODY
    return (
        *_EVERYWHERE,
        *contract.refuses,
        413,
        *((408, 415) if contract.takes else ()),
        *((401,) if is_closed else ()),
        *((403,) if method != "GET" or door.entry.asks_for_fresh_sign_in else ()),
        *((404,) if contract.where or is_closed else ()),
    )


def _answer(status: int, answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"description": _WHY[status]}
    if isinstance(answer, File):
        told["content"] = {answer.media_type: {}}
    elif answer is not None:
        schema = {"$ref": _SCHEMAS.format(model=answer.__name__)}
        told["content"] = {"application/json": {"schema": schema}}
    return told
