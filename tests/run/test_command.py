"""The command line: its help, and what it says when it cannot start."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.trained import model_file
from tests.conftest import free_port
from tests.run.command import ballast, sentence

COMMANDS = ("run", "train", "serve", "link", "chat", "analyse", "keys")


def test_help_lists_every_command() -> None:
    done = ballast("--help")
    assert (done.returncode, done.stderr) == (0, b"")
    for command in COMMANDS:
        assert f"\n  {command} ".encode() in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(command: str) -> None:
    done = ballast(command, "--help")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Usage: " in done.stdout


@pytest.mark.parametrize(
    "arguments", [["fly"], ["run", "--fast"], ["link"], ["link", "administrator"]], ids=str
)
def test_what_is_no_command_is_refused_with_the_usage(arguments: list[str]) -> None:
    done = ballast(*arguments)
    assert done.returncode == 2
    assert b"Usage: " in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("after", "what"), [(0, "the gateway"), (1, "Rasa"), (2, "the action server")]
)
def test_run_names_a_port_that_is_taken(tmp_path: Path, after: int, what: str) -> None:
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + after))
        taken.listen()
        said = sentence(ballast("run", "--no-train", var=tmp_path, port=port))
    assert f"Port {port + after}, which {what} needs, is taken" in said


def test_run_names_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    said = sentence(ballast("run", "--no-train", var=tmp_path / "file", port=free_port()))
    assert str(tmp_path / "file") in said


def test_run_without_a_model_says_how_to_get_one(tmp_path: Path) -> None:
    said = sentence(ballast("run", "--no-train", var=tmp_path, models=tmp_path, port=free_port()))
    assert "make train" in said


@pytest.mark.parametrize("command", [["run", "--no-train"], ["run"], ["analyse"], ["train"]])
def test_no_command_uses_a_model_that_was_tampered_with(tmp_path: Path, command: list[str]) -> None:
    shutil.copytree(Settings().models, tmp_path / "models")
    with model_file(tmp_path / "models").open("ab") as file:
        file.write(b"more")
    said = sentence(
        ballast(*command, var=tmp_path / "var", models=tmp_path / "models", port=free_port())
    )
    assert "not the model that was trained here" in said


def test_serve_names_a_port_that_is_taken(tmp_path: Path) -> None:
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        said = sentence(ballast("serve", var=tmp_path, port=port, rasa_secret="x"))  # noqa: S106
    assert str(port) in said


@pytest.mark.parametrize(
    ("setting", "value"), [("port", "high"), ("port", 70_000), ("country", "South Africa")]
)
def test_a_setting_that_cannot_be_is_named_in_a_sentence(setting: str, value: object) -> None:
    assert f"BALLAST_{setting.upper()}" in sentence(ballast("run", **{setting: value}))


def test_link_prints_a_link_and_nothing_else(tmp_path: Path) -> None:
    port = free_port()
    done = ballast("link", "supervisor", var=tmp_path, port=port, rasa_secret="x")  # noqa: S106
    assert (done.returncode, done.stderr) == (0, b"")
    link = done.stdout.decode().strip()
    assert link.startswith(f"http://localhost:{port}/sign-in#")
    assert len(link.partition("#")[2]) >= 40


def test_chat_without_a_gateway_says_so(tmp_path: Path) -> None:
    done = ballast("chat", "--json", var=tmp_path, port=free_port(), rasa_secret="x")  # noqa: S106
    assert "Nothing answers at" in sentence(done)


@pytest.mark.parametrize("command", [["chat"], ["link", "therapist"]], ids=str)
def test_before_the_first_run_it_is_said_what_to_do(tmp_path: Path, command: list[str]) -> None:
    done = ballast(*command, var=tmp_path, port=free_port())
    assert done.returncode == 0 or "make run" in sentence(done)
