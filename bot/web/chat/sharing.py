"""A therapist shares a reflection: see the ledger, preview, share, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from aiohttp import web

from bot.conversation import share_ledger, sharing
from bot.conversation.desk import Desk
from bot.conversation.shared_view import last_day
from bot.conversation.sharing import ShareRefused, ShareWish
from bot.safety.concerns import Concern
from bot.storage.states import ShareScope
from bot.web.bodies import Wish
from bot.web.body import body_as
from bot.web.keys import ACCOUNT, DESK, SENDING_LIMIT
from bot.web.middleware.errors import refusal
from bot.web.shared_view import draw


async def ledger(request: web.Request) -> web.Response:
    """Give whom it may be shared with, what may be chosen, and every share with its views."""
    found = await share_ledger.read_ledger(
        request.app[DESK], request[ACCOUNT], request.match_info["id"]
    )
    return web.json_response(found)


async def preview(request: web.Request) -> web.Response:
    """Give what the supervisor would see, exactly, and share nothing."""
    desk, account = request.app[DESK], request[ACCOUNT]
    if not await request.app[SENDING_LIMIT].allows(account.id):
        return refusal(429, "too_fast", desk.notices["too_fast"])
    wish = _wish(desk, await body_as(request, Wish))
    try:
        view, concerns = await sharing.preview_share(desk, account, request.match_info["id"], wish)
    except ShareRefused as refused:
        return _refused(desk, refused)
    return web.json_response({"html": draw(request, view), "safety": _safety(desk, concerns)})


async def share(request: web.Request) -> web.Response:
    """Share with a named supervisor, or with the one there is: a `Wish` as JSON."""
    desk, account = request.app[DESK], request[ACCOUNT]
    if not await request.app[SENDING_LIMIT].allows(account.id):
        return refusal(429, "too_fast", desk.notices["too_fast"])
    wish = _wish(desk, await body_as(request, Wish))
    try:
        shared = await sharing.share(desk, account, request.match_info["id"], wish)
    except ShareRefused as refused:
        return _refused(desk, refused)
    name, day = shared.supervisor.name, last_day(shared.terms.until)
    notices = desk.notices
    text = notices["shared_until"] if day else notices["shared"]
    return web.json_response(
        {
            "shared_with": [name],
            "until": day,
            "text": text.format(name=name, day=day),
            "safety": _safety(desk, shared.concerns),
        }
    )


async def show(request: web.Request) -> web.Response:
    """Give the author what a share that stands shows its supervisor now."""
    view = await share_ledger.show_share(
        request.app[DESK], request[ACCOUNT], request.match_info["id"], request.match_info["share"]
    )
    return web.json_response({"html": draw(request, view)})


async def withdraw(request: web.Request) -> web.Response:
    """Take one share back."""
    await sharing.withdraw(
        request.app[DESK], request[ACCOUNT], request.match_info["id"], request.match_info["share"]
    )
    return web.Response(status=204)


async def withdraw_all(request: web.Request) -> web.Response:
    """Take a reflection back from everybody it is shared with."""
    await sharing.withdraw_all(request.app[DESK], request[ACCOUNT], request.match_info["id"])
    return web.Response(status=204)


def _wish(desk: Desk, wish: Wish) -> ShareWish:
    return ShareWish(
        # An empty text is none: a form sends what was not filled in as one.
        supervisor=wish.supervisor or None,
        scope=ShareScope(wish.scope),
        turns=None if wish.turns is None else frozenset(wish.turns),
        last_day=_last_day(desk, wish),
        note=wish.note or "",
        with_course=wish.with_course,
    )


def _last_day(desk: Desk, wish: Wish) -> date | None:
    """Give the last day asked for: the default where it is absent, none where it is null."""
    if "until" not in wish.model_fields_set:
        return sharing.default_last_day(desk)
    if wish.until is None:
        return None
    try:
        return date.fromisoformat(wish.until)
    except ValueError:
        raise web.HTTPBadRequest(reason="Until is a day such as 2026-05-31.") from None


def _refused(desk: Desk, refused: ShareRefused) -> web.Response:
    return refusal(400, refused.notice, desk.notices[refused.notice])


def _safety(desk: Desk, concerns: Sequence[Concern]) -> list[str]:
    """Give what is said at once when a note tells of danger: a note is not the place for it."""
    return list(desk.respond(concerns).messages) if concerns else []
