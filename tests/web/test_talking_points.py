"""The page of talking points: choosing, leaving out, own lines, files; without script."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Sequence

import pytest
from aiohttp import ClientSession
from pypdf import PdfReader

from bot.storage.columns import new_id
from tests.gateway import Gateway
from tests.web.conftest import Therapist
from tests.web.test_export import ASKED, CANARY, shared, supervisor, take
from tests.web.test_reflection_page import comment, post

__all__ = ["shared", "supervisor"]

OWN = "Holidays <b>soon</b>\n\n*Rota*"


async def send(
    http: ClientSession, address: str, own: str = "", leave: Sequence[str] = ()
) -> tuple[int, str, bytes]:
    fields = [("own", own), *(("leave", one) for one in leave)]
    async with http.post(address, data=fields, allow_redirects=False) as response:
        return response.status, response.content_type, await response.read()


@pytest.fixture
def of_supervisor(gateway: Gateway) -> str:
    return f"/console/talking-points?therapist={gateway.people.therapist.id}"


async def test_one_chooses_among_those_who_share(
    shared: Therapist, supervisor: ClientSession, gateway: Gateway
) -> None:
    people = gateway.people
    for http, address, other in (
        (supervisor, "/console/talking-points", people.therapist),
        (shared.http, "/talking-points", people.supervisor),
    ):
        shown = (await take(http, address))[2].decode()
        assert f'<option value="{other.id}">' in shown
        assert 'aria-current="page">Talking points' in shown
    nobody = await gateway.signed_in(people.other_supervisor)
    assert (
        "Nothing is shared with you now"
        in (await take(nobody, "/console/talking-points"))[2].decode()
    )


async def test_each_line_links_to_its_place_on_the_reading_page(
    shared: Therapist, supervisor: ClientSession, of_supervisor: str
) -> None:
    page = f"/console/{shared.reflection}"
    sent = comment("Was it sudden?", turn="1", passage="She sat")
    await post(supervisor, f"{page}/comments", **sent)
    shown = (await take(supervisor, of_supervisor))[2].decode()
    assert ASKED in html.unescape(shown)
    links = re.findall(rf'href="{page}#([\w-]+)"', shown)
    there = (await take(supervisor, page))[2].decode()
    assert len(links) == 2
    assert all(f'id="{place}"' in there for place in links)


async def test_own_lines_and_boxes_come_back_and_are_in_no_address(
    shared: Therapist, supervisor: ClientSession, of_supervisor: str
) -> None:
    left = f"question-{shared.reflection}"
    status, _, made = await send(supervisor, of_supervisor, OWN, [left, "no-such"])
    shown = made.decode()
    assert status == 200
    assert f'value="{left}" checked' in shown
    assert shown.count("Holidays &lt;b&gt;soon&lt;/b&gt;") == 2  # as a line, and in its field
    assert "Holidays" not in "".join(re.findall(r'(?:href|action)="[^"]*"', shown))
    # Nothing was kept of it.
    assert "Holidays" not in (await take(supervisor, of_supervisor))[2].decode()


@pytest.mark.parametrize("kind", ["md", "pdf"])
async def test_files_hold_own_lines_and_not_what_was_left_out(
    shared: Therapist, supervisor: ClientSession, gateway: Gateway, kind: str
) -> None:
    people, left = gateway.people, f"question-{shared.reflection}"
    for http, address in (
        (supervisor, f"/console/talking-points/export.{kind}?therapist={people.therapist.id}"),
        (shared.http, f"/talking-points/export.{kind}?supervisor={people.supervisor.id}"),
    ):
        texts = []
        for leave in ([], [left]):
            status, _, made = await send(http, address, OWN, leave)
            assert status == 200
            if kind == "pdf":
                pages = PdfReader(io.BytesIO(made)).pages
                made = " ".join(page.extract_text() for page in pages).encode()
            texts.append(" ".join(made.decode().split()))
        # Others of this therapist's are asked about too.
        asked = [text.count("How do I speak with her?") for text in texts]
        assert asked[0] == asked[1] + 1
        bold = "Holidays &lt;b>soon" if kind == "md" else "Holidays <b>soon</b>"
        for text in texts:
            assert bold in text
            assert "A file cannot be taken back" in text


async def test_own_lines_that_are_too_long_are_still_in_their_field(
    shared: Therapist, supervisor: ClientSession, of_supervisor: str
) -> None:
    file = of_supervisor.replace("?", "/export.pdf?")
    for address in (of_supervisor, file):
        left = f"question-{shared.reflection}"
        status, kind, made = await send(supervisor, address, CANARY * 400, [left])
        assert (status, kind) == (422, "text/html")
        assert CANARY * 400 in made.decode()
        assert f'value="{left}" checked' in made.decode()
        assert "longer than 4000 characters" in made.decode()


async def test_many_boxes_are_taken_and_too_many_refused(
    shared: Therapist, supervisor: ClientSession, of_supervisor: str
) -> None:
    assert (await send(supervisor, of_supervisor, leave=[new_id()] * 1000))[0] == 200
    assert (await send(supervisor, of_supervisor, leave=[new_id()] * 1300))[0] == 400


async def test_whoever_is_not_there_and_whoever_shares_nothing_look_alike(
    shared: Therapist, supervisor: ClientSession, gateway: Gateway
) -> None:
    others = gateway.people.other_therapist.id
    answers = {
        (await take(supervisor, f"/console/talking-points?therapist={one}"))[::2]
        for one in (others, new_id(), "x" * 3000)
    }
    assert {status for status, _ in answers} == {404}
    assert len(answers) == 1
    address = f"/console/talking-points?therapist={gateway.people.therapist.id}&since=soon"
    assert (await take(supervisor, address))[0] == 400
