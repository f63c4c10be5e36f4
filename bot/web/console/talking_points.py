"""Talking points for the next meeting: to look at, to print, and to take away as a file.

A supervisor says in the address which therapist it is about, a therapist which supervisor. What
somebody adds comes in a body and goes into the answer to it, and nowhere else.
"""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from aiohttp import web

from bot.conversation.exporting.markdown import as_markdown
from bot.conversation.exporting.pdf import CannotTypeset
from bot.conversation.exporting.points import (
    CUT,
    LONGEST_OWN,
    NAMES,
    OwnTooLong,
    own_lines,
    points_paper,
)
from bot.conversation.exporting.reflection import about
from bot.conversation.review.talking_points import (
    Group,
    TalkingPoints,
    note_points_export,
    read_points,
    whom_to_meet,
)
from bot.storage.states import ExportKind, Role
from bot.web.body import body_as
from bot.web.console.bodies import Points
from bot.web.console.export import MARKDOWN, PDF, attachment, not_made, pdf_of
from bot.web.keys import ACCOUNT, DESK, TEMPLATES


async def index(request: web.Request) -> web.Response:
    """Show the talking points with somebody, or with whom there are any."""
    return await _page(request, Points())


async def show(request: web.Request) -> web.Response:
    """Show the talking points as they are to be printed."""
    return await _page(request, await body_as(request, Points))


async def as_text(request: web.Request) -> web.Response:
    """Give the talking points as Markdown."""
    return await _file(request, ExportKind.MARKDOWN)


async def as_pdf(request: web.Request) -> web.Response:
    """Give the talking points as a PDF."""
    return await _file(request, ExportKind.PDF)


async def _file(request: web.Request, kind: ExportKind) -> web.Response:
    desk, reader = request.app[DESK], request[ACCOUNT]
    sent = await body_as(request, Points)
    try:
        own = own_lines(sent.own)
    except OwnTooLong:
        return await _page(request, sent)
    points = await _points(request)
    if points is None:
        raise web.HTTPNotFound
    paper = points_paper(desk, reader, points, set(sent.leave), own)
    name = f"talking-points-{desk.clock().date().isoformat()}"
    if kind is ExportKind.MARKDOWN:
        answer = attachment(as_markdown(paper).encode(), MARKDOWN, f"{name}.md")
    else:
        try:
            answer = attachment(await pdf_of(request, paper), PDF, f"{name}.pdf")
        except CannotTypeset as refused:
            return not_made(request, refused)
    await note_points_export(desk, reader, points, kind)
    return answer


async def _page(request: web.Request, sent: Points) -> web.Response:
    desk, reader = request.app[DESK], request[ACCOUNT]
    own: list[str] = []
    why = None
    try:
        own = own_lines(sent.own)
    except OwnTooLong:
        why = desk.notices["points_long"].format(limit=LONGEST_OWN)
    points = await _points(request)
    is_therapist = reader.role is Role.THERAPIST
    whom, query = _whom(request), request.query
    asked = {name: query[name] for name in (whom, "since") if query.get(name)}
    page = request.app[TEMPLATES].page(
        "talking_points.html",
        person=reader,
        here="/talking-points" if is_therapist else "/console/talking-points",
        reading="/reflections/" if is_therapist else "/console/",
        whom=whom,
        since=query.get("since", ""),
        query=f"?{urlencode(asked)}",
        others=None if points else await whom_to_meet(desk, reader),
        points=points,
        groups=[(group, NAMES[group]) for group in Group],
        left_out=set(sent.leave),
        own=own,
        typed=sent.own,
        why=why,
        longest=LONGEST_OWN,
        cut=CUT,
        on_top=about(desk, "", reader, desk.clock()),
    )
    if why:
        page.set_status(422)
    return page


async def _points(request: web.Request) -> TalkingPoints | None:
    """Read who it is about from the address; None where nobody was chosen yet."""
    whom, since = request.query.get(_whom(request), ""), request.query.get("since", "")
    if not whom:
        return None
    try:
        day = date.fromisoformat(since) if since else None
    except ValueError:
        raise web.HTTPBadRequest(reason="The address names no day as since.") from None
    return await read_points(request.app[DESK], request[ACCOUNT], whom, day)


def _whom(request: web.Request) -> str:
    return "supervisor" if request[ACCOUNT].role is Role.THERAPIST else "therapist"
