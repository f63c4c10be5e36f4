"""A clinic with teams, and a supervisor who is in all of them and looks at everything.

In a database a month is counted once: each clinic has a time of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import select

from bot.conversation.accounts.people import add_account, put_in_team
from bot.conversation.consents import set_consent
from bot.conversation.desk import Desk
from bot.conversation.trends.publishing import publish_last_month
from bot.conversation.trends.reading import Month, read_team_trends
from bot.reflection.verdicts import Verdict
from bot.storage.columns import new_id
from bot.storage.models import Account, Team
from bot.storage.states import Purpose, Role
from bot.storage.trend_tables import TeamTrendMark
from bot.themes.findings import Theme
from tests.gateway import FakeClock
from tests.told import told

Heard = dict[Theme, Verdict | None]

_YEARS = count(2030)


@dataclass(frozen=True)
class Clinic:
    desk: Desk
    supervisor: Account

    @property
    def clock(self) -> FakeClock:
        assert isinstance(self.desk.clock, FakeClock)
        return self.desk.clock

    @classmethod
    async def open(cls, shared: Desk) -> Clinic:
        clock = FakeClock(datetime(next(_YEARS), 3, 2, 18, 0, tzinfo=UTC))
        desk = replace(shared, clock=clock)
        return cls(desk, await add_account(desk, new_id(), Role.SUPERVISOR))

    def called(self, team: str) -> str:
        """The team's name: other clinics have one of that name as well."""
        return f"{team} of {self.supervisor.name}"

    async def hire(self, number: int) -> list[Account]:
        return [await add_account(self.desk, new_id(), Role.THERAPIST) for _ in range(number)]

    async def join(self, team: str, *who: Account) -> None:
        for one in (*who, self.supervisor):
            await put_in_team(self.desk, one, self.called(team), is_leaving=False)

    async def leave(self, team: str, who: Account) -> None:
        await put_in_team(self.desk, who, self.called(team), is_leaving=True)

    async def say(self, who: Account, *, yes: bool) -> None:
        await set_consent(self.desk, who, Purpose.TEAM_TRENDS, given=yes)

    async def consenting_team(self, team: str, number: int) -> list[Account]:
        who = await self.hire(number)
        await self.join(team, *who)
        for one in who:
            await self.say(one, yes=True)
        return who

    async def tell(self, who: Account, themes: Heard | None = None) -> str:
        self.clock.advance(minutes=1)
        return await told(self.desk, who, self.clock.now, themes=themes)

    async def month_ends(self) -> bool:
        """Go to the second day of the next month, and count the one that is over."""
        first = (self.clock.now.replace(day=1) + timedelta(days=31)).replace(day=1)
        self.clock.now = first + timedelta(days=1)
        return await publish_last_month(self.desk)

    async def shown(self, team: str) -> list[Month]:
        trends = await read_team_trends(self.desk, self.supervisor)
        return next((list(one.months) for one in trends if one.team == self.called(team)), [])

    async def marks(self, team: str) -> list[TeamTrendMark]:
        its = select(Team.id).where(Team.name == self.called(team)).scalar_subquery()
        async with self.desk.sessions() as session:
            found = select(TeamTrendMark).where(TeamTrendMark.team_id == its)
            return list(await session.scalars(found))

    async def last(self, team: str) -> Month:
        return (await self.shown(team))[-1]
