"""Pages rendered on the server, with everything escaped."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from bot.conversation.shared_view import moment_in_words

_HERE = Path(__file__).parent


def _moment(at: datetime) -> Markup:
    """Give a moment as people read it and as programs do."""
    return Markup('<time datetime="{}">{} UTC</time>').format(at.isoformat(), moment_in_words(at))


class Templates:
    """The Jinja environment of all doors."""

    def __init__(self) -> None:
        """Look for pages in the doors' folders."""
        self._environment = Environment(
            loader=FileSystemLoader(
                [
                    _HERE / door / "templates"
                    for door in ("chat", "console", "sign_in", "administration")
                ]
            ),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
        )
        self._environment.globals["moment"] = _moment

    def page(self, template: str, /, **values: Any) -> web.Response:
        """Give a rendered page."""
        return web.Response(text=self.part(template, **values), content_type="text/html")

    def part(self, template: str, /, **values: Any) -> Markup:
        """Give a rendered part of a page, to be put into one as it is."""
        return Markup(self._environment.get_template(template).render(**values))  # noqa: S704 - escaped by the template
