"""Themes and the words that led to them, as the trained detector finds them."""

from __future__ import annotations

import json
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import numpy as np
import pytest

from bot.encoder.sentences import sentences
from bot.themes.detector import (
    LONGEST_PASSAGE,
    MOST_IN_A_PASSAGE,
    Labelled,
    ThemeDetector,
    _passages,
)
from bot.themes.findings import Theme
from bot.themes.taxonomy import read_taxonomy

EVENING = (
    "Dad refuses to come in and says therapy is a waste of time. She told me that her own father "
    "used to beat her when she was a child. And I am dreading the call I have to make. The room "
    "was painted blue in May."
)
TELLING = {
    Theme.REDUCED_INVESTMENT: "therapy is a waste of time",
    Theme.PARENT_TRAUMA: "her own father used to beat her",
    Theme.COUNTERTRANSFERENCE: "dreading the call",
}


class TookTooLong(AssertionError):
    """More of the processor's time was used than was promised."""


class _TimeIsUp(BaseException):
    """Breaks off the work, wherever it is."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fail as soon as `seconds` of the processor's time are used, whoever else runs here."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise _TimeIsUp

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    except _TimeIsUp:
        raise TookTooLong(f"more than {seconds} s") from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def test_a_theme_is_named_with_the_words_that_tell_it(trained: ThemeDetector) -> None:
    found = {finding.theme: finding for finding in trained.find(EVENING)}
    assert set(found) == set(TELLING)
    for theme, words in TELLING.items():
        assert any(words in evidence.text for evidence in found[theme].evidence), found[theme]


def test_a_message_about_nothing_of_the_kind_has_no_theme(trained: ThemeDetector) -> None:
    assert trained.find("The room was painted blue in May. The new chairs came on Tuesday.") == ()


def test_findings_come_surest_first_with_names_that_the_taxonomy_knows(
    trained: ThemeDetector,
) -> None:
    found = trained.find(EVENING)
    assert [f.confidence for f in found] == sorted((f.confidence for f in found), reverse=True)
    taxonomy = read_taxonomy()
    for finding in found:
        assert 0 <= finding.confidence <= 1
        assert finding.subtheme is None or finding.subtheme in taxonomy[finding.theme].subthemes


def test_every_label_that_was_learnt_is_in_the_taxonomy(trained: ThemeDetector) -> None:
    taxonomy = read_taxonomy()
    known = {t.value for t in Theme} | {f"{t}/{s}" for t in Theme for s in taxonomy[t].subthemes}
    assert set(trained._labels) == known


def test_evidence_lies_in_the_text_and_says_what_stands_there(trained: ThemeDetector) -> None:
    chance = random.Random(7)
    pieces = [*EVENING.split(" "), "🙂", "\n", "\r\n", "\x00", "\u200b", "—", "...", "“", "İ", ";"]
    for _ in range(30):
        message = " ".join(chance.choices(pieces, k=chance.randint(1, 80)))
        for finding in trained.find(message):
            assert finding.evidence
            for evidence in finding.evidence:
                assert message[evidence.start : evidence.end] == evidence.text


@pytest.mark.parametrize("length", [20, 150, 390])
def test_passages_hold_every_sentence_once_and_are_never_cut_by_the_encoder(length: int) -> None:
    spans = sentences(" ".join("x" * length + "." for _ in range(23)))
    passages = _passages(spans)
    assert [span for passage in passages for span in passage] == spans
    for passage in passages:
        assert len(passage) <= MOST_IN_A_PASSAGE
        assert len(passage) == 1 or passage[-1].end - passage[0].start <= LONGEST_PASSAGE


def test_the_same_words_are_found_wherever_they_stand(trained: ThemeDetector) -> None:
    sentence = "Dad refuses to come in and says therapy is a waste of time."
    (first, *_) = trained.find(sentence)[0].evidence
    shifted = "🙂🙂 The room was blue.\n\n" + sentence
    (later, *_) = trained.find(shifted)[0].evidence
    assert later.text == first.text
    assert later.start == first.start + len(shifted) - len(sentence)


@pytest.mark.parametrize("text", ["", " ", "\n", "🙂", "👩‍👧 …", "?", "\x00\x01", "日本語"])
def test_text_without_words_has_no_theme(trained: ThemeDetector, text: str) -> None:
    assert trained.find(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param((EVENING * 40)[:8000], id="account"),
        pytest.param(("she cancelled again and " * 400)[:8000], id="endless"),
        pytest.param("ok? " * 2000, id="questions"),
        pytest.param("a. " * 2666, id="sentences"),
        pytest.param("a\n" * 4000, id="lines"),
        pytest.param("x" * 8000, id="one word"),
        pytest.param("🙂" * 8000, id="emoji"),
        pytest.param("a, " * 2666, id="commas"),
        pytest.param("(" * 8000, id="brackets"),
        pytest.param("." * 8000, id="stops"),
        pytest.param("a." * 4000, id="letters and stops"),
    ],
)
def test_the_longest_message_takes_a_bounded_time(trained: ThemeDetector, text: str) -> None:
    trained.find("Something short, so that everything is loaded.")
    # How fast is measured by `make eval`; this only must not grow out of all bounds, on a machine
    # whose other core works for somebody else.
    with at_most(seconds=3.0):
        trained.find(text)


@pytest.mark.parametrize(
    "text",
    [
        "Her mum cancelled again ten minutes before the session.",
        "Her mum cancelled again ten minutes before the session, the third time this month.",
    ],
)
def test_a_cancelled_session_is_heard_in_the_word_that_tells_it(
    trained: ThemeDetector, text: str
) -> None:
    found = {finding.theme: finding for finding in trained.find(text)}
    assert "cancelled" in found[Theme.REDUCED_INVESTMENT].evidence[0].text


def examples() -> list[Labelled]:
    """Invent enough labelled sentences for a detector of our own."""
    chance = random.Random(3)
    words = {
        "reduced_investment/missed_sessions": "cancelled missed late again no-show appointment",
        "parent_trauma/bereavement": "her own father died loss grief beaten childhood",
        "countertransference/anger_frustration": "I felt cross angry clenched jaw furious",
        "": "the room blue chair window rain kettle bus",
    }
    return [
        Labelled(
            " ".join(chance.choices([*vocabulary.split(), "she", "then"], k=9)),
            frozenset([label] if label else []),
        )
        for label, vocabulary in words.items()
        for _ in range(40)
    ]


def test_a_detector_that_was_saved_finds_the_same_when_it_is_loaded(tmp_path: Path) -> None:
    fresh = ThemeDetector.fit(examples())
    fresh.save(tmp_path)
    loaded = ThemeDetector.load(tmp_path)
    messages = [example.text + ". " + EVENING for example in examples()[::5]]
    found = [fresh.find(message) for message in messages]
    assert any(found)
    assert found == [loaded.find(message) for message in messages]


def test_nothing_in_a_saved_detector_can_run(tmp_path: Path) -> None:
    ThemeDetector.fit(examples()).save(tmp_path)
    for path in tmp_path.iterdir():
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as arrays:
                assert all(arrays[name].dtype.kind == "f" for name in arrays)
        else:
            assert path.suffix == ".json"
            json.loads(path.read_text(encoding="utf-8"))


def test_a_detector_of_another_version_is_refused(tmp_path: Path) -> None:
    ThemeDetector.fit(examples()).save(tmp_path)
    described = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    (tmp_path / "model.json").write_text(json.dumps(described | {"format": 0}), encoding="utf-8")
    with pytest.raises(ValueError, match="another version"):
        ThemeDetector.load(tmp_path)


def test_a_theme_with_too_few_sentences_is_refused_by_name() -> None:
    few = [e for e in examples() if not e.labels] + examples()[:4]
    with pytest.raises(ValueError, match="Too few training sentences for reduced_investment: 4"):
        ThemeDetector.fit(few)
