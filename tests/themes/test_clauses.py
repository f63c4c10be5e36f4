"""Sentences and clauses keep the place where they stood, whatever the text is."""

from __future__ import annotations

import random

import pytest

from bot.encoder.sentences import LONGEST_SENTENCE, Span, sentences
from bot.themes.clauses import clauses

PIECES = [
    *["a", "She", "mum", "didn't", "e.g.", "Dr. X", "3.5", "U.S.", "and", "but", "because", "who"],
    *[".", "!", "?", "?!", "...", "…", ",", ";", ":", "(", ")", "-", "–", "—", "’", "“", "”", '"'],
    *[" ", "  ", "\n", "\n\n", "\r\n", "\t", "\x00", "\x07", "\x1b", "\u200b", "\u2028", "\u00a0"],
    *["🙂", "👩‍👧", "é", "e\u0301", "ß", "İ", "日本語。", "العربية", "\ufeff", "∯", "ȸ", "&ᓰ&"],
]


def texts() -> list[str]:
    """Make random text from the same seed each time, so that a failure can be repeated."""
    chance = random.Random(20261123)
    return ["".join(chance.choices(PIECES, k=chance.randint(0, 60))) for _ in range(400)]


def check_spans(message: str, spans: list[Span]) -> None:
    for span in spans:
        assert message[span.start : span.end] == span.text, repr(message)
        assert span.text.strip(), repr(message)


def test_sentences_and_clauses_of_random_text_stand_where_they_say() -> None:
    for message in texts():
        spans = sentences(message)
        check_spans(message, spans)
        for sentence in spans:
            parts = clauses(sentence)
            check_spans(message, parts)
            assert all(sentence.start <= p.start and p.end <= sentence.end for p in parts)


def test_sentences_and_clauses_follow_one_another_without_overlap() -> None:
    for message in texts():
        for spans in [sentences(message), *(clauses(s) for s in sentences(message))]:
            ends = [0, *(span.end for span in spans)]
            assert all(span.start >= end for span, end in zip(spans, ends, strict=False))


def test_no_word_of_ordinary_text_is_lost_between_sentences() -> None:
    message = (
        "She cancelled again. “No idea why,” he said! I was cross (very)…\nWhat now? 🙂 Nothing"
    )
    left = message
    for sentence in sentences(message):
        left = left.replace(sentence.text, "", 1)
    assert not left.strip()


def test_a_stand_in_keeps_its_brackets() -> None:
    (sentence,) = sentences("[person A]'s mum came late again, and [person B], [name], sat there.")
    assert [clause.text for clause in clauses(sentence)] == [
        "[person A]'s mum came late again",
        "[person B], [name], sat there.",
    ]


@pytest.mark.parametrize("blank", ["", " ", "\n\n", "\t \n", "\u00a0"])
def test_blank_text_has_no_sentences(blank: str) -> None:
    assert sentences(blank) == []


def test_a_title_or_a_number_does_not_end_a_sentence() -> None:
    assert len(sentences("She saw Dr. Invented at 3.30 p.m. on the ward.")) == 1


def test_every_line_is_a_sentence_of_its_own() -> None:
    assert [s.text for s in sentences("first line\nsecond line")] == ["first line", "second line"]


@pytest.mark.parametrize("text", ["x" * 2000, "word " * 400, "a, " * 700])
def test_an_endless_sentence_is_cut(text: str) -> None:
    spans = sentences(text)
    check_spans(text, spans)
    assert max(len(span.text) for span in spans) <= LONGEST_SENTENCE
    assert sum(len(span.text.replace(" ", "")) for span in spans) == len(text.replace(" ", ""))


def test_a_clause_ends_where_another_thought_is_joined_on() -> None:
    (sentence,) = sentences("Her mum cancelled again, and I felt my jaw tighten because of it all.")
    assert [clause.text for clause in clauses(sentence)] == [
        "Her mum cancelled again",
        "I felt my jaw tighten",
        "of it all.",
    ]


def test_a_clause_too_short_to_mean_anything_joins_its_neighbour() -> None:
    (sentence,) = sentences("Well, she came late, again, and I said nothing at all.")
    assert clauses(sentence)[0].text.startswith("Well, she came late, again")


def test_a_sentence_of_one_thought_is_one_clause() -> None:
    (sentence,) = sentences("She came late.")
    assert [clause.text for clause in clauses(sentence)] == ["She came late."]
