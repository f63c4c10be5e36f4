"""What all of the administrator's pages and forms have in common."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from aiohttp import web

from bot.conversation.accounts import SignedIn
from bot.conversation.accounts.people import CannotDo
from bot.web.contract import Shape
from bot.web.keys import ACCOUNT, DESK, SIGN_IN, TEMPLATES


def show(
    request: web.Request,
    template: str,
    problem: str | None = None,
    typed: Shape | None = None,
    **values: Any,
) -> web.Response:
    """Give a page; with what could not be done (`problem`), and what had been typed, as a 400."""
    desk = request.app[DESK]
    page = request.app[TEMPLATES].page(
        f"administration/{template}.html",
        person=request[ACCOUNT],
        is_fresh=SignedIn(request[ACCOUNT], request[SIGN_IN]).is_fresh(desk),
        problem=problem,
        # What was not typed is an empty field.
        typed=defaultdict(str, typed.model_dump() if typed else {}),
        **values,
    )
    if problem is not None:
        page.set_status(400)
    return page


def day(written: str) -> date | None:
    """Give a day of a form, or None for an empty field. Raises `CannotDo`."""
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise CannotDo("There is no such day.") from None
