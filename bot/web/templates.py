"""Pages rendered on the server, with everything escaped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

_HERE = Path(__file__).parent


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

    def page(self, template: str, /, **values: Any) -> web.Response:
        """Give a rendered page."""
        return web.Response(text=self.part(template, **values), content_type="text/html")

    def part(self, template: str, /, **values: Any) -> Markup:
        """Give a rendered part of a page, to be put into one as it is."""
        return Markup(self._environment.get_template(template).render(**values))  # noqa: S704 - escaped by the template
