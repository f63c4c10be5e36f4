"""A model is used only when it is the one that was trained here, from today's data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.run import model
from bot.run.problems import CannotRun
from bot.trained import model_file

FILES = (
    "config.yml",
    "domain.yml",
    "data/nlu/answers.yml",
    "data/nlu/themes/one.yml",
    "data/rules/rules.yml",
    "data/stories/story.yml",
    "bot/nlu/component.py",
    "bot/themes/detector.py",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a model that was trained here, just now."""
    folder = tmp_path / "models"
    folder.mkdir()
    model_file(folder).write_bytes(b"a trained model")
    model.certify(folder, model.fingerprint())
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in FILES:
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "root"


def test_a_model_that_was_trained_here_is_accepted(folder: Path) -> None:
    assert model.is_current(folder)
    model.check_model(folder)


@pytest.mark.parametrize("content", [b"", b"another model", b"a trained model."])
def test_a_model_that_was_replaced_is_refused(folder: Path, content: bytes) -> None:
    model_file(folder).write_bytes(content)
    for check in (model.is_current, model.check_model):
        with pytest.raises(CannotRun, match="not the model that was trained here"):
            check(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"fingerprint": "x"}', "null"])
def test_a_model_whose_certificate_says_nothing_does_not_count(folder: Path, text: str) -> None:
    (folder / "ballast.json").write_text(text)
    assert not model.is_current(folder)
    with pytest.raises(CannotRun, match="make train"):
        model.check_model(folder)


def test_a_model_without_a_certificate_does_not_count(folder: Path) -> None:
    (folder / "ballast.json").unlink()
    assert not model.is_current(folder)


def test_no_model_is_said_so(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(CannotRun, match="There is no trained model"):
        model.check_model(tmp_path)
    model_file(folder).unlink()
    assert not model.is_current(folder)
    with pytest.raises(CannotRun, match="There is no trained model"):
        model.check_model(folder)


def test_a_model_from_other_data_is_refused(folder: Path) -> None:
    model.certify(folder, "the data of yesterday")
    assert not model.is_current(folder)
    with pytest.raises(CannotRun, match="other data or by other code"):
        model.check_model(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_change_of_what_it_is_learnt_from_is_noticed(root: Path, name: str) -> None:
    before = model.fingerprint(root)
    (root / name).write_text("changed")
    changed = model.fingerprint(root)
    (root / name).unlink()
    assert len({before, changed, model.fingerprint(root)}) == 3
    (root / name).write_text(name)
    assert model.fingerprint(root) == before


def test_moving_text_from_one_file_to_another_is_noticed(root: Path) -> None:
    before = model.fingerprint(root)
    (root / "data/nlu/answers.yml").rename(root / "data/nlu/other.yml")
    assert model.fingerprint(root) != before


def test_other_files_do_not_matter(root: Path) -> None:
    before = model.fingerprint(root)
    (root / "data" / "nlu" / "notes.txt").write_text("anything")
    (root / "bot" / "app.py").write_text("anything")
    assert model.fingerprint(root) == before


def test_the_certificate_holds_hashes_and_nothing_else(folder: Path) -> None:
    written = json.loads((folder / "ballast.json").read_text())
    assert set(written) == {"fingerprint", "sha256"}
    assert all(len(value) == 64 for value in written.values())
