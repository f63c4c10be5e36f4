"""Whatever is said becomes blocks within Slack's limits, and nothing of it is lost."""

from __future__ import annotations

import pytest

from bot.conversation.slack.words import read_slack_words
from bot.slack.blocks import Said, clipped, controls, cut, escaped, length, messages_of
from bot.slack.hearing import written
from tests.slack.mock.blocks import wrong_with_message

WORDS = read_slack_words()
STEP = {
    "text": "Ask what got in the way.",
    "why": "It may be a bus.",
    "say": "What made it hard?",
    "say_to": "parent",
    "source": "Somebody (2001)",
    "awaiting_review": True,
}
FINDING = {
    "theme_name": "Your own reactions",
    "subtheme_name": None,
    "evidence": [{"start": 0, "end": 9, "text": "<!channel> & <@U1> *so* angry"}],
}


def wrong(said: Said) -> list[str]:
    messages = messages_of(WORDS, said)
    messages[-1] += controls(WORDS, said, "a" * 32)
    return [
        fault.sentence
        for blocks in messages
        for fault in wrong_with_message("A line.", blocks, None)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Short.",
        "One sentence. " * 2000,
        "no end " * 3000,
        "x" * 20_000,
        "😀" * 9000,
        "\n\n".join(["A paragraph."] * 3000),
        "<!channel> & <https://clinic.example|clinic>",
    ],
    ids=["short", "sentences", "no sentence", "no space", "emoji", "lines", "markup"],
)
def test_a_text_of_any_kind_is_within_the_limits_and_whole(text: str) -> None:
    said = Said(texts=[text])
    assert not wrong(said)
    told = "".join(block["text"]["text"] for blocks in messages_of(WORDS, said) for block in blocks)
    assert "".join(told.split()) == "".join(text.split())


def test_much_of_everything_is_within_the_limits() -> None:
    said = Said(
        texts=["One sentence. " * 300] * 5,
        notice="Something was masked.",
        findings=[FINDING] * 9,
        steps=[STEP] * 12,
        choices=[{"id": f"/choice{number}", "label": "A label " * 20} for number in range(60)],
        kind="scale",
    )
    assert not wrong(said)


def test_words_of_a_person_mention_nobody() -> None:
    (message,) = messages_of(WORDS, Said(texts=[], findings=[FINDING]))
    quotes = [block["text"]["text"] for block in message if block["type"] == "section"]
    assert any(quote.startswith(">&lt;!channel&gt; &amp; &lt;@U1&gt;") for quote in quotes)


def test_a_long_text_is_cut_at_the_end_of_a_sentence() -> None:
    pieces = list(cut("This is one. This is two. This is three.", 27))
    assert pieces == ["This is one. This is two.", "This is three."]


def test_a_label_is_clipped_and_says_so() -> None:
    assert clipped("x" * 80, 75) == "x" * 74 + "…"
    assert length(clipped("😀" * 80, 75)) <= 75


def test_what_slack_escapes_is_read_as_it_was_typed() -> None:
    assert written(escaped("a < b & b > c")) == "a < b & b > c"
    assert written("see <https://clinic.example|the clinic> and <https://a.example>") == (
        "see the clinic and https://a.example"
    )
