"""Draw what a share shows: for the supervisor and for the author's preview, byte for byte."""

from __future__ import annotations

from aiohttp import web
from markupsafe import Markup

from bot.conversation.shared_view import SharedView
from bot.web.keys import TEMPLATES


def draw(request: web.Request, view: SharedView) -> Markup:
    """Give a shared view as HTML; nobody draws one in another way."""
    return request.app[TEMPLATES].part("shared_view.html", view=view)
