"""The queue's address is its filter, and a review changes by a form and nothing else."""

from __future__ import annotations

import re

import pytest
from aiohttp import ClientSession
from sqlalchemy import select

from bot.storage.review_tables import ReviewChange
from bot.storage.states import ReviewDeed
from tests.gateway import Gateway, People, share_summary, start


@pytest.fixture
async def shared(standing: Gateway, people: People) -> str:
    reflection = await start(standing.desk, people.therapist)
    await share_summary(standing.desk, people.therapist, reflection)
    return reflection


@pytest.fixture
async def supervisor(standing: Gateway, people: People) -> ClientSession:
    return await standing.signed_in(people.supervisor)


@pytest.mark.parametrize(
    ("address", "is_shown"),
    [
        ("", True),
        ("?therapist=&theme=&concern=&state=&since=&until=", True),
        ("?state=new", True),
        ("?state=closed", False),
        ("?theme=parent_trauma", False),
        ("?concern=any&question=yes&disagreement=yes", False),
        ("?since=2000-01-01&until=2999-12-31", True),
        ("?until=2000-01-01", False),
        ("?therapist=%3Cscript%3Ealert(1)%3C/script%3E", False),
    ],
)
async def test_the_address_says_what_is_shown(
    supervisor: ClientSession, shared: str, address: str, *, is_shown: bool
) -> None:
    async with supervisor.get(f"/console{address}") as response:
        page = await response.text()
    assert response.status == 200
    assert (shared in page) is is_shown
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("theme=no_such", "theme"),
        ("concern=no_such", "concern"),
        ("state=no_such", "state"),
        ("since=yesterday", "since"),
        ("until=9999-12-31", "until"),
        ("question=no", "question"),
        ("after=x", "after"),
        ("<b>nothing</b>=known", "another name"),
        (f"therapist={'x' * 101}", "therapist"),
    ],
)
async def test_what_the_queue_does_not_know_is_a_sentence(
    supervisor: ClientSession, address: str, named: str
) -> None:
    async with supervisor.get(f"/console?{address}") as response:
        refused = await response.json()
    assert (response.status, refused["error"]) == (400, "bad_request")
    assert refused["text"].startswith("The queue cannot be filtered by what the address says as")
    assert refused["text"].endswith(f"as {named}.")


async def test_a_page_of_many_leads_to_those_before(
    standing: Gateway, people: People, supervisor: ClientSession
) -> None:
    for _ in range(51):
        reflection = await start(standing.desk, people.therapist)
        await share_summary(standing.desk, people.therapist, reflection)
    async with supervisor.get("/console?state=new") as response:
        first = await response.text()
    (link,) = [line for line in first.split('"') if line.startswith("/console?state=new&amp;after")]
    async with supervisor.get(link.replace("&amp;", "&")) as response:
        second = await response.text()
    assert (first.count("queue-card"), second.count("queue-card")) == (50, 1)


async def test_a_form_closes_a_review_and_opens_it_again(
    standing: Gateway, supervisor: ClientSession, shared: str
) -> None:
    page = f"/console/{shared}"
    async with supervisor.get(page) as response:
        assert "Sign off" in await response.text()
    async with supervisor.post(f"{page}/state", data={"deed": "signed_off"}) as response:
        assert (response.status, response.url.path) == (200, page)
        assert "Open it again" in await response.text()
    async with supervisor.post(f"{page}/state", data={"deed": "reopened"}) as response:
        assert "Sign off" in await response.text()
    async with standing.desk.sessions() as session:
        its = select(ReviewChange.deed).where(ReviewChange.reflection_id == shared)
        steps = list(await session.scalars(its.order_by(ReviewChange.at)))
    assert steps == [ReviewDeed.OPENED, ReviewDeed.SIGNED_OFF, ReviewDeed.REOPENED]


@pytest.mark.parametrize(
    "body",
    [b"deed=done", b"deed=closed&more=1", b"", b"\xff=closed", b"&".join([b"a=1"] * 40)],
)
async def test_a_form_that_does_not_fit_changes_nothing(
    standing: Gateway, supervisor: ClientSession, shared: str, body: bytes
) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with supervisor.post(
        f"/console/{shared}/state", data=body, headers=headers, allow_redirects=False
    ) as response:
        assert response.status == 400
    async with standing.desk.sessions() as session:
        its = select(ReviewChange).where(ReviewChange.reflection_id == shared)
        assert await session.scalar(its) is None


async def test_a_form_of_another_site_changes_nothing(
    supervisor: ClientSession, shared: str
) -> None:
    async with supervisor.post(
        f"/console/{shared}/state",
        data={"deed": "signed_off"},
        headers={"Origin": "https://elsewhere.example"},
        allow_redirects=False,
    ) as response:
        assert response.status == 403


async def test_a_filter_is_kept_under_a_name_shown_and_removed(
    standing: Gateway, supervisor: ClientSession
) -> None:
    wanted = "theme=parent_trauma&state=new&question=yes"
    name = "New <b>questions</b> & more"
    sent = {"name": name, "query": f"{wanted}&therapist="}
    async with supervisor.post("/console/views", data=sent) as response:
        assert (response.status, str(response.url.query_string)) == (200, wanted)
        page = await response.text()
    assert "New &lt;b&gt;questions&lt;/b&gt; &amp; more" in page
    (address,) = re.findall(r'href="/console\?(\S+)" aria-current="true"', page)
    assert address.replace("&amp;", "&") == wanted
    other = await standing.signed_in(standing.people.other_supervisor)
    (view,) = re.findall(r"/console/views/(\w+)/remove", page)
    for http, is_left in ((other, True), (supervisor, False)):
        async with http.post(f"/console/views/{view}/remove") as response:
            assert response.status == 200
        async with supervisor.get("/console") as response:
            assert ("questions" in await response.text()) is is_left


async def test_a_filter_of_the_same_name_takes_the_place_of_the_other(
    supervisor: ClientSession,
) -> None:
    for query in ("state=new", "state=closed"):
        sent = {"name": "Mine", "query": query}
        async with supervisor.post("/console/views", data=sent) as response:
            page = await response.text()
    assert page.count(">Mine<") == 1
    assert "/console?state=closed" in page


@pytest.mark.parametrize(
    ("name", "said"), [("  ", "1 to 60 characters"), ("x" * 61, "1 to 60 characters")]
)
async def test_a_filter_that_can_not_be_kept_loses_nothing(
    supervisor: ClientSession, name: str, said: str
) -> None:
    sent = {"name": name, "query": "state=new"}
    async with supervisor.post("/console/views", data=sent) as response:
        page = await response.text()
    assert response.status == 422
    assert said in page
    assert f'value="{name}"' in page


async def test_twenty_filters_are_kept_and_no_more(supervisor: ClientSession) -> None:
    for number in range(21):
        sent = {"name": f"View {number}", "query": "state=new"}
        async with supervisor.post("/console/views", data=sent) as response:
            assert response.status == (200 if number < 20 else 422)
    async with supervisor.post("/console/views", data={"name": "x", "query": "no=such"}) as answer:
        assert answer.status == 400
