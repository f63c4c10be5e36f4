"""What is asked, and in which of several wordings."""

from __future__ import annotations

import itertools
import shutil
import string
from pathlib import Path

import pytest
import yaml

from bot.library import LIBRARY, LibraryError
from bot.reflection.stages import Question, Stage, kind_of
from bot.reflection.wording import QuestionWords, read_wording

WORDING = read_wording()
# What actions fill into the wording of a question (`filled_in` in actions/ask.py).
PLACEHOLDERS = {"follow_up": {"plan"}, "verdict": {"words", "theme"}, "step_adaptation": {"step"}}


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A copy of the three files that hold wordings, to be spoilt."""
    for name in ("questions.yml", "answers.yml", "stages.yml"):
        shutil.copy(LIBRARY / name, tmp_path / name)
    return tmp_path


def spoil(path: Path, change) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


@pytest.mark.parametrize("question", list(Question))
def test_ten_reflections_in_a_row_bring_no_wording_twice_running(question: Question) -> None:
    words = WORDING.of(question)
    met = [words.variant(number) for number in range(10)]
    assert all(one != next_one for one, next_one in itertools.pairwise(met))


@pytest.mark.parametrize("question", list(Question))
def test_every_wording_is_met_in_time(question: Question) -> None:
    words = WORDING.of(question)
    met = {words.variant(number) for number in range(len(words.first) + len(words.returning))}
    assert met == {*words.first, *words.returning}


@pytest.mark.parametrize("question", list(Question))
def test_somebody_new_meets_the_full_wording_and_somebody_who_returns_no_longer_one(
    question: Question,
) -> None:
    words = WORDING.of(question)
    assert words.variant(0) == words.first[0]
    assert max(map(len, words.returning)) <= max(map(len, words.first))


@pytest.mark.parametrize(("name", "words"), WORDING.questions.items())
def test_wordings_name_only_what_is_filled_in(name: str, words: QuestionWords) -> None:
    for text in (*words.first, *words.returning, words.again):
        named = {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
        assert named <= PLACEHOLDERS.get(name, set()), text
    for text in (words.nudge, words.why, words.example):
        assert "{" not in text, text


@pytest.mark.parametrize(("name", "words"), WORDING.questions.items())
def test_a_question_says_that_it_can_be_skipped_when_it_nudges(
    name: str, words: QuestionWords
) -> None:
    assert "“skip” is fine" in words.nudge


def test_every_kind_of_question_and_every_stage_has_its_words() -> None:
    assert set(WORDING.stages) == set(Stage)
    assert all(WORDING.of(question).kind is kind_of(question) for question in Question)


@pytest.mark.parametrize("entry", ["feel", "verdict", "ending"])
def test_a_question_without_words_is_named(library: Path, entry: str) -> None:
    spoil(library / "questions.yml", lambda content: content.pop(entry))
    with pytest.raises(LibraryError, match=f"no entry for .*{entry}"):
        read_wording(library)


def test_a_stage_without_words_is_named(library: Path) -> None:
    spoil(library / "stages.yml", lambda content: content.pop("child"))
    with pytest.raises(LibraryError, match="no entry for child"):
        read_wording(library)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"stage": "plan"}, "stage and kind must be feel and free"),
        ({"kind": "scale"}, "stage and kind must be feel and free"),
        ({"first": []}, "feel > first"),
        ({"why": "  "}, "feel > why"),
        ({"wyh": "A misspelt key."}, "feel > wyh"),
    ],
)
def test_a_question_that_is_not_as_it_should_be_is_named_with_its_place(
    library: Path, change: dict[str, object], complaint: str
) -> None:
    spoil(library / "questions.yml", lambda content: content["feel"].update(change))
    with pytest.raises(LibraryError, match=complaint):
        read_wording(library)


def test_a_missing_file_and_broken_yaml_are_named(library: Path) -> None:
    (library / "answers.yml").write_text("opening: [", encoding="utf-8")
    with pytest.raises(LibraryError, match=r"answers\.yml: line \d"):
        read_wording(library)
    (library / "answers.yml").unlink()
    with pytest.raises(LibraryError, match=r"answers\.yml: the file is missing"):
        read_wording(library)
