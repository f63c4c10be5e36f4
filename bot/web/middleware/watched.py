"""Tell who measures of each request: the pattern of its route, its status, how long it took."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.telemetry.watch import Outcome, Piece, Work
from bot.web.door import door_of
from bot.web.keys import DESK

# Whatever was asked for that is no door of ours: an address may hold anything.
ELSEWHERE = "none"
ANY = "any"
# Told together, since in a team of few each alone would tell what somebody does with a reflection:
# that it is shared, deleted, or that a concern in it is seen to. By how their paths begin.
_API, _PAGES = "/api/...", "/console/..."
_FOLDED = {
    "/api/reflections/{id}": _API,
    "/api/consents": _API,
    "/api/contacts": _API,
    "/api/erasures": _API,
    "/api/groundings": _API,
    "/console": _PAGES,
    "/over-time": _PAGES,
    "/reflections": _PAGES,
    "/talking-points": _PAGES,
}


@web.middleware
async def watch_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Measure a request; costs nothing while nobody does."""
    watch = request.app[DESK].watch
    if not watch:
        return await handler(request)
    piece = _piece(request)
    with watch.during(piece):
        try:
            answer = await handler(request)
        except web.HTTPException as answered:
            _note(piece, answered.status)
            raise
        _note(piece, answer.status)
    return answer


def _note(piece: Piece, status: int) -> None:
    piece.status = status
    if status >= 400:
        piece.outcome = Outcome.FAILED if status >= 500 else Outcome.REFUSED


def _piece(request: web.Request) -> Piece:
    # A HEAD stands at no door of its own; a method may be any word.
    door, resource = door_of(request), request.match_info.route.resource
    if door is None or resource is None:
        return Piece(Work.REQUEST, route=ELSEWHERE, method=ANY)
    route, method = told_as(resource.canonical, request.method)
    return Piece(Work.REQUEST, route=route, method=method, is_long=door.contract.is_socket)


def told_as(path: str, method: str) -> tuple[str, str]:
    """Give under which route and method a request is told."""
    if path.endswith("/socket"):
        return path, method
    for folded, told in _FOLDED.items():
        if path.startswith(folded):
            return told, ANY
    return path, method
