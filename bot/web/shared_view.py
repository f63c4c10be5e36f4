"""Draw what a share shows to its author, as the console draws it for the supervisor."""

from __future__ import annotations

from aiohttp import web
from markupsafe import Markup

from bot.conversation.shared_view import SharedView
from bot.web.keys import TEMPLATES


def draw(request: web.Request, view: SharedView) -> Markup:
    """Give a shared view as HTML, without what is written beside it on the console's page."""
    return request.app[TEMPLATES].part("shared_view.html", view=view, reading=None)
