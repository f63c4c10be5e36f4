"""The pages over time, as a browser without scripts reads them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import ClientSession
from sqlalchemy import select

from bot.conversation.accounts.people import put_in_team
from bot.conversation.sharing import ShareWish, share, withdraw_all
from bot.reflection.stages import Question
from bot.reflection.verdicts import Verdict
from bot.storage.columns import new_id
from bot.storage.models import Team
from bot.storage.trend_tables import TeamTrend
from bot.themes.findings import Theme
from tests.gateway import Gateway, People
from tests.told import TOLD, told

MARKUP = "<b>Outreach</b> & {{ 7 * 7 }}"


async def text_at(http: ClientSession, path: str, status: int = 200) -> str:
    async with http.get(path) as response:
        assert response.status == status, path
        return await response.text()


@pytest.fixture
async def reflection(standing: Gateway, people: People) -> str:
    """One with everything in it, shared as a summary."""
    made = await told(
        standing.desk,
        people.therapist,
        standing.clock.now - timedelta(days=7),
        Question.DESCRIBE,
        Question.FEEL,
        Question.PLAN,
        themes={Theme.PARENT_TRAUMA: Verdict.YES},
        arousal=(7.5, 3),
    )
    await share(standing.desk, people.therapist, made, ShareWish())
    return made


@pytest.fixture
async def supervisor(standing: Gateway, people: People) -> ClientSession:
    return await standing.signed_in(people.supervisor)


async def test_each_picture_has_its_figures_in_a_table_and_no_style_in_it(
    people: People, supervisor: ClientSession, reflection: str
) -> None:
    page = await text_at(supervisor, f"/console/over-time?therapist={people.therapist.id}")
    assert page.count("<svg") == 6
    assert page.count("<table") == 4
    assert "<style" not in page
    assert " style=" not in page
    assert f'<th scope="row"><a href="/console/{reflection}">' in page
    for said in (
        "1 (100%; 21% to 100%)",
        "0 (0%; 0% to 79%)",
        ">7.5<",
        "not told here how it went",
    ):
        assert said in page
    assert "<td>integrating</td>" in page
    assert "must not be used as a score" in page
    # Not a word of theirs.
    assert TOLD not in page


async def test_a_therapist_has_the_same_page_of_their_own(
    standing: Gateway, people: People, reflection: str
) -> None:
    http = await standing.signed_in(people.therapist)
    page = await text_at(http, "/over-time")
    assert page.count("<svg") == 6
    assert f'href="/reflections/{reflection}"' in page
    assert '<a href="/over-time" aria-current="page">' in page
    assert '<select name="therapist"' not in page
    # An account that the address names changes nothing of whose it is.
    other = await standing.signed_in(people.other_therapist)
    page = await text_at(other, f"/over-time?therapist={people.therapist.id}")
    assert reflection not in page
    assert "You began no reflection" in page


async def test_what_is_withdrawn_is_gone_and_looks_like_never_there(
    standing: Gateway, people: People, supervisor: ClientSession, reflection: str
) -> None:
    path = f"/console/over-time?therapist={people.therapist.id}"
    assert reflection in await text_at(supervisor, path)
    await withdraw_all(standing.desk, people.therapist, reflection)
    gone = await text_at(supervisor, path, 404)
    assert gone == await text_at(supervisor, f"/console/over-time?therapist={'0' * 32}", 404)
    assert gone == await text_at(await standing.signed_in(people.other_supervisor), path, 404)
    assert "Nothing is shared with you now" in await text_at(supervisor, "/console/over-time")


async def test_only_some_spans_can_be_asked_for(
    people: People, supervisor: ClientSession, reflection: str
) -> None:
    assert reflection
    path = f"/console/over-time?therapist={people.therapist.id}&weeks="
    for span in ("13", "26", "52", ""):
        assert "<svg" in await text_at(supervisor, path + span)
    for span in ("0", "27", "1000000", "x", "<b>"):
        refused = await text_at(supervisor, path + span, 400)
        assert "a number of weeks that there is no page of" in refused


async def test_a_page_of_teams_shows_what_was_published_and_nothing_of_other_teams(
    standing: Gateway, people: People, supervisor: ClientSession
) -> None:
    team = f"{MARKUP} {new_id()}"
    await put_in_team(standing.desk, people.therapist, team, is_leaving=False)
    figures = '{"reflections": 25, "themes": {"parent_trauma": 10, "countertransference": null}}'
    async with standing.desk.sessions.begin() as session:
        found = await session.scalar(select(Team).where(Team.name == team))
        assert found
        for month, shown in (("2026-01", figures), ("2026-02", None)):
            session.add(
                TeamTrend(
                    team_id=found.id, month=month, decided_at=standing.clock.now, figures=shown
                )
            )
    page = await text_at(supervisor, "/console/team-trends")
    assert "&lt;b&gt;Outreach&lt;/b&gt; &amp; {{ 7 * 7 }}" in page
    assert "<b>Outreach" not in page
    assert "<td>25</td><td>too few</td><td>10</td><td>too few</td>" in page
    assert "withheld" in page
    assert "about 10 of 25" in page
    other = await standing.signed_in(people.other_supervisor)
    page = await text_at(other, "/console/team-trends")
    assert "Outreach" not in page
    assert "There is nothing of your teams yet." in page
