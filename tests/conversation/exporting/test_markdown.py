"""Nothing that somebody typed is markup in a file, and all of it is there."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.conversation.exporting.markdown import as_markdown
from bot.conversation.exporting.paper import Paper, heading, item, note, paragraph, quote
from bot.conversation.hearing import writable

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)> &lt;b&gt; &amp;",
    "[me](javascript:alert(1)) ![me](https://example.org/x.png)",
    "*bold* __bold__ ~~gone~~ `code` $x^2$ a\\*b",
    "# heading\n## heading\n- item\n+ item\n1. item\n2) item\n> quote\n---\n===\n***",
    "    code\n\n\tcode\n```\ncode\n```",
    "| a | b |\n|---|---|\n| c | d |",
    "[person A]: https://example.org\n[person A] <https://example.org> me@example.org",
    "a  \nb\\\nc\r\nd\x0be\u2028f",
)
# What a paper's own blocks are made of.
OURS = {"h1", "h2", "p", "br", "ul", "li", "strong", "blockquote", "em"}


def shown(markdown: str) -> tuple[set[str], str]:
    """The tags of the page that a program makes of it, and its text."""
    page = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    html = page.render(markdown)
    return set(re.findall(r"<(\w+)", html)), unescape(re.sub(r"<[^>]*>", " ", html))


def letters(text: str) -> str:
    return "".join(writable(text).split())


@pytest.mark.parametrize("block", [paragraph, item, quote, heading, note])
@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_words_are_shown_as_typed(block, typed: str) -> None:
    tags, text = shown(as_markdown(Paper("Title", [block(typed)])))
    assert tags <= OURS
    assert letters(text) == "Title" + letters(typed)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab1 \n\t*_`#<>&[]()!|~$^\\-+=.:/@\u00a0\u2028é🙂"), max_size=60))
def test_whatever_is_typed_is_no_markup_and_all_of_it_is_there(typed: str) -> None:
    blocks = [paragraph(typed, strong=typed), item(typed, [typed]), quote(typed)]
    tags, text = shown(as_markdown(Paper("Title", blocks)))
    assert tags <= OURS
    assert letters(text) == "Title" + letters(typed) * 5


def test_lines_stay_lines_and_blank_lines_part_paragraphs() -> None:
    assert as_markdown(Paper("T", [paragraph("one\ntwo\n\nthree")])) == (
        "# T\n\none  \ntwo\n\nthree\n"
    )
    assert as_markdown(Paper("T", [item("one", ["two\nthree"]), item("four")])) == (
        "# T\n\n- one  \n  two  \n  three\n- four\n"
    )
