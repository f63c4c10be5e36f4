"""The pages of a double reading over HTTP: forms, refusals, what they keep, and the file."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from aiohttp import ClientSession

from bot.conversation.records import Answered, Heard
from bot.conversation.sharing import ShareWish, share
from bot.reflection.stages import Question
from bot.storage.models import Supervision
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot, says
from tests.gateway import Gateway, People, socket_of, start

TOLD = "She sat & cried <i>at once</i>."
FOUND = (
    Finding(Theme.PARENT_TRAUMA, "mistrust", 0.91, (Evidence(0, 3, TOLD[:3]),)),
    Finding(Theme.COUNTERTRANSFERENCE, None, 0.72, (Evidence(4, 7, TOLD[4:7]),)),
)


@dataclass(frozen=True)
class Two:
    """A reflection shared with two, and all three of them signed in."""

    reflection: str
    people: People
    author: ClientSession
    first: ClientSession
    second: ClientSession

    @property
    def own(self) -> str:
        return f"/reflections/{self.reflection}"

    @property
    def page(self) -> str:
        return f"/console/{self.reflection}/double-reading"

    async def begin(self, **fields: str) -> None:
        chosen = {"first": self.people.supervisor.id, "second": self.people.other_supervisor.id}
        status, location, told = await post(
            self.author, f"{self.own}/double-reading", deed="begin", **chosen | fields
        )
        assert (status, location) == (303, f"{self.own}#double-reading"), told

    async def finish(self, http: ClientSession, **label: str) -> None:
        for _ in range(len(FOUND)):
            shown = await fetch(http, self.page)
            (address,) = re.findall(r'action="([^"]+/findings/\w+)"', shown)
            assert (await post(http, address, **label))[:2] == (303, self.page)
        assert (await post(http, f"{self.page}/done"))[:2] == (303, self.page)


@pytest.fixture
async def two(gateway: Gateway, people: People, bot: ScriptedBot) -> Two:
    desk = gateway.desk
    async with desk.sessions.begin() as session:
        session.add(
            Supervision(
                therapist_id=people.therapist.id,
                supervisor_id=people.other_supervisor.id,
                since=desk.clock(),
            )
        )
    reflection = await start(desk, people.therapist)
    author = await gateway.signed_in(people.therapist)
    bot.script = [says(), says("Noted.", Answered(Question.DESCRIBE), Heard(FOUND))]
    async with socket_of(author, reflection) as socket:
        await socket.answer_to(await socket.send(TOLD))
    for one in (people.supervisor, people.other_supervisor):
        await share(desk, people.therapist, reflection, ShareWish(supervisor=one.id))
    first = await gateway.signed_in(people.supervisor)
    second = await gateway.signed_in(people.other_supervisor)
    return Two(reflection, people, author, first, second)


async def fetch(http: ClientSession, address: str) -> str:
    async with http.get(address) as response:
        assert response.status == 200
        return await response.text()


async def post(http: ClientSession, address: str, **fields: str) -> tuple[int, str, str]:
    async with http.post(address, data=fields, allow_redirects=False) as response:
        return response.status, response.headers.get("Location", ""), await response.text()


async def test_it_is_offered_begun_and_taken_back_on_the_authors_page(two: Two) -> None:
    assert "Let two people read this twice" in await fetch(two.author, two.own)
    for reader in (two.first, two.second):
        assert "one of two" not in await fetch(reader, f"/console/{two.reflection}")
    await two.begin()
    own = await fetch(two.author, two.own)
    assert own.count("not done yet") == 2
    assert "Their labels go into no study" in own
    for reader in (two.first, two.second):
        assert "one of two who read this" in await fetch(reader, f"/console/{two.reflection}")
        assert "labelled 0 of 2" in await fetch(reader, "/console/double-readings")
    await post(two.author, f"{two.own}/double-reading", deed="take_back")
    for reader in (two.first, two.second):
        assert "one of two" not in await fetch(reader, f"/console/{two.reflection}")
        assert "There is none now" in await fetch(reader, "/console/double-readings")
        async with reader.get(two.page) as response:
            assert response.status == 404


async def test_a_choice_that_is_refused_is_still_there(two: Two) -> None:
    same = two.people.other_supervisor.id
    status, _, shown = await post(
        two.author,
        f"{two.own}/double-reading",
        deed="begin",
        first=same,
        second=same,
        for_study="yes",
    )
    assert status == 422
    assert "choose two different people" in shown
    assert shown.count(f'value="{same}" selected') == 2
    assert 'name="for_study" value="yes" checked' in shown


async def test_one_finding_after_another_in_its_words_without_verdict_or_confidence(
    two: Two,
) -> None:
    await two.begin()
    shown = await fetch(two.first, two.page)
    assert "<mark>She</mark> sat &amp; cried &lt;i&gt;at once&lt;/i&gt;." in shown
    assert "0.91" not in shown
    assert "not judged" not in shown
    (address,) = re.findall(r'action="([^"]+/findings/\w+)"', shown)
    status, location, _ = await post(
        two.first, address, opinion="relabel", theme="reduced_investment/missed_sessions"
    )
    assert (status, location) == (303, two.page)
    shown = await fetch(two.first, two.page)
    assert "<mark>sat</mark>" in shown
    assert "the therapist’s own reactions" in shown.lower()
    assert "Labelled: 1 of 2" in shown
    finding = address.rpartition("/")[2]
    back = await fetch(two.first, f"{two.page}?at={finding}")
    assert "You said: another theme" in back
    assert 'value="reduced_investment/missed_sessions" selected' in back
    assert await fetch(two.first, f"{two.page}?at=nowhere") == shown


async def test_what_cannot_be_taken_is_said_on_the_page(two: Two) -> None:
    await two.begin()
    status, _, shown = await post(two.first, f"{two.page}/done")
    assert status == 422
    assert "still wait for your label" in shown
    (address,) = re.findall(r'action="([^"]+/findings/\w+)"', shown)
    status, _, shown = await post(two.first, address, opinion="relabel", theme="no_such")
    assert status == 422
    assert "choose which theme" in shown
    await two.finish(two.first, opinion="agree")
    status, _, shown = await post(two.first, address, opinion="agree")
    assert status == 422
    assert "stay as they are" in shown


async def test_neither_page_names_the_other_before_both_are_done(two: Two) -> None:
    await two.begin()
    await two.finish(two.second, opinion="disagree")
    for address in (two.page, f"/console/{two.reflection}", "/console/double-readings", "/console"):
        assert "other supervisor" not in await fetch(two.first, address)
    waits = await fetch(two.second, two.page)
    assert "You are done." in waits
    assert "labelled" not in waits


async def test_what_differs_stands_side_by_side_and_is_settled_by_two(two: Two) -> None:
    await two.begin()
    await two.finish(two.first, opinion="agree")
    await two.finish(two.second, opinion="disagree")
    shown = await fetch(two.first, two.page)
    assert "you said the same of 0, and something else of 2" in shown
    assert "<dt>other supervisor</dt><dd>no theme</dd>" in shown
    assert "0.91" in shown
    addresses = re.findall(r'action="([^"]+/settled/\w+)"', shown)
    assert len(addresses) == 2
    status, location, _ = await post(two.first, addresses[0], theme="none")
    finding = addresses[0].rpartition("/")[2]
    assert (status, location) == (303, f"{two.page}#finding-{finding}")
    assert "supervisor would settle on: no theme" in await fetch(two.second, two.page)
    await post(two.second, addresses[0], theme="none")
    assert "<dt>Settled</dt><dd><strong>no theme</strong>" in await fetch(two.first, two.page)
    assert "1 to settle" in await fetch(two.first, "/console/double-readings")
    own = await fetch(two.author, two.own)
    assert "they settled on no theme" in own
    status, _, shown = await post(two.first, addresses[1], theme="no_such")
    assert status == 422
    assert "choose which theme" in shown


async def test_a_figure_is_not_shown_of_few(two: Two) -> None:
    await two.begin()
    for http in (two.first, two.second):
        await two.finish(http, opinion="agree")
    shown = await fetch(two.first, "/console/double-readings")
    assert "2 findings in 1 reflection that you both finished" in shown
    assert "appears from 30 findings in 10 reflections on" in shown
    assert "kappa" not in shown


async def test_the_table_is_a_file_with_an_approval_and_without_one_a_page(two: Two) -> None:
    await two.begin(for_study="yes")
    for http in (two.first, two.second):
        await two.finish(http, opinion="agree")
    address = "/console/double-readings.csv"
    async with two.first.post(address, data={"approval": "HREC <12>"}) as response:
        text = await response.text()
        assert response.status == 200
        assert response.content_type == "text/csv"
        assert "attachment" in response.headers["Content-Disposition"]
    assert len(text.splitlines()) == 3
    own = await fetch(two.author, two.own)
    assert "Approval: HREC &lt;12&gt;" in own
    status, _, shown = await post(two.first, address, approval="<" * 201)
    assert status == 422
    assert "at most 200 characters" in shown
    assert f'value="{"&lt;" * 201}"' in shown
    async with two.first.get(address) as response:
        assert response.status in (404, 405)
