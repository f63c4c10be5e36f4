"""Your sign-in: what one signs in with, and where one is signed in now.

Whatever changes it is open only to who signed in just now (`Entry.JUST_SIGNED_IN`).
"""

from __future__ import annotations

from aiohttp import web

from bot.conversation.accounts import SignedIn, passkeys, passwords, second_factor, sessions, ways
from bot.conversation.slack.linking import identity_of
from bot.storage.access import NotFound
from bot.storage.holding import hold_account
from bot.web.body import body_as
from bot.web.keys import ACCOUNT, DESK, SIGN_IN, TEMPLATES
from bot.web.languages import language_of
from bot.web.sign_in.bodies import CodeTried, NewPassword, PasskeyMade


def _who(request: web.Request) -> SignedIn:
    return SignedIn(request[ACCOUNT], request[SIGN_IN])


async def page(request: web.Request) -> web.Response:
    """Show what one signs in with."""
    desk, account = request.app[DESK], request[ACCOUNT]
    return request.app[TEMPLATES].page(
        "your_sign_in.html",
        name=account.name,
        has_passkeys=desk.settings.passkey_domain is not None,
        has_clinic=bool(desk.settings.oidc_issuer),
        clinic_name=desk.settings.oidc_name,
        address=desk.settings.address,
        shortest=passwords.SHORTEST,
        longest=passwords.LONGEST,
        **language_of(request),
    )


async def read(request: web.Request) -> web.Response:
    """Answer with one's passkeys, whether there is a password, and one's open sign-ins."""
    desk, who = request.app[DESK], _who(request)
    found = await ways.ways_of(desk, who.account)
    return web.json_response(
        {
            "is_fresh": who.is_fresh(desk),
            "passkeys": [
                {
                    "id": one.id,
                    "name": one.name,
                    "made_at": one.made_at.isoformat(),
                    "used_at": one.used_at.isoformat() if one.used_at else None,
                }
                for one in found.passkeys
            ],
            "has_password": found.has_password,
            "has_second_factor": found.has_second_factor,
            "recovery_codes_left": found.recovery_codes_left,
            "has_clinic": found.has_clinic,
            "has_slack": await identity_of(desk, who.account) is not None,
            "sign_ins": [
                {
                    "id": sessions.handle_of(one),
                    "how": one.how.value,
                    "browser": one.browser,
                    "began_at": one.began_at.isoformat(),
                    "seen_at": one.seen_at.isoformat(),
                    "is_this": one.token_hash == who.sign_in.token_hash,
                }
                for one in await sessions.open_sign_ins(desk, who.account)
            ],
        }
    )


async def begin_passkey(request: web.Request) -> web.Response:
    """Give the challenge for a new passkey."""
    return web.json_response(await passkeys.begin_making(request.app[DESK], request[ACCOUNT]))


async def add_passkey(request: web.Request) -> web.Response:
    """Keep a new passkey under its name."""
    made = await body_as(request, PasskeyMade)
    kept = await passkeys.finish_making(
        request.app[DESK], request[ACCOUNT], made.credential, made.name
    )
    return web.json_response({"id": kept.id}, status=201)


async def remove_passkey(request: web.Request) -> web.Response:
    """Take away a passkey, unless it is the last way in."""
    if not await ways.take_away_passkey(
        request.app[DESK], request[ACCOUNT], request.match_info["id"]
    ):
        raise NotFound
    return web.Response(status=204)


async def set_password(request: web.Request) -> web.Response:
    """Set the password, new or in place of the old one."""
    wanted = await body_as(request, NewPassword)
    await passwords.set_password(request.app[DESK], request[ACCOUNT], wanted.password)
    return web.Response(status=204)


async def remove_password(request: web.Request) -> web.Response:
    """Take away the password with its second factor, unless it is the last way in."""
    await ways.take_away_password(request.app[DESK], request[ACCOUNT])
    return web.Response(status=204)


async def begin_second_factor(request: web.Request) -> web.Response:
    """Give a new secret for an authenticator app, and the ticket that takes it up."""
    desk, account = request.app[DESK], request[ACCOUNT]
    ticket = await second_factor.begin_setting(desk, account)
    secret = await second_factor.secret_being_set(desk, account)
    return web.json_response({"ticket": ticket, "secret": secret})


async def picture(request: web.Request) -> web.Response:
    """Give the new secret as a QR code."""
    desk, account = request.app[DESK], request[ACCOUNT]
    secret = await second_factor.secret_being_set(desk, account)
    if secret is None:
        raise NotFound
    drawn = second_factor.picture_of(secret, account.name)
    return web.Response(body=drawn, content_type="image/svg+xml")


async def finish_second_factor(request: web.Request) -> web.Response:
    """Take up the new second factor, and give recovery codes, shown this once."""
    tried = await body_as(request, CodeTried)
    codes = await second_factor.finish_setting(
        request.app[DESK], request[ACCOUNT], tried.ticket, tried.code
    )
    return web.json_response({"recovery_codes": codes})


async def new_recovery_codes(request: web.Request) -> web.Response:
    """Give new recovery codes in place of all old ones."""
    desk, account = request.app[DESK], request[ACCOUNT]
    if not (await ways.ways_of(desk, account)).has_second_factor:
        raise NotFound
    async with desk.sessions.begin() as session:
        await hold_account(session, account.id)
        codes = await second_factor.new_recovery_codes(session, account)
    return web.json_response({"recovery_codes": codes})


async def remove_clinic(request: web.Request) -> web.Response:
    """Let oneself no longer in by the clinic's server, unless it is the last way in."""
    await ways.take_away_clinic(request.app[DESK], request[ACCOUNT])
    return web.Response(status=204)


async def end_others(request: web.Request) -> web.Response:
    """End all one's other sign-ins."""
    await sessions.end_others(request.app[DESK], _who(request))
    return web.Response(status=204)


async def end_one(request: web.Request) -> web.Response:
    """End one of one's other sign-ins."""
    await sessions.end_others(request.app[DESK], _who(request), request.match_info["id"])
    return web.Response(status=204)
