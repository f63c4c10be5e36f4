"""Somebody looks at every page after everything that happens, and adds and subtracts."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.desk import Desk
from bot.conversation.reflections import delete_reflection
from bot.conversation.trends.withholding import LEAST, Figures
from bot.storage.models import Account
from bot.themes.findings import Theme
from tests.conversation.trends.clinic import Clinic, Heard

PEOPLE, TEAMS, MONTHS = 12, ("one", "two", "three"), 2
WHO = st.integers(0, PEOPLE - 1)
DEEDS = st.one_of(
    st.tuples(st.just("join"), WHO, st.sampled_from(TEAMS)),
    st.tuples(st.just("leave"), WHO, st.sampled_from(TEAMS)),
    st.tuples(st.just("yes"), WHO, st.none()),
    st.tuples(st.just("no"), WHO, st.none()),
    st.tuples(st.just("erase"), WHO, st.none()),
)
Deed = tuple[str, int, str | None]
# At first, then for each month what happens before it ends and after.
FIRST = st.fixed_dictionaries({team: st.frozensets(WHO, min_size=6) for team in TEAMS})
YES = st.frozensets(WHO, min_size=8)
DAYS = st.lists(DEEDS, max_size=4)


Place = tuple[str, str]
# Of each person the reflections that they have begun.
Begun = dict[int, list[str]]


class Attacker:
    """Knows, of each figure ever shown, exactly who is in it: more than anybody could."""

    def __init__(self, clinic: Clinic, who: list[Account]) -> None:
        self.clinic, self.who = clinic, who
        self.members: dict[str, set[int]] = {team: set() for team in TEAMS}
        self.yes: set[int] = set()
        # What was begun under a yes that stands, in this month and in those that are counted.
        self.begun: Begun = {}
        self.counted: dict[str, Begun] = {}
        # Who is in a figure, and the figure; and where nothing may stand any more.
        self.seen: dict[Place, tuple[frozenset[int], Figures]] = {}
        self.gone: set[Place] = set()

    async def do(self, deed: Deed) -> None:
        what, number, team = deed
        person = self.who[number]
        if what == "join" and team:
            await self.clinic.join(team, person)
            self.members[team].add(number)
        elif what == "leave" and team and number in self.members[team]:
            await self.clinic.leave(team, person)
            self.members[team].discard(number)
        elif what == "yes":
            await self.clinic.say(person, yes=True)
            self.yes.add(number)
        elif what == "no" and number in self.yes:
            await self.clinic.say(person, yes=False)
            self.yes.discard(number)
            self.begun.pop(number, None)
            self.has_to_go(number, self.counted)
        elif what == "erase":
            await self.erase_the_newest(number)

    async def erase_the_newest(self, number: int) -> None:
        for month, begun in (("now", self.begun), *reversed(self.counted.items())):
            if begun.get(number):
                reflection = begun[number].pop()
                await delete_reflection(self.clinic.desk, self.who[number], reflection)
                self.has_to_go(number, [month])
                return

    def has_to_go(self, number: int, months: Iterable[str]) -> None:
        self.gone |= {
            place
            for place, (inside, _) in self.seen.items()
            if number in inside and place[1] in months
        }

    async def tell(self) -> None:
        """Everybody writes, most of them of a theme; it counts for who said yes before."""
        for number, person in enumerate(self.who):
            themes: Heard = {Theme.PARENT_TRAUMA: None} if number % 3 else {}
            reflection = await self.clinic.tell(person, themes)
            if number in self.yes:
                self.begun.setdefault(number, []).append(reflection)

    async def month_ends(self) -> None:
        month = f"{self.clinic.clock.now:%B %Y}"
        await self.clinic.month_ends()
        for place, figures in (await self.pages()).items():
            if place[1] == month and figures:
                inside = frozenset(n for n in self.members[place[0]] if self.begun.get(n))
                self.seen[place] = inside, figures
        self.counted[month], self.begun = self.begun, {}

    async def pages(self) -> dict[Place, Figures | None]:
        return {
            (team, month.name): month.figures
            for team in TEAMS
            for month in await self.clinic.shown(team)
        }

    async def look(self) -> None:
        """What is shown now is what was shown at first, or it is gone."""
        pages = await self.pages()
        for place, figures in pages.items():
            if figures is not None:
                assert self.seen[place][1] == figures
        for place in self.gone:
            assert pages[place] is None

    def subtract(self) -> None:
        """Any two of a month: the same people, or none in common; never fewer than five."""
        assert all(len(inside) >= LEAST for inside, _ in self.seen.values())
        for (place, (one, _)), (other_place, (other, _)) in combinations(self.seen.items(), 2):
            assert place[1] != other_place[1] or one == other or not one & other


@settings(max_examples=12, deadline=None)
@given(FIRST, YES, st.lists(st.tuples(DAYS, DAYS), min_size=MONTHS, max_size=MONTHS))
async def test_who_looks_at_every_page_at_all_times_works_out_nobody(
    shared_desk: Desk,
    first: dict[str, frozenset[int]],
    yes: frozenset[int],
    months: list[tuple[list[Deed], list[Deed]]],
) -> None:
    clinic = await Clinic.open(shared_desk)
    attacker = Attacker(clinic, await clinic.hire(PEOPLE))
    begin: list[Deed] = [("yes", number, None) for number in sorted(yes)]
    begin += [("join", number, team) for team in TEAMS for number in sorted(first[team])]
    for deed in begin:
        await attacker.do(deed)
    for before, after in months:
        await attacker.tell()
        for deed in before:
            await attacker.do(deed)
        await attacker.month_ends()
        await attacker.look()
        for deed in after:
            await attacker.do(deed)
            await attacker.look()
    attacker.subtract()
