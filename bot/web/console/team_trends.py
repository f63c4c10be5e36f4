"""The page of teams: figures that were published of five or more therapists together."""

from __future__ import annotations

from aiohttp import web

from bot.conversation.trends.reading import TeamTrends, read_team_trends
from bot.conversation.trends.withholding import LEAST, ROUNDED_TO
from bot.themes.findings import Theme
from bot.web.console.pictures import Picture, months_picture
from bot.web.keys import ACCOUNT, DESK, TEMPLATES


async def index(request: web.Request) -> web.Response:
    """Show what was published of the teams in which this supervisor supervises somebody."""
    desk, supervisor = request.app[DESK], request[ACCOUNT]
    teams = await read_team_trends(desk, supervisor)
    return request.app[TEMPLATES].page(
        "team_trends.html",
        person=supervisor,
        teams=[(team, _drawn(team)) for team in teams],
        taxonomy=desk.taxonomy,
        least=LEAST,
        rounded_to=ROUNDED_TO,
    )


def _drawn(team: TeamTrends) -> dict[str, Picture]:
    return {theme.value: months_picture(team.months, theme) for theme in Theme}
