"""The learned layer of safety: it only adds, asks where unsure, stops where all but sure."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

from bot.safety.concerns import Concern
from bot.safety.detector import LEARNED, ConcernDetector, Told, add_learned, runs_of
from bot.safety.kinds import Kind, Level

WORDS = {kind: f"{kind.value} {kind.value}s danger told tonight nobody knows" for kind in Kind}
DAILY = "the room blue chair window rain kettle bus session late talked"


def _examples() -> list[Told]:
    chance = random.Random(5)
    said = [*WORDS.items()] + [(None, DAILY)] * len(Kind)
    return [
        Told(" ".join(chance.choices(words.split(), k=8)), kind)
        for kind, words in said
        for _ in range(30)
    ]


@pytest.fixture(scope="module")
def detector() -> ConcernDetector:
    return ConcernDetector.fit(_examples())


@pytest.mark.parametrize("kind", Kind)
def test_what_is_all_but_sure_stops_for_its_likeliest_kind(
    detector: ConcernDetector, kind: Kind
) -> None:
    told = f"Tonight nobody knows the danger told, {kind.value}."
    text = f"The room was blue. {told} We talked late by the window. The kettle. Rain."
    (found,) = detector.find(text)
    assert (found.kind, found.level, found.sign) == (kind, Level.CONCERN, LEARNED)
    assert text[found.start : found.end] == told


@pytest.mark.parametrize("kind", Kind)
def test_what_is_only_possible_is_asked_about(detector: ConcernDetector, kind: Kind) -> None:
    found = detector.find(f"The chair, the rain, the kettle, late danger, {kind.value}.")
    assert kind in {concern.kind for concern in found}
    assert {concern.level for concern in found} == {Level.CHECK}


@pytest.mark.parametrize("text", ["", " ", "\n", "🙂", "?", "\x00", "日本語", DAILY])
def test_what_tells_nothing_raises_nothing(detector: ConcernDetector, text: str) -> None:
    assert detector.find(text) == ()


def test_it_adds_to_the_rules_and_takes_nothing_away() -> None:
    ruled = (Concern(Kind.CHILD_AT_RISK, Level.IMMEDIATE, 0, 5, "some_sign"),)
    known = Concern(Kind.CHILD_AT_RISK, Level.CHECK, 0, 9, LEARNED)
    new = Concern(Kind.SUICIDALITY_PARENT, Level.CHECK, 3, 9, LEARNED)
    assert add_learned(ruled, (known, new)) == (*ruled, new)
    assert add_learned(ruled, ()) == ruled


def test_a_detector_that_was_saved_finds_the_same_when_it_is_loaded(
    detector: ConcernDetector, tmp_path: Path
) -> None:
    detector.save(tmp_path)
    loaded = ConcernDetector.load(tmp_path)
    texts = [example.text for example in _examples()[::7]]
    found = [detector.find(text) for text in texts]
    assert any(found)
    assert found == [loaded.find(text) for text in texts]
    for path in tmp_path.iterdir():
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as arrays:
                assert all(arrays[name].dtype.kind == "f" for name in arrays)
        else:
            json.loads(path.read_text(encoding="utf-8"))


def test_daily_work_that_may_be_danger_is_not_learnt_as_safe() -> None:
    assert Told.from_themes("He hit her again.", ["parent_trauma/domestic_violence"]) is None
    assert Told.from_themes("She was late.", []) == Told("She was late.", None)


@pytest.mark.parametrize("intent", ["tell", "talk_to_person", "overwhelmed"])
def test_what_may_tell_of_danger_is_not_learnt_as_safe(intent: str) -> None:
    assert Told.from_intent("I can't go on.", intent) is None
    assert Told.from_intent("Delete this.", "delete") == Told("Delete this.", None)


def test_daily_sentences_are_met_in_runs_too() -> None:
    sentences = ["She was late.", "He drew a house.", "I was tired.", "We had tea.", "It rained."]
    runs = runs_of([Told(sentence, None) for sentence in sentences])
    assert runs == runs_of([Told(sentence, None) for sentence in sentences])
    assert {run.kind for run in runs} == {None}
    counts = {run.text.count(".") for run in runs}
    assert counts == {2, 3, 4}
    assert all(sum(sentence in run.text for sentence in sentences) in counts for run in runs)
