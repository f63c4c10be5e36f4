"""What a supervisor is shown of the teams in which they supervise somebody."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.conversation.desk import Desk
from bot.conversation.trends.withholding import Figures
from bot.storage.models import Account
from bot.storage.trends import trends_for
from bot.themes.findings import Theme

MONTHS = 12


@dataclass(frozen=True)
class Month:
    """A team's month; without figures where they are withheld, for whatever reason."""

    first: date
    figures: Figures | None

    @property
    def name(self) -> str:
        """The month in words."""
        return f"{self.first:%B %Y}"


@dataclass(frozen=True)
class TeamTrends:
    """The last months of a team, the oldest first."""

    team: str
    months: Sequence[Month]


async def read_team_trends(desk: Desk, supervisor: Account) -> list[TeamTrends]:
    """Give what was published of a supervisor's teams, by name. Nothing is counted here."""
    async with desk.sessions() as session:
        rows = await trends_for(session, supervisor, desk.clock())
    by_team: dict[str, list[Month]] = {}
    for team, trend in rows:
        months = by_team.setdefault(team.name, [])
        if len(months) < MONTHS:
            figures = _figures(trend.figures) if trend.figures else None
            months.append(Month(date.fromisoformat(f"{trend.month}-01"), figures))
    return [TeamTrends(name, months[::-1]) for name, months in by_team.items()]


def _figures(text: str) -> Figures:
    read = json.loads(text)
    themes = {theme: read["themes"].get(theme) for theme in Theme}
    return Figures(read["reflections"], themes)
