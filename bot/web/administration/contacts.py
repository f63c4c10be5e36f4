"""Country and contacts: what people are shown in danger, and how far it can be relied on."""

from __future__ import annotations

from aiohttp import web

from bot.safety.checked import checked
from bot.safety.contacts import Group
from bot.web.administration.page import show
from bot.web.keys import DESK


async def index(request: web.Request) -> web.Response:
    """Show the contacts in force; they are a file of the deployment and changed there."""
    desk = request.app[DESK]
    settings, contacts = desk.settings, desk.contacts
    return show(
        request,
        "contacts",
        contacts=contacts,
        groups={group: contacts.of(group) for group in Group},
        checked=checked(contacts, desk.clock().date()),
        file=settings.library / "safety" / "contacts" / f"{settings.country}.yml",
    )
