"""A team's month is counted once, with consent, and taken back whole."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.conversation.accounts.people import add_account, disable, supervise
from bot.conversation.consents import set_consent
from bot.conversation.forgetting import forget
from bot.conversation.receipts import receipts_of
from bot.conversation.reflections import delete_reflection
from bot.conversation.restored import put_right
from bot.conversation.trends import publishing
from bot.conversation.trends.publishing import publish_last_month
from bot.conversation.trends.reading import read_team_trends
from bot.reflection.verdicts import Verdict
from bot.safety.kinds import Kind, Level
from bot.storage.audit import Event, entries
from bot.storage.columns import new_id
from bot.storage.models import Account, RaisedConcern, Turn
from bot.storage.states import Purpose, Role
from bot.storage.trend_tables import TeamTrend
from bot.themes.findings import Theme
from tests.conversation.trends.clinic import Clinic, Heard

TRAUMA: Heard = {Theme.PARENT_TRAUMA: None}
TEAM = "Outreach"


async def told_by_all(clinic: Clinic, who: list[Account], *each: Heard | None) -> list[str]:
    return [await clinic.tell(one, themes) for one in who for themes in each]


async def test_a_month_of_five_who_said_yes_is_shown_rounded(clinic: Clinic) -> None:
    who = await clinic.consenting_team(TEAM, 5)
    await told_by_all(clinic, who, TRAUMA, None)
    await clinic.tell(who[0], TRAUMA)
    assert await clinic.month_ends()
    (month,) = await clinic.shown(TEAM)
    assert month.name == f"March {clinic.clock.now.year}"
    assert month.figures
    assert month.figures.reflections == 10
    assert month.figures.themes[Theme.PARENT_TRAUMA] == 5
    assert month.figures.themes[Theme.COUNTERTRANSFERENCE] is None


async def test_a_theme_that_was_refused_does_not_count(clinic: Clinic) -> None:
    who = await clinic.consenting_team(TEAM, 6)
    await told_by_all(clinic, who, TRAUMA)
    await told_by_all(clinic, who[:5], {Theme.PARENT_TRAUMA: Verdict.NO})
    await clinic.month_ends()
    figures = (await clinic.last(TEAM)).figures
    assert figures
    assert (figures.reflections, figures.themes[Theme.PARENT_TRAUMA]) == (10, 5)


async def test_four_are_withheld_whatever_the_size_of_the_team(clinic: Clinic) -> None:
    who = await clinic.consenting_team(TEAM, 4)
    silent = await clinic.consenting_team(TEAM, 3)
    unasked = await clinic.hire(4)
    await clinic.join(TEAM, *unasked)
    await told_by_all(clinic, [*who, *unasked], TRAUMA, TRAUMA)
    assert silent
    await clinic.month_ends()
    assert (await clinic.last(TEAM)).figures is None


async def test_what_was_begun_before_the_yes_does_not_count(clinic: Clinic) -> None:
    who = await clinic.consenting_team(TEAM, 4)
    late = await clinic.hire(1)
    await clinic.join(TEAM, *late)
    await told_by_all(clinic, [*who, *late], TRAUMA)
    await clinic.say(late[0], yes=True)
    await clinic.month_ends()
    assert (await clinic.last(TEAM)).figures is None
    await told_by_all(clinic, [*who, *late], TRAUMA)
    await clinic.month_ends()
    assert [month.figures is not None for month in await clinic.shown(TEAM)] == [False, True]


async def test_a_month_is_decided_once_and_later_changes_nothing_of_it(clinic: Clinic) -> None:
    who = await clinic.consenting_team(TEAM, 5)
    await told_by_all(clinic, who, TRAUMA)
    await clinic.month_ends()
    before = await clinic.shown(TEAM)
    (more,) = await clinic.consenting_team(TEAM, 1)
    await clinic.tell(more, TRAUMA)
    await clinic.leave(TEAM, who[0])
    await clinic.join("Another", *who)
    assert not await publish_last_month(clinic.desk)
    assert await clinic.shown(TEAM) == before
    assert await clinic.shown("Another") == []


async def test_a_yes_taken_back_takes_the_whole_month_back_for_good(clinic: Clinic) -> None:
    who = await clinic.consenting_team(TEAM, 9)
    apart = await clinic.consenting_team("Apart", 5)
    await told_by_all(clinic, who + apart, TRAUMA)
    await clinic.month_ends()
    await clinic.say(who[3], yes=False)
    assert (await clinic.last(TEAM)).figures is None
    assert (await clinic.last("Apart")).figures
    await clinic.say(who[3], yes=True)
    assert not await publish_last_month(clinic.desk)
    assert (await clinic.last(TEAM)).figures is None


async def test_another_yes_taken_back_takes_nothing_back(clinic: Clinic) -> None:
    who = await clinic.consenting_team(TEAM, 5)
    await told_by_all(clinic, who, TRAUMA)
    await clinic.month_ends()
    for given in (True, False):
        await set_consent(clinic.desk, who[0], Purpose.CORRECTIONS, given=given)
    assert (await clinic.last(TEAM)).figures


async def test_an_erased_reflection_takes_its_month_back_with_the_answer(clinic: Clinic) -> None:
    who = await clinic.consenting_team(TEAM, 5)
    first, *_ = await told_by_all(clinic, who, TRAUMA)
    await clinic.month_ends()
    later = await clinic.tell(who[0], TRAUMA)
    await delete_reflection(clinic.desk, who[0], later)
    assert (await clinic.last(TEAM)).figures
    await delete_reflection(clinic.desk, who[0], first)
    assert (await clinic.last(TEAM)).figures is None
    for reflection in (first, later):
        await forget(clinic.desk, reflection)
    receipts = await receipts_of(clinic.desk, who[0])
    held = [
        line["held"] for one in receipts for line in one["stores"] if line["store"] == "team_trends"
    ]
    assert sorted(held) == [0, 1]


async def test_overlapping_teams_are_not_both_shown(clinic: Clinic) -> None:
    who = await clinic.consenting_team(TEAM, 6)
    others = await clinic.consenting_team("Everybody", 6)
    await clinic.join("Everybody", *who)
    await told_by_all(clinic, who + others, TRAUMA)
    await clinic.month_ends()
    assert (await clinic.last(TEAM)).figures
    assert (await clinic.last("Everybody")).figures is None


async def test_somebody_who_withdraws_while_it_is_counted_is_not_in_it(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = await clinic.consenting_team(TEAM, 6)
    await told_by_all(clinic, who, TRAUMA)
    counting = publishing.asyncio.to_thread

    async def withdrawing(*asked: object) -> object:
        await clinic.say(who[0], yes=False)
        return await counting(*asked)

    with monkeypatch.context() as patched:
        patched.setattr(publishing.asyncio, "to_thread", withdrawing)
        assert not await clinic.month_ends()
    assert await clinic.shown(TEAM) == []
    assert await publish_last_month(clinic.desk)
    assert len(await clinic.marks(TEAM)) == 10


async def test_what_is_about_the_therapists_own_life_is_not_counted(clinic: Clinic) -> None:
    who = await clinic.consenting_team(TEAM, 5)
    reflections = await told_by_all(clinic, who, TRAUMA)
    async with clinic.desk.sessions.begin() as session:
        turn = await session.scalar(select(Turn).where(Turn.reflection_id == reflections[0]))
        assert turn
        session.add(
            RaisedConcern(
                reflection_id=reflections[0],
                turn_id=turn.id,
                raised_at=turn.kept_at,
                kind=Kind.THERAPIST_UNFIT,
                level=Level.CONCERN,
                sign="some_sign",
            )
        )
    await clinic.month_ends()
    assert (await clinic.last(TEAM)).figures is None


async def test_a_closed_account_is_not_counted(clinic: Clinic) -> None:
    who = await clinic.consenting_team(TEAM, 5)
    await told_by_all(clinic, who, TRAUMA)
    await disable(clinic.desk, who[0])
    await clinic.month_ends()
    assert (await clinic.last(TEAM)).figures is None


async def test_after_a_restore_no_figures_are_shown(clinic: Clinic) -> None:
    who = await clinic.consenting_team(TEAM, 5)
    await told_by_all(clinic, who, TRAUMA)
    await clinic.month_ends()
    await put_right(clinic.desk, 0)
    assert (await clinic.last(TEAM)).figures is None


async def test_a_supervisor_sees_the_teams_of_those_they_supervise_now(clinic: Clinic) -> None:
    desk = clinic.desk
    who = await clinic.consenting_team(TEAM, 5)
    await told_by_all(clinic, who, TRAUMA)
    await clinic.month_ends()
    reader = await add_account(desk, new_id(), Role.SUPERVISOR)
    assert await read_team_trends(desk, reader) == []
    await supervise(desk, who[0], reader, None, None)
    assert [one.team for one in await read_team_trends(desk, reader)] == [clinic.called(TEAM)]
    clinic.clock.advance(days=1)
    await supervise(desk, who[0], reader, None, clinic.clock.now)
    assert await read_team_trends(desk, reader) == []


async def test_the_tables_name_nobody_and_no_reflection(clinic: Clinic) -> None:
    who = await clinic.consenting_team(TEAM, 5)
    reflections = await told_by_all(clinic, who, TRAUMA)
    await clinic.month_ends()
    await told_by_all(clinic, who, TRAUMA)
    await clinic.month_ends()
    marks = await clinic.marks(TEAM)
    async with clinic.desk.sessions() as session:
        trends = list(await session.scalars(select(TeamTrend)))
        events = [entry async for entry in entries(session)]
    everything = str([vars(row) for row in (*trends, *marks)])
    for one in (*reflections, *(account.id for account in who)):
        assert one not in everything
    # Nobody is found again from one month to the next.
    assert len({mark.code for mark in marks}) == len(marks) == 20
    last = [entry for entry in events if entry.event == Event.TRENDS_DECIDED][-1]
    assert last.at == clinic.clock.now
