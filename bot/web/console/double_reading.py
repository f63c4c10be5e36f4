"""A double reading of one reflection: its author decides on it, two supervisors go through it."""

from __future__ import annotations

from functools import partial
from typing import Any

from aiohttp import web

from bot.conversation.desk import Desk
from bot.conversation.review.agreement import Said, tally
from bot.conversation.review.double_reading import (
    DoubleReadingRefused,
    MyReading,
    be_done,
    label_in_reading,
    read_mine,
    settle,
)
from bot.conversation.review.offering import (
    begin_double_reading,
    take_double_reading_back,
)
from bot.conversation.review.writing import CommentRefused
from bot.conversation.views import theme_names
from bot.storage.states import Opinion
from bot.themes.findings import Theme
from bot.web.body import body_as
from bot.web.console import bodies
from bot.web.console.reflection import reading_page, theme_said
from bot.web.keys import ACCOUNT, DESK, TEMPLATES

NONE = "none"
THERAPISTS_OWN = "the therapist’s own reactions"


async def decide(request: web.Request) -> web.Response:
    """Begin a double reading for its author, or take it back, and go back to the page."""
    desk, author = request.app[DESK], request[ACCOUNT]
    reflection_id = request.match_info["id"]
    sent = await body_as(request, bodies.DoubleReading)
    try:
        if sent.deed == "begin":
            readers = frozenset({sent.first, sent.second})
            is_for_study = sent.for_study == "yes"
            await begin_double_reading(desk, author, reflection_id, readers, for_study=is_for_study)
        else:
            await take_double_reading_back(desk, author, reflection_id)
    except DoubleReadingRefused as refused:
        return await reading_page(
            request, None, desk.notices[refused.notice], offered=sent, status=422
        )
    raise web.HTTPSeeOther(f"/reflections/{reflection_id}#double-reading")


async def read(request: web.Request) -> web.Response:
    """Show a reader the next finding to label, and the outcome once both are done."""
    return await _page(request, request.query.get("at", ""))


async def add_label(request: web.Request) -> web.Response:
    """Keep a reader's opinion of a finding, and go on to the next."""
    desk, finding = request.app[DESK], request.match_info["finding"]
    sent = await body_as(request, bodies.Label)
    opinion = Opinion(sent.opinion)
    try:
        instead = theme_said(request, sent.theme) if opinion is Opinion.RELABEL else None
        await label_in_reading(
            desk, request[ACCOUNT], request.match_info["id"], finding, opinion, instead
        )
    except (CommentRefused, DoubleReadingRefused) as refused:
        return await _page(request, finding, desk.notices[refused.notice])
    raise web.HTTPSeeOther(_address(request))


async def done(request: web.Request) -> web.Response:
    """Write down that a reader is done, and go back to the page."""
    desk = request.app[DESK]
    try:
        await be_done(desk, request[ACCOUNT], request.match_info["id"])
    except DoubleReadingRefused as refused:
        return await _page(request, "", desk.notices[refused.notice])
    raise web.HTTPSeeOther(_address(request))


async def settled(request: web.Request) -> web.Response:
    """Keep what a reader would settle on, and go back to that finding."""
    desk, finding = request.app[DESK], request.match_info["finding"]
    sent = await body_as(request, bodies.Settled)
    try:
        said = Said(None) if sent.theme == NONE else Said(*theme_said(request, sent.theme))
        await settle(desk, request[ACCOUNT], request.match_info["id"], finding, said)
    except CommentRefused as refused:
        return await _page(request, "", desk.notices[refused.notice])
    raise web.HTTPSeeOther(f"{_address(request)}#finding-{finding}")


def _address(request: web.Request) -> str:
    return f"/console/{request.match_info['id']}/double-reading"


def _key(said: Said) -> str:
    """Give a label's outcome as a form sends it."""
    if said.theme is None:
        return NONE
    return f"{said.theme}/{said.subtheme}" if said.subtheme else said.theme.value


def in_words(desk: Desk, said: Said) -> str:
    """Give a label's outcome as a supervisor's page shows it."""
    if said.theme is None:
        return "no theme"
    words = theme_names(desk, said.theme, said.subtheme)
    # Their therapist knows it as "your own reactions".
    name = desk.taxonomy[said.theme].name
    is_own = said.theme is Theme.COUNTERTRANSFERENCE
    return words.replace(name, THERAPISTS_OWN, 1) if is_own else words


def _as_heard(finding: dict[str, Any]) -> Said:
    return Said(Theme(finding["theme"]), finding["subtheme"])


def _at(mine: MyReading, wanted: str) -> str | None:
    """Give which finding is shown: the one asked for, or the first that waits for a label."""
    if wanted in {one["id"] for one in mine.findings}:
        return wanted
    return next(iter(mine.unlabelled), None)


async def _page(request: web.Request, at: str, refused: str | None = None) -> web.Response:
    """Show the page; with what was refused, and why."""
    desk, reader = request.app[DESK], request[ACCOUNT]
    mine = await read_mine(desk, reader, request.match_info["id"])
    page = request.app[TEMPLATES].page(
        "double_reading.html",
        person=reader,
        here_at=_address(request),
        reflection=request.match_info["id"],
        mine=mine,
        at=_at(mine, at),
        shown=mine.view.findings,
        same=tally([one.pair for one in mine.outcome]),
        taxonomy=desk.taxonomy,
        in_words=partial(in_words, desk),
        as_heard=_as_heard,
        key=_key,
        refused=refused,
    )
    page.set_status(422 if refused else 200)
    return page
