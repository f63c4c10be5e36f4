"""All double readings of a supervisor: the list, the agreement, and the table for a study."""

from __future__ import annotations

from aiohttp import web

from bot.conversation.review.agreement import (
    CATEGORIES,
    FEWEST_FINDINGS,
    FEWEST_REFLECTIONS,
    Said,
)
from bot.conversation.review.double_reading import DoubleReadingRefused
from bot.conversation.review.double_readings import read_double_readings
from bot.conversation.review.study_export import LONGEST_APPROVAL, export_for_study
from bot.web.body import body_as
from bot.web.console.bodies import Approval
from bot.web.console.double_reading import in_words
from bot.web.keys import ACCOUNT, DESK, TEMPLATES


async def index(request: web.Request) -> web.Response:
    """List the double readings that stand, with the agreement of each pair."""
    return await _page(request)


async def export(request: web.Request) -> web.Response:
    """Give the labels of finished double readings as a file, for a study that was approved."""
    desk = request.app[DESK]
    sent = await body_as(request, Approval)
    try:
        table = await export_for_study(desk, request[ACCOUNT], sent.approval)
    except DoubleReadingRefused as refused:
        sentence = desk.notices[refused.notice].format(limit=LONGEST_APPROVAL)
        page = await _page(request, sent.approval, sentence)
        page.set_status(422)
        return page
    return web.Response(
        text=table,
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": 'attachment; filename="double-readings.csv"'},
    )


async def _page(request: web.Request, typed: str = "", why: str | None = None) -> web.Response:
    desk = request.app[DESK]
    return request.app[TEMPLATES].page(
        "double_readings.html",
        person=request[ACCOUNT],
        found=await read_double_readings(desk, request[ACCOUNT]),
        categories=[in_words(desk, Said(theme)) for theme in CATEGORIES],
        fewest_findings=FEWEST_FINDINGS,
        fewest_reflections=FEWEST_REFLECTIONS,
        longest=LONGEST_APPROVAL,
        typed=typed,
        why=why,
    )
