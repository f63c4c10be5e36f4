"""One reflection to read and to write about: a supervisor's page, and its author's very same."""

from __future__ import annotations

from aiohttp import web

from bot.conversation.review.double_reading import is_read_twice
from bot.conversation.review.offering import own_double_reading
from bot.conversation.review.reading import Reading, read_own, read_shared
from bot.conversation.review.writing import (
    LONGEST_COMMENT,
    CommentRefused,
    Written,
    add_step,
    comment,
    label_finding,
)
from bot.conversation.views import names_for_others
from bot.storage.columns import new_id
from bot.storage.states import Opinion, ReviewDeed, Role
from bot.themes.findings import Theme
from bot.web.body import body_as
from bot.web.console import bodies
from bot.web.keys import ACCOUNT, DESK, SENDING_LIMIT, TEMPLATES


async def read(request: web.Request) -> web.Response:
    """Show a reflection: to a supervisor what is shared, to its author all of it."""
    return await reading_page(request)


async def add_comment(request: web.Request) -> web.Response:
    """Keep a comment or a reply, and go back to where it was written."""
    desk, account = request.app[DESK], request[ACCOUNT]
    sent = await body_as(request, bodies.Comment)
    if not await request.app[SENDING_LIMIT].allows(account.id):
        return await reading_page(request, sent, desk.notices["too_fast"], status=422)
    written = Written(
        client_id=sent.client_id,
        text=sent.text,
        turn=int(sent.turn) if sent.turn else None,
        passage=sent.passage,
        answers=sent.answers or None,
        to=sent.to or None,
        mentions=sent.mentions or None,
    )
    try:
        concerns = await comment(
            desk, account, request.match_info["id"], written, asks=sent.asks == "yes"
        )
    except CommentRefused as refused:
        sentence = desk.notices[refused.notice].format(limit=LONGEST_COMMENT)
        return await reading_page(request, sent, sentence, status=422)
    if concerns:
        # A comment is not the place for it: what is said at once comes before all else.
        return await reading_page(request, safety=desk.respond(concerns).messages)
    place = f"turn-{sent.turn}" if sent.turn else "remarks"
    raise web.HTTPSeeOther(f"{request.path.removesuffix('/comments')}#{place}")


async def add_label(request: web.Request) -> web.Response:
    """Keep a supervisor's opinion of a finding."""
    desk, finding = request.app[DESK], request.match_info["finding"]
    sent = await body_as(request, bodies.Label)
    opinion = Opinion(sent.opinion)
    try:
        instead = theme_said(request, sent.theme) if opinion is Opinion.RELABEL else None
        await label_finding(
            desk, request[ACCOUNT], request.match_info["id"], finding, opinion, instead
        )
    except CommentRefused as refused:
        return await reading_page(request, None, desk.notices[refused.notice], status=422)
    raise web.HTTPSeeOther(f"/console/{request.match_info['id']}#finding-{finding}")


async def add_deed(request: web.Request) -> web.Response:
    """Write down a step of the review, and go back to the page."""
    sent = await body_as(request, bodies.Deed)
    reflection_id = request.match_info["id"]
    await add_step(request.app[DESK], request[ACCOUNT], reflection_id, ReviewDeed(sent.deed))
    raise web.HTTPSeeOther(f"/console/{reflection_id}#review")


def theme_said(request: web.Request, said: str) -> tuple[Theme, str | None]:
    """Read a theme or theme/subtheme. Raises `CommentRefused`."""
    name, _, subtheme = said.partition("/")
    taxonomy = request.app[DESK].taxonomy
    if name not in set(Theme) or (subtheme and subtheme not in taxonomy[Theme(name)].subthemes):
        raise CommentRefused("label_which")
    return Theme(name), subtheme or None


async def reading_page(
    request: web.Request,
    draft: bodies.Comment | None = None,
    refused: str | None = None,
    safety: tuple[str, ...] = (),
    *,
    offered: bodies.DoubleReading | None = None,
    status: int = 200,
) -> web.Response:
    """Show the page; with what was refused, why, and where it was written."""
    desk, reader = request.app[DESK], request[ACCOUNT]
    reflection_id = request.match_info["id"]
    is_author = reader.role is Role.THERAPIST
    reading: Reading = await (read_own if is_author else read_shared)(desk, reader, reflection_id)
    twice = await (own_double_reading if is_author else is_read_twice)(desk, reader, reflection_id)
    page = request.app[TEMPLATES].page(
        "reflection.html",
        person=reader,
        here_at=f"/reflections/{reflection_id}" if is_author else f"/console/{reflection_id}",
        is_author=is_author,
        view=reading.view,
        reading=reading,
        taxonomy=desk.taxonomy,
        theme_names=names_for_others(desk),
        draft=draft,
        refused=refused,
        safety=safety,
        new_id=new_id,
        twice=twice,
        offered=offered,
        longest=LONGEST_COMMENT,
        stays=desk.notices["export_stays"],
    )
    page.set_status(status)
    return page
