"""PDFs: every language, no markup, tagged, bounded, and nothing of them on the disk."""

from __future__ import annotations

import asyncio
import io
import subprocess
import tempfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from bot.conversation.exporting import pdf
from bot.conversation.exporting.paper import Paper, heading, item, note, paragraph, quote
from bot.conversation.exporting.pdf import CannotTypeset, Typesetting
from tests.conversation.exporting.test_markdown import HOSTILE

NAMES = (
    "Nokuthula Dlamini-Mahlangu, Thandiwe Ṱhivhilaeli, D’Oliveira, Êrika Gűnther",
    "Ксения Щербакова",
    "Αγγελική Παπαδοπούλου",
    "Łukasz Żółć, Đorđe Šćepanović",
)
ODD = (
    "She 🙂 left 👨‍👩‍👧",
    "سلمى محمود",
    "日本語",
    "a" + "\u0301" * 500,
    "\u202eback\u202c",
    "\x00\x1b",
)


async def read(*blocks, title: str = "Reflection of 2 March 2026") -> PdfReader:
    return PdfReader(io.BytesIO(await Typesetting().as_pdf(Paper(title, blocks))))


def text_of(found: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in found.pages)


async def test_names_of_many_languages_can_be_read_and_copied() -> None:
    found = text_of(await read(*map(paragraph, NAMES)))
    assert [name for name in NAMES if name not in found] == []


@pytest.mark.parametrize("odd", ODD)
async def test_what_no_font_has_is_no_fault(odd: str) -> None:
    found = await read(paragraph(f"before {odd} after"))
    assert "before" in text_of(found)
    assert "after" in text_of(found)
    assert found.trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize("typed", [*HOSTILE, '#panic() #read("/etc/passwd") @x $x$ // /* \\u{41}'])
async def test_hostile_words_are_shown_as_typed(typed: str) -> None:
    found = "".join(text_of(await read(paragraph(typed), quote(typed), item(typed))).split())
    assert found.count("".join(line for part in typed.splitlines() for line in part.split())) >= 2


async def test_it_has_a_title_a_language_tags_and_headings() -> None:
    found = await read(note("Made."), heading("Themes"), item("one"), item("two"), quote("three"))
    root = found.trailer["/Root"]
    assert found.metadata is not None
    assert found.metadata.title == "Reflection of 2 March 2026"
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    # Held against PDF/UA-1 while it was made.
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert [entry["/Title"] for entry in found.outline] == ["Themes"]


async def test_a_whole_reflection_of_the_longest_messages_is_made() -> None:
    longest = ("She looked away and I talked faster. " * 300)[:8000]
    found = await read(*[paragraph(longest)] * 60)
    assert len(found.pages) > 50


async def test_a_word_wider_than_the_page_is_not_lost() -> None:
    found = "".join(text_of(await read(paragraph("x" * 3000))).split())
    assert found.count("x") == 3000


async def test_what_is_too_long_is_refused_before_it_is_tried() -> None:
    with pytest.raises(CannotTypeset) as refused:
        await Typesetting().as_pdf(Paper("x", [paragraph("a\n" * 40_000)]))
    assert refused.value.notice == "export_long"


async def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_SECONDS", 0.01)
    with pytest.raises(CannotTypeset) as refused:
        await Typesetting().as_pdf(Paper("x", [paragraph("a")]))
    assert refused.value.notice == "export_long"


async def test_more_than_the_bound_are_not_let_wait() -> None:
    typesetting = Typesetting()
    paper = Paper("x", [paragraph("a")])
    made = await asyncio.gather(
        *(typesetting.as_pdf(paper) for _ in range(12)), return_exceptions=True
    )
    refused = [one for one in made if isinstance(one, CannotTypeset)]
    assert len(refused) == 4
    assert {one.notice for one in refused} == {"busy"}
    assert await typesetting.as_pdf(paper)


def temporary_files() -> set[Path]:
    return set(Path(tempfile.gettempdir()).iterdir())


def holds(path: Path, words: bytes) -> bool:
    return path.is_file() and words in path.read_bytes()


async def test_no_word_lies_in_a_file_and_no_key_is_handed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, given = temporary_files(), []
    run = subprocess.run

    def noted(*command, **more):
        given.append(more["env"])
        return run(*command, **more)

    monkeypatch.setattr(pdf.subprocess, "run", noted)
    assert "wagtailquartz" in text_of(await read(paragraph("wagtailquartz")))
    assert given == [{}]
    assert not any(holds(path, b"wagtailquartz") for path in temporary_files() - before)
