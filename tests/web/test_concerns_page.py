"""The page of concerns and the page of notifications, as a browser without scripts uses them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.conversation.review.concerns import LONGEST_DONE
from bot.safety.kinds import Kind
from bot.storage.concerns import concerns_in
from tests.bots import ScriptedBot
from tests.conftest import until
from tests.conversation.samples import ABOUT_THE_CASE
from tests.gateway import Gateway, People, run_gateway, say, share_summary, start
from tests.notified import MailServer, mail_server

CANARY = "wagtailquartz"
MARKUP = '<script>alert(1)</script> & <b>called</b> "her" {{ 7 * 7 }}'


async def shared_concern(gateway: Gateway, people: People) -> tuple[str, str]:
    """A reflection with one concern that is shared, and the concern's id."""
    reflection = await start(gateway.desk, people.therapist)
    told = f"{ABOUT_THE_CASE[Kind.SUICIDALITY_CHILD]} {CANARY}."
    await say(gateway.desk, people.therapist, reflection, told)
    await share_summary(gateway.desk, people.therapist, reflection)
    async with gateway.desk.sessions() as session:
        ((concern, _),) = await concerns_in(session, [reflection])
    return reflection, concern.id


@pytest.fixture
async def supervisor(standing: Gateway, people: People) -> ClientSession:
    return await standing.signed_in(people.supervisor)


async def text_at(http: ClientSession, path: str) -> str:
    async with http.get(path) as response:
        assert response.status == 200
        return await response.text()


async def test_the_page_tells_of_a_concern_and_leads_to_its_reflection_without_its_words(
    standing: Gateway, people: People, supervisor: ClientSession
) -> None:
    reflection, concern = await shared_concern(standing, people)
    page = await text_at(supervisor, "/console/concerns")
    assert "A child&#39;s suicidality" in page
    assert f'href="/console/{reflection}"' in page
    assert f"/console/concerns/{concern}/acknowledge" in page
    assert "Acknowledging one says that you have seen it, and nothing more." in page
    assert "none was sent about it" in page
    assert "This deployment notifies nobody." in page
    assert CANARY not in page
    async with (await standing.signed_in(people.other_supervisor)).get(
        "/console/concerns"
    ) as response:
        other = await response.text()
    assert concern not in other
    assert reflection not in other


async def test_seen_and_done_are_forms_and_the_therapist_reads_what_was_done(
    standing: Gateway, people: People, supervisor: ClientSession
) -> None:
    reflection, concern = await shared_concern(standing, people)
    deed = f"/console/concerns/{concern}"
    async with supervisor.post(f"{deed}/acknowledge") as response:
        page = await response.text()
        assert (response.status, response.url.path) == (200, "/console/concerns")
    assert "I have seen this" not in page
    assert "by you on" in page
    async with supervisor.post(f"{deed}/done", data={"text": MARKUP}) as response:
        page = await response.text()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;called&lt;/b&gt;" in page
    assert "{{ 7 * 7 }}" in page
    assert "<script>alert" not in page
    assert page.index('id="done"') < page.index(deed)
    therapist = await standing.signed_in(people.therapist)
    async with therapist.get(f"/api/reflections/{reflection}/share") as response:
        (entry,) = (await response.json())["shares"]
    assert entry["concerns"][0]["done"][0]["text"] == " ".join(MARKUP.split())


@pytest.mark.parametrize("typed", ["", "   ", f"{MARKUP} {'x' * LONGEST_DONE}"])
async def test_what_cannot_be_kept_comes_back_in_its_field_with_a_sentence(
    standing: Gateway, people: People, supervisor: ClientSession, typed: str
) -> None:
    _, concern = await shared_concern(standing, people)
    path = f"/console/concerns/{concern}/done"
    async with supervisor.post(path, data={"text": typed}) as response:
        page = await response.text()
        assert response.status == 422
    assert "This was not kept." in page
    assert page.count("<textarea") == 1
    assert "x" * LONGEST_DONE in page or not typed.strip()
    assert "<script>alert" not in page
    page = await text_at(supervisor, "/console/concerns")
    assert "by you on" not in page


async def test_anothers_concern_is_answered_like_one_that_is_not_there(
    standing: Gateway, people: People
) -> None:
    _, concern = await shared_concern(standing, people)
    other = await standing.signed_in(people.other_supervisor)
    for deed in ("acknowledge", "done"):
        answers = []
        for asked in (concern, "0" * 32):
            async with other.post(
                f"/console/concerns/{asked}/{deed}",
                data={"text": "Mine."} if deed == "done" else None,
            ) as response:
                answers.append((response.status, await response.text()))
        assert answers[0] == answers[1]
        assert answers[0][0] == 404


async def test_a_form_of_another_site_writes_nothing(
    standing: Gateway, people: People, supervisor: ClientSession
) -> None:
    _, concern = await shared_concern(standing, people)
    for path in (f"concerns/{concern}/acknowledge", f"concerns/{concern}/done", "notifications"):
        async with supervisor.post(
            f"/console/{path}", headers={"Origin": "https://elsewhere.example"}
        ) as response:
            assert response.status == 403
    assert "by you on" not in await text_at(supervisor, "/console/concerns")


async def test_an_address_that_names_no_place_is_a_sentence(supervisor: ClientSession) -> None:
    async with supervisor.get("/console/concerns?after=nowhere") as response:
        refused = await response.json()
    assert (response.status, refused["text"]) == (400, "The address names no place in the list.")


async def test_without_a_server_the_page_says_that_nobody_is_notified(
    supervisor: ClientSession,
) -> None:
    page = await text_at(supervisor, "/console/notifications")
    assert "This deployment notifies nobody." in page
    assert "Send me a test" not in page
    async with supervisor.post("/console/notifications", data={"deed": "test"}) as response:
        assert response.status == 422
        assert "there is nowhere to send it" in await response.text()


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as running:
        yield running


@pytest.fixture
async def notifying(tmp_path: Path, mail: MailServer) -> AsyncIterator[Gateway]:
    async with run_gateway(tmp_path, ScriptedBot(), **mail.settings) as running:
        yield running


async def test_an_address_is_set_tried_and_written_to_and_the_page_says_what_became_of_it(
    notifying: Gateway, mail: MailServer
) -> None:
    supervisor = await notifying.signed_in(notifying.people.supervisor)
    page = "/console/notifications"
    assert "you have given no address" in await text_at(supervisor, page)
    async with supervisor.post(page, data={"deed": "keep", "address": MARKUP}) as response:
        refused = await response.text()
        assert response.status == 422
    assert "does not look like an e-mail address" in refused
    assert "&lt;script&gt;" in refused
    assert "<script>alert" not in refused
    form = {"deed": "keep", "address": "lead@clinic.example"}
    async with supervisor.post(page, data=form) as response:
        assert "by e-mail to lead@clinic.example" in await response.text()
    async with supervisor.post(page, data={"deed": "test"}) as response:
        assert response.status == 200

    async def is_told() -> bool:
        return "handed to the mail server" in await text_at(supervisor, page)

    await until(is_told, 10)
    _, concern = await shared_concern(notifying, notifying.people)
    await until(lambda: _arrived(mail, 2), 20)
    assert CANARY not in "".join(mail.texts)

    async def is_shown() -> bool:
        told = await text_at(supervisor, "/console/concerns")
        return concern in told and "Whether anybody read it is not known." in told

    await until(is_shown, 10)


async def _arrived(mail: MailServer, many: int) -> bool:
    return len(mail.taken) == many
