from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.run.healthy import CHECKS
from bot.settings import ROOT, Settings
from tests.docker.files import DOCKER, copied, images, instructions, is_let_in

HADOLINT = Path(sys.executable).with_name("hadolint")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="hadolint is installed on Linux")


@on_linux
def test_a_linter_finds_nothing() -> None:
    # DL3059 would have one long line instead of exec forms that need no shell.
    done = subprocess.run(
        [HADOLINT, "--ignore", "DL3059", "--failure-threshold", "style", DOCKER / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@on_linux
def test_the_linter_can_find_something(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian\nRUN cd /tmp\nCMD echo hello\n")
    done = subprocess.run(
        [HADOLINT, tmp_path / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert {"DL3006", "DL3003", "DL3025"} <= set(re.findall(r"DL\d+", done.stdout))


@pytest.mark.parametrize("source", [source for source, _ in copied()])
def test_what_is_copied_exists_and_reaches_the_build(source: str) -> None:
    assert (ROOT / source).exists()
    assert is_let_in(source)


@pytest.mark.parametrize(
    "path",
    [
        *("tests", "tests/conftest.py", "var", "models", "docs", ".git", "docker/.env"),
        *("docker/secrets/house/master.key", "setup/diet/diet.py", "bot/__pycache__"),
        *("bot/run/__pycache__/model.cpython-311.pyc", ".venv", "docker/ballast.env"),
    ],
)
def test_no_test_no_cache_and_no_secret_reaches_the_build(path: str) -> None:
    assert not is_let_in(path)


def test_all_that_git_has_of_the_copied_folders_reaches_the_build() -> None:
    folders = [source for source, _ in copied() if (ROOT / source).is_dir()]
    listed = subprocess.run(
        ["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert len(listed) > 300
    assert [path for path in listed if not is_let_in(path)] == []


def test_what_runs_is_no_root_and_needs_no_shell() -> None:
    for stage in ("run", "backups"):
        users = [one.value for one in instructions() if one.stage == stage and one.name == "USER"]
        assert users[-1] == "10001:10001"
    for one in instructions():
        if one.name in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
            assert one.words
            assert one.words[0] not in ("sh", "/bin/sh", "bash", "curl", "wget")


def test_the_image_that_is_built_by_default_is_what_runs() -> None:
    last = instructions()[-1]
    assert (last.name, last.value) == ("FROM", "run AS ballast")


def test_what_others_made_is_pinned() -> None:
    told = [one.value for one in instructions() if one.name == "ARG"]
    assert told == [f"PYTHON_IMAGE={images()['PYTHON_IMAGE']}"]
    froms = {one.value.partition(" AS ")[0] for one in instructions() if one.name == "FROM"}
    assert froms == {"${PYTHON_IMAGE}", "run"}
    for image in images().values():
        assert re.fullmatch(r"docker\.io/library/\w+:\d+(\.\d+)*-[\w-]+", image)
    installs = [one for one in instructions() if "pip" in one.value and "install" in one.value]
    assert any("--require-hashes" in one.words for one in installs if one.stage == "build")
    assert (DOCKER / "uv.txt").read_text().count("--hash=sha256:") > 5
    syncs = [
        one.words for one in instructions() if "uv.txt" not in one.value and '"sync"' in one.value
    ]
    assert len(syncs) == 2
    assert all("--frozen" in words and "--no-dev" in words for words in syncs)


def test_the_model_is_trained_in_the_image_after_all_that_it_is_learnt_from_is_there() -> None:
    order = [one for one in instructions() if one.stage == "build"]
    assert order[-1].words[-2:] == ["/app/.venv/bin/ballast", "train"]


def test_the_commands_exist() -> None:
    for one in instructions():
        if one.name == "CMD" and one.stage in ("run", "backups"):
            done = CliRunner().invoke(main, [*one.words[:2], "--help"])
            assert done.exit_code == 0, done.output
            for option in (word for word in one.words if word.startswith("--")):
                assert option in done.output
        if one.name == "HEALTHCHECK":
            assert one.words[:3] == ["/app/.venv/bin/python", "-m", "bot.run.healthy"]
            assert one.words[3] in CHECKS


def test_every_setting_exists_and_none_is_secret() -> None:
    told = " ".join(one.value for one in instructions() if one.name == "ENV")
    names = re.findall(r"\bBALLAST_(\w+)=", told)
    assert names == ["VAR", "HOST"]
    assert {name.lower() for name in names} <= set(Settings.model_fields)
    assert "RASA_TELEMETRY_ENABLED=false" in told


def test_pinning_writes_each_image_with_its_digest_and_keeps_the_rest(tmp_path: Path) -> None:
    for name in ("pin", "images"):
        (tmp_path / name).write_bytes((DOCKER / name).read_bytes())
    (tmp_path / ".env").write_text("BALLAST_DOMAIN=a.example\nREDIS_IMAGE=old@sha256:0\n")
    programs = tmp_path / "bin"
    programs.mkdir()
    digest = "sha256:" + "ab" * 32
    (programs / "docker").write_text(
        f'#!/bin/sh\n[ "$1" = image ] && echo "docker.io/library/some@{digest}"\nexit 0\n'
    )
    (programs / "docker").chmod(0o755)
    path = {"PATH": f"{programs}:{os.environ['PATH']}"}
    for _ in range(2):
        subprocess.run(["sh", tmp_path / "pin"], env=path, check=True, capture_output=True)
        lines = (tmp_path / ".env").read_text().splitlines()
        assert lines == [
            "BALLAST_DOMAIN=a.example",
            *(f"{name}={image}@{digest}" for name, image in images().items()),
        ]


def test_an_image_without_a_digest_is_not_pinned(tmp_path: Path) -> None:
    for name in ("pin", "images"):
        (tmp_path / name).write_bytes((DOCKER / name).read_bytes())
    (tmp_path / "docker").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "docker").chmod(0o755)
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", tmp_path / "pin"], env=path, check=False, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "has no digest" in done.stderr
    assert not (tmp_path / ".env").exists()
