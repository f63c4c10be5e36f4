"""A library file that is broken stops the start with one sentence that names the place."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.library import LIBRARY
from tests.conftest import free_port
from tests.run.command import ballast, sentence

Change = Callable[[Path], object]


def _replaced(name: str, old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


BROKEN: dict[str, tuple[Change, tuple[str, ...]]] = {
    "not yaml": (
        _replaced("answers.yml", "\nskip:\n", "\nskip: [\n"),
        ("answers.yml", "line "),
    ),
    "a file is missing": (
        lambda folder: (folder / "stages.yml").unlink(),
        ("stages.yml", "missing"),
    ),
    "a key is misspelt": (
        _replaced("questions.yml", "  nudge:", "  nugde:"),
        ("questions.yml", "follow_up", "nudge"),
    ),
    "a question is missing": (
        _replaced("questions.yml", "\nplan:\n", "\nplan_b:\n"),
        ("questions.yml", "plan"),
    ),
    "a question stands in another stage": (
        _replaced("questions.yml", "  stage: describe", "  stage: feel"),
        ("questions.yml", "describe"),
    ),
    "a number in place of words": (
        _replaced("answers.yml", 'say: ["You are welcome."]', "say: 7"),
        ("answers.yml", "thanks", "say"),
    ),
    "a kind of concern without words": (
        _replaced("safety/responses.yml", "  threat_to_therapist:\n", "  threat:\n"),
        ("responses.yml", "threat"),
    ),
    "an unknown placeholder": (
        _replaced("safety/responses.yml", "{contacts:emergency}", "{contacts:nobody}"),
        ("responses.yml", "contacts:nobody"),
    ),
    "a notice that is used is missing": (
        _replaced("notices.yml", "\nnot_kept:", "\nnot_kept_any_more:"),
        ("notices.yml", "not_kept"),
    ),
    "a notice asks for what nobody fills in": (
        _replaced("notices.yml", "{limit}", "{most}"),
        ("notices.yml", "too_long"),
    ),
    "a question asks for what nobody fills in": (
        _replaced("questions.yml", "“{plan}”", "“{intention}”"),
        ("questions.yml", "follow_up"),
    ),
}


def _run(library: Path, var: Path, command: str = "run") -> subprocess.CompletedProcess[bytes]:
    options = ["--no-train"] if command == "run" else []
    who = ["therapist"] if command == "link" else []
    return ballast(command, *options, *who, library=library, var=var, port=free_port())


@pytest.mark.parametrize("name", BROKEN)
def test_the_command_names_file_and_place(tmp_path: Path, name: str) -> None:
    change, wanted = BROKEN[name]
    library = tmp_path / "library"
    shutil.copytree(LIBRARY, library)
    change(library)
    # `link` reads the library as `run` does, and needs no model and no port.
    said = sentence(_run(library, tmp_path / "var", "link"))
    assert not [part for part in wanted if part not in said], said


def test_run_says_the_same_sentence(tmp_path: Path) -> None:
    library = tmp_path / "library"
    shutil.copytree(LIBRARY, library)
    change, wanted = BROKEN["a key is misspelt"]
    change(library)
    said = sentence(_run(library, tmp_path / "var"))
    assert not [part for part in wanted if part not in said], said


def test_a_country_without_contacts_is_named(tmp_path: Path) -> None:
    said = sentence(ballast("link", "therapist", var=tmp_path, country="xx"))
    assert "xx" in said


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    made = ballast("link", "therapist", var=tmp_path, rasa_secret="x")  # noqa: S106
    assert made.returncode == 0, made.stderr
    with sqlite3.connect(tmp_path / "ballast.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    said = sentence(ballast("link", "therapist", var=tmp_path))
    assert "newer version" in said
