"""The page on which a reflection is read and written about: forms, refusals, and what they keep."""

from __future__ import annotations

import html
import re

import pytest
from aiohttp import ClientSession

from bot.conversation.records import Answered, Heard
from bot.reflection.stages import Question
from bot.storage.columns import new_id
from bot.themes.findings import Evidence, Finding, Theme
from bot.web.keys import SENDING_LIMIT
from tests.bots import ScriptedBot, says
from tests.conversation.samples import DANGER
from tests.gateway import Gateway, share_summary, socket_of
from tests.web.conftest import Therapist

TOLD = "She sat & cried <i>at once</i>."
FOUND = Finding(Theme.PARENT_TRAUMA, None, 0.9, (Evidence(0, 3, TOLD[:3]),))


@pytest.fixture
async def shared(gateway: Gateway, therapist: Therapist, bot: ScriptedBot) -> Therapist:
    bot.script = [says("Noted.", Answered(Question.DESCRIBE), Heard((FOUND,)))]
    async with socket_of(therapist.http, therapist.reflection) as socket:
        await socket.answer_to(await socket.send(TOLD))
    await share_summary(gateway.desk, gateway.people.therapist, therapist.reflection)
    return therapist


@pytest.fixture
async def supervisor(gateway: Gateway) -> ClientSession:
    return await gateway.signed_in(gateway.people.supervisor)


async def fetch(http: ClientSession, address: str) -> str:
    async with http.get(address) as response:
        assert response.status == 200
        return await response.text()


async def post(http: ClientSession, address: str, **fields: str) -> tuple[int, str, str]:
    async with http.post(address, data=fields, allow_redirects=False) as response:
        return response.status, response.headers.get("Location", ""), await response.text()


def comment(text: str, **fields: str) -> dict[str, str]:
    return {"client_id": new_id(), "text": text} | fields


async def test_a_comment_leads_back_to_its_place_and_both_read_it(
    shared: Therapist, supervisor: ClientSession
) -> None:
    page = f"/console/{shared.reflection}"
    sent = comment("Was it <b>sudden</b>?", turn="1", passage="cried <i>at")
    status, location, _ = await post(supervisor, f"{page}/comments", **sent)
    assert (status, location) == (303, f"{page}#turn-1")
    for http, address in ((supervisor, page), (shared.http, f"/reflections/{shared.reflection}")):
        shown = await fetch(http, address)
        assert "Was it &lt;b&gt;sudden&lt;/b&gt;?" in shown
        assert "<blockquote>cried &lt;i&gt;at</blockquote>" in shown
        assert "<b>sudden" not in shown


async def test_what_is_refused_is_still_in_its_field(
    shared: Therapist, supervisor: ClientSession
) -> None:
    sent = comment("Was it <sudden>?", turn="1", passage="never said")
    status, _, shown = await post(supervisor, f"/console/{shared.reflection}/comments", **sent)
    assert status == 422
    assert "do not stand in that message" in shown
    assert "Was it &lt;sudden&gt;?</textarea>" in shown
    assert 'value="never said"' in shown
    # Once, and with the same id, so that sending it again is the same comment.
    assert shown.count(sent["client_id"]) == 1
    assert shown.count('<details class="more" open>') == 1


async def test_sending_too_fast_keeps_the_words(
    shared: Therapist,
    supervisor: ClientSession,
    gateway: Gateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gateway.server.app[SENDING_LIMIT], "_size", 0.0)
    status, _, shown = await post(
        supervisor, f"/console/{shared.reflection}/comments", **comment("Two.")
    )
    assert status == 422
    assert "faster than I can take them" in shown
    assert "Two.</textarea>" in shown


async def test_danger_in_a_comment_is_answered_before_all_else(shared: Therapist) -> None:
    page = f"/reflections/{shared.reflection}"
    status, _, shown = await post(shared.http, f"{page}/comments", **comment(DANGER))
    assert status == 200
    assert "This comes first" in shown
    assert "10111" in shown
    assert html.escape(DANGER, quote=False) in html.unescape(shown).replace("&#39;", "'")


async def test_a_label_is_kept_and_leads_back_to_its_finding(
    shared: Therapist, supervisor: ClientSession
) -> None:
    page = f"/console/{shared.reflection}"
    (finding,) = re.findall(r'id="finding-(\w+)"', await fetch(supervisor, page))
    address = f"{page}/findings/{finding}"
    status, location, _ = await post(
        supervisor, address, opinion="relabel", theme="countertransference/rescue"
    )
    assert (status, location) == (303, f"{page}#finding-{finding}")
    assert "supervisor: rather" in await fetch(shared.http, f"/reflections/{shared.reflection}")
    for wrong in ("", "no_such", "parent_trauma/no_such", "parent_trauma/a/b"):
        status, _, shown = await post(supervisor, address, opinion="relabel", theme=wrong)
        assert status == 422
        assert "choose which theme" in shown
    assert (await post(supervisor, address, opinion="agree", theme="whatever"))[0] == 303


async def news(of: Therapist) -> tuple[int, bool]:
    async with of.http.get("/api/reflections") as response:
        listed = (await response.json())["reflections"]
    (one,) = [each for each in listed if each["id"] == of.reflection]
    return one["unread"], one["is_asked"]


async def test_asking_for_more_shows_to_the_therapist_in_list_and_page(
    shared: Therapist, supervisor: ClientSession
) -> None:
    page = f"/console/{shared.reflection}"
    await post(supervisor, f"{page}/comments", **comment("What then?", asks="yes"))
    assert "waiting for the therapist" in await fetch(supervisor, "/console?state=waiting")
    assert await news(shared) == (1, True)
    own = f"/reflections/{shared.reflection}"
    assert "supervisor asked you for more" in html.unescape(await fetch(shared.http, own))
    await post(shared.http, f"{own}/comments", **comment("He went home."))
    assert await news(shared) == (0, False)
    assert "wrote to you" in await fetch(supervisor, "/console?state=in_review")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"text": "Yes."},
        {"client_id": "short", "text": "Yes."},
        {"client_id": "0123456789", "text": "Yes.", "turn": "one"},
        {"client_id": "0123456789", "text": "Yes.", "asks": "maybe"},
        {"client_id": "0123456789", "text": "Yes.", "more": "of it"},
    ],
)
async def test_a_form_that_is_not_ours_is_refused(
    shared: Therapist, supervisor: ClientSession, fields: dict[str, str]
) -> None:
    status, _, told = await post(supervisor, f"/console/{shared.reflection}/comments", **fields)
    assert status == 400
    assert "bad_request" in told


async def test_a_browser_is_told_what_was_refused_on_a_page(
    gateway: Gateway, supervisor: ClientSession
) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    visitor = await gateway.visitor()
    for http, address, status, said in (
        (visitor, "/console", 401, "Signed out"),
        (supervisor, f"/console/{new_id()}", 404, "nothing here that you can open"),
        (supervisor, "/console?state=no_such", 400, "cannot be filtered"),
        (supervisor, "/no/such/place", 404, "nothing here that you can open"),
    ):
        async with http.get(address, headers=browser) as response:
            page = await response.text()
        assert (response.status, response.content_type) == (status, "text/html"), address
        assert said in page
        async with http.get(address) as response:
            assert response.content_type == "application/json"
