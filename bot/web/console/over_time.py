"""A therapist's reflections over some weeks: a supervisor's page, and the therapist's very same."""

from __future__ import annotations

from aiohttp import web

from bot.conversation.review.over_time import (
    SPANS,
    USUAL_SPAN,
    OverTime,
    Part,
    over_time_own,
    over_time_shared,
    therapists_to_see,
)
from bot.reflection.depth import Depth
from bot.storage.models import Account
from bot.storage.states import Role
from bot.themes.findings import Theme
from bot.web.console import pictures
from bot.web.keys import ACCOUNT, DESK, TEMPLATES


async def read(request: web.Request) -> web.Response:
    """Show the weeks that the address asks for; to a supervisor, of whom."""
    desk, reader = request.app[DESK], request[ACCOUNT]
    span, therapist_id = _span(request), request.query.get("therapist", "")
    is_own = reader.role is Role.THERAPIST
    therapists: list[Account] = [] if is_own else await therapists_to_see(desk, reader)
    found = None
    if is_own:
        found = await over_time_own(desk, reader, span)
    elif therapist_id:
        found = await over_time_shared(desk, reader, therapist_id, span)
    return request.app[TEMPLATES].page(
        "over_time.html",
        person=reader,
        is_own=is_own,
        here_at="/over-time" if is_own else "/console/over-time",
        reflection_at="/reflections" if is_own else "/console",
        therapists=therapists,
        chosen=therapist_id,
        span=span,
        spans=SPANS,
        taxonomy=desk.taxonomy,
        found=found,
        drawn=_drawn(found) if found else {},
        depths=list(Depth),
        in_words=_in_words,
        told=pictures.told,
    )


def _span(request: web.Request) -> int:
    asked = request.query.get("weeks", "") or str(USUAL_SPAN)
    if asked not in {str(span) for span in SPANS}:
        reason = "The address asks for a number of weeks that there is no page of."
        raise web.HTTPBadRequest(reason=reason)
    return int(asked)


def _drawn(found: OverTime) -> dict[str, pictures.Picture]:
    """Give the pictures of a page, by a theme or by what they are of."""
    weeks = found.weeks
    themes = {theme.value: pictures.themes_picture(weeks, theme) for theme in Theme}
    return themes | {
        "arousal": pictures.arousal_picture(found.with_arousal),
        "plans": pictures.plans_picture(weeks, found.with_plan),
        "depth": pictures.depth_picture(found.with_depth),
    }


def _in_words(part: Part) -> str:
    return f"{part.count} ({part.share:.0%}; {part.low:.0%} to {part.high:.0%})"
