"""How a supervisor is notified: where to, what a message says, and what became of the last ones."""

from __future__ import annotations

from aiohttp import web

from bot.conversation.notifications import (
    CannotNotify,
    read_notifications,
    send_test,
    set_mail_address,
    text_of,
)
from bot.storage.states import Occasion
from bot.web.body import body_as
from bot.web.console.bodies import Notified
from bot.web.keys import ACCOUNT, DESK, NOTIFYING, TEMPLATES


async def index(request: web.Request) -> web.Response:
    """Show how this supervisor is notified."""
    return await _page(request)


async def change(request: web.Request) -> web.Response:
    """Keep an address or send a test, and go back to the page."""
    desk, supervisor = request.app[DESK], request[ACCOUNT]
    said = await body_as(request, Notified)
    try:
        if said.deed == "test":
            await send_test(desk, supervisor)
            request.app[NOTIFYING].see_to()
        else:
            await set_mail_address(desk, supervisor, said.address)
    except CannotNotify as refused:
        answer = await _page(
            request,
            why=desk.notices[refused.notice],
            typed=said.address if said.deed == "keep" else None,
        )
        answer.set_status(422)
        return answer
    raise web.HTTPSeeOther("/console/notifications")


async def _page(
    request: web.Request, why: str | None = None, typed: str | None = None
) -> web.Response:
    desk = request.app[DESK]
    how, last = await read_notifications(desk, request[ACCOUNT])
    kept = how.address.address if how.address else ""
    return request.app[TEMPLATES].page(
        "notifications.html",
        person=request[ACCOUNT],
        how=how,
        last=last,
        why=why,
        is_of_address=typed is not None,
        typed=kept if typed is None else typed,
        hours=f"{desk.settings.concern_hours:g}",
        subject=desk.notices["notify_subject"],
        example=text_of(desk, Occasion.SHARED),
    )
