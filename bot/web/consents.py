"""What a therapist has separately said yes to: see it, give it, take it back."""

from __future__ import annotations

from aiohttp import web

from bot.conversation.consents import consent_history, is_given, set_consent
from bot.storage.states import Purpose
from bot.web.bodies import YesOrNo
from bot.web.body import body_as
from bot.web.keys import ACCOUNT, DESK


async def read(request: web.Request) -> web.Response:
    """Give every purpose with whether there is consent to it now."""
    desk, account = request.app[DESK], request[ACCOUNT]
    given = {purpose.value: await is_given(desk, account, purpose) for purpose in Purpose}
    return web.json_response(given)


async def history(request: web.Request) -> web.Response:
    """Give every yes there ever was, with when it was taken back."""
    found = await consent_history(request.app[DESK], request[ACCOUNT])
    return web.json_response({"history": found})


async def change(request: web.Request) -> web.Response:
    """Give or withdraw consent to a purpose: `{"given": true}`."""
    purpose = request.match_info["purpose"]
    if purpose not in list(Purpose):
        raise web.HTTPNotFound
    wish = await body_as(request, YesOrNo)
    await set_consent(request.app[DESK], request[ACCOUNT], Purpose(purpose), given=wish.given)
    return await read(request)
