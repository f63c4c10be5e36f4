"""Files over HTTP: what a page shows and nothing else, noted, with no name on the outside."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import tempfile
from pathlib import Path

import pytest
from aiohttp import ClientSession
from pypdf import PdfReader
from sqlalchemy import func, select

from bot.conversation.exporting import pdf, table
from bot.conversation.records import Answered, Heard
from bot.conversation.sharing import withdraw_all
from bot.reflection.stages import Question
from bot.storage.audit import Event
from bot.storage.keeping import AuditEntry
from bot.storage.models import ShareView
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot, says
from tests.gateway import Gateway, share_summary, socket_of
from tests.web.conftest import Therapist
from tests.web.test_reflection_page import comment, post

KINDS = ("pdf", "md", "json")
CANARY = "wagtailquartz"
TOLD = f"She sat & cried <script>{CANARY}</script> *at once* [x](javascript:1)."
ASKED = "# How do I speak with her?"
FOUND = Finding(Theme.PARENT_TRAUMA, None, 0.9, (Evidence(0, 7, TOLD[:7]),))


@pytest.fixture
async def shared(gateway: Gateway, therapist: Therapist, bot: ScriptedBot) -> Therapist:
    bot.script = [
        says("Noted.", Answered(Question.DESCRIBE), Heard((FOUND,))),
        says("Noted.", Answered(Question.SUPERVISION_QUESTION)),
    ]
    async with socket_of(therapist.http, therapist.reflection) as socket:
        for words in (TOLD, ASKED):
            await socket.answer_to(await socket.send(words))
    await share_summary(gateway.desk, gateway.people.therapist, therapist.reflection)
    return therapist


@pytest.fixture
async def supervisor(gateway: Gateway) -> ClientSession:
    return await gateway.signed_in(gateway.people.supervisor)


async def take(http: ClientSession, address: str) -> tuple[int, dict[str, str], bytes]:
    async with http.get(address) as response:
        return response.status, dict(response.headers), await response.read()


def text_of(kind: str, made: bytes) -> str:
    if kind == "pdf":
        text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
        return " ".join(text.split())
    return made.decode()


async def exported(gateway: Gateway) -> list[str]:
    async with gateway.desk.sessions() as session:
        query = select(AuditEntry).where(AuditEntry.event == Event.EXPORTED.value)
        query = query.order_by(AuditEntry.number)
        return [entry.details for entry in await session.scalars(query)]


async def views(gateway: Gateway) -> int:
    async with gateway.desk.sessions() as session:
        return await session.scalar(select(func.count()).select_from(ShareView)) or 0


def temporary_files() -> set[Path]:
    return set(Path(tempfile.gettempdir()).iterdir())


def read_all(paths: set[Path]) -> list[bytes]:
    return [path.read_bytes() for path in paths if path.is_file()]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_holds_what_the_page_shows_and_says_what_it_is(
    shared: Therapist, supervisor: ClientSession, kind: str
) -> None:
    page = f"/console/{shared.reflection}"
    await post(supervisor, f"{page}/comments", **comment("Was it <b>sudden</b>?", turn="1"))
    own = f"/reflections/{shared.reflection}"
    for http, address in ((supervisor, page), (shared.http, own)):
        status, headers, made = await take(http, f"{address}/export.{kind}")
        assert status == 200
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Disposition"] == (
            f'attachment; filename="reflection-2026-03-02.{kind}"'
        )
        text = text_of(kind, made)
        for part in ("How do I speak with her?", "sudden", CANARY, "0.9", "on 2 March 2026"):
            assert part in text, part
        for warned in ("a rare story can still be recognised", "A file cannot be taken back"):
            assert warned in text
        assert ("Made for supervisor" if http is supervisor else "Made for therapist") in text


async def test_hostile_words_are_only_words_in_every_kind(
    shared: Therapist, supervisor: ClientSession
) -> None:
    page = f"/console/{shared.reflection}/export"
    markdown = (await take(supervisor, f"{page}.md"))[2].decode()
    assert f"& cried &lt;script>{CANARY}" in markdown
    assert "\\*at once\\* \\[x](javascript:1)" in markdown
    assert "\n\\# How do I speak" in markdown
    assert TOLD in text_of("pdf", (await take(supervisor, f"{page}.pdf"))[2])
    told = json.loads((await take(supervisor, f"{page}.json"))[2])
    assert [one["text"] for one in told["told"]] == [TOLD]
    assert told["summary"]["supervision_question"] == ASKED
    assert "id" not in told


async def test_a_file_is_a_look_and_in_the_audit(
    shared: Therapist, supervisor: ClientSession, gateway: Gateway
) -> None:
    seen, before = await views(gateway), len(await exported(gateway))
    for kind in KINDS:
        assert (await take(supervisor, f"/console/{shared.reflection}/export.{kind}"))[0] == 200
    # Three within ten minutes are one look, and three files.
    assert await views(gateway) == seen + 1
    assert (await exported(gateway))[before:] == [
        f'{{"kind":"{kind}"}}' for kind in ("pdf", "markdown", "json")
    ]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_withdrawn_is_no_file_any_more(
    shared: Therapist, supervisor: ClientSession, gateway: Gateway, kind: str
) -> None:
    address = f"/console/{shared.reflection}/export.{kind}"
    assert (await take(supervisor, address))[0] == 200
    await withdraw_all(gateway.desk, shared.account, shared.reflection)
    gone = await take(supervisor, address)
    absent = await take(supervisor, f"/console/{'0' * 32}/export.{kind}")
    assert (gone[0], gone[2]) == (absent[0], absent[2])
    assert gone[0] == 404


async def test_what_is_withdrawn_while_the_file_is_made_is_not_given(
    shared: Therapist,
    supervisor: ClientSession,
    gateway: Gateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop, made = asyncio.get_running_loop(), pdf._typeset

    def withdrawn_meanwhile(paper):
        doing = withdraw_all(gateway.desk, shared.account, shared.reflection)
        asyncio.run_coroutine_threadsafe(doing, loop).result(10)
        return made(paper)

    monkeypatch.setattr(pdf, "_typeset", withdrawn_meanwhile)
    before = await exported(gateway)
    assert (await take(supervisor, f"/console/{shared.reflection}/export.pdf"))[0] == 404
    assert await exported(gateway) == before


async def test_a_pdf_that_cannot_be_made_is_a_sentence_and_no_export(
    shared: Therapist,
    supervisor: ClientSession,
    gateway: Gateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf, "_LARGEST", 10)
    before = await exported(gateway)
    status, _, told = await take(supervisor, f"/console/{shared.reflection}/export.pdf")
    assert status == 503
    assert "too long for a PDF" in json.loads(told)["text"]
    assert await exported(gateway) == before


async def test_the_page_links_to_the_files_and_says_that_they_stay(
    shared: Therapist, supervisor: ClientSession
) -> None:
    for http, page in (
        (supervisor, f"/console/{shared.reflection}"),
        (shared.http, f"/reflections/{shared.reflection}"),
    ):
        shown = (await take(http, page))[2].decode()
        assert set(re.findall(r'href="([^"]*/export\.\w+)"', shown)) == {
            f"{page}/export.{kind}" for kind in KINDS
        }
        assert "A file cannot be taken back" in shown


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("csv", "text/csv"), ("parquet", "application/vnd.apache.parquet")],
)
async def test_the_table_is_streamed_and_in_the_audit_and_holds_no_word(
    shared: Therapist, supervisor: ClientSession, gateway: Gateway, kind: str, media_type: str
) -> None:
    seen = await views(gateway)
    status, headers, made = await take(supervisor, f"/console/export.{kind}")
    assert status == 200
    assert headers["Content-Type"].startswith(media_type)
    assert headers["Content-Disposition"] == f'attachment; filename="shared-2026-03-02.{kind}"'
    assert headers["Cache-Control"] == "no-store"
    assert "Content-Length" not in headers
    assert CANARY.encode() not in made
    assert made.startswith(b"reflection,therapist,week" if kind == "csv" else b"PAR1")
    assert (await exported(gateway))[-1] == f'{{"kind":"{kind}"}}'
    # No words, so no look.
    assert await views(gateway) == seen


@pytest.mark.parametrize("kind", ["csv", "parquet"])
async def test_a_table_that_breaks_is_cut_off_and_not_short(
    shared: Therapist, supervisor: ClientSession, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    def breaks(*_: object) -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr(table, "_rows", breaks)
    with pytest.raises(Exception, match=r"payload|disconnected|reset|closed"):
        await take(supervisor, f"/console/export.{kind}")


async def test_no_word_is_in_a_log_or_a_temporary_file(
    shared: Therapist,
    supervisor: ClientSession,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    before = temporary_files()
    for kind in KINDS:
        assert CANARY in text_of(
            kind, (await take(supervisor, f"/console/{shared.reflection}/export.{kind}"))[2]
        )
    told = caplog.text + "".join(capfd.readouterr())
    assert CANARY not in told
    assert not any(CANARY.encode() in held for held in read_all(temporary_files() - before))
