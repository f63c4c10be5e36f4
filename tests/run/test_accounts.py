"""`ballast accounts`: one evening of an administrator, by the command itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main

THERAPIST, SUPERVISOR = "Thandi Mokoena", "Ruth Abrahams"


def _accounts(var: Path, *arguments: str) -> Result:
    # The command itself, without a new process for each of a dozen calls.
    runner = CliRunner(env={"BALLAST_VAR": str(var), "BALLAST_MODELS": str(var)})
    return runner.invoke(main, ["accounts", *arguments])


def _said(var: Path, *arguments: str) -> str:
    done = _accounts(var, *arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_an_evening_of_an_administrator(tmp_path: Path) -> None:
    link = _said(tmp_path, "add", THERAPIST, "--role", "therapist")
    assert link.startswith("http://localhost:8600/sign-in#")
    _said(tmp_path, "add", SUPERVISOR, "--role", "supervisor")
    _said(tmp_path, "team", THERAPIST, "Children's clinic")
    _said(tmp_path, "supervise", THERAPIST.lower(), SUPERVISOR, "--from", "2026-01-01")
    _said(tmp_path, "disable", SUPERVISOR)
    listed = _said(tmp_path, "list").splitlines()
    assert [line.split("\t")[1:] for line in listed] == [
        ["supervisor", SUPERVISOR, "disabled"],
        ["therapist", THERAPIST, f"team Children's clinic; supervised by {SUPERVISOR}"],
    ]
    an_id = listed[1].split("\t")[0]
    assert _said(tmp_path, "link", an_id) != link
    refused = {
        ("add", f" {THERAPIST.upper()}", "--role", "therapist"): "already",
        ("link", SUPERVISOR): "disabled",
        ("enable", "Nobody"): "no account called Nobody",
        ("supervise", SUPERVISOR, THERAPIST): "has to be a therapist",
        ("clinic", THERAPIST, "subject"): "BALLAST_OIDC_ISSUER",
    }
    for arguments, wanted in refused.items():
        done = _accounts(tmp_path, *arguments)
        assert done.exit_code == 1
        assert done.stdout == ""
        said = done.stderr.splitlines()[-1]
        assert said.startswith("Error: ")
        assert wanted in said
    for command in ("enable", "unlock", "link"):
        _said(tmp_path, command, SUPERVISOR)


@pytest.mark.parametrize("arguments", [["add", "X", "--role", "owner"], ["fly"], ["add"]], ids=str)
def test_what_is_no_command_is_refused_with_the_usage(tmp_path: Path, arguments: list[str]) -> None:
    done = _accounts(tmp_path, *arguments)
    assert done.exit_code == 2
    assert "Usage: " in done.stderr
