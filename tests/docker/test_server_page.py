from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.settings import ROOT, Settings
from tests.docker.files import DOCKER, compose

PAGE = (ROOT / "docs" / "administrators" / "server.md").read_text(encoding="utf-8")
BLOCKS = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)).replace("\\\n", " ")
SERVICES = compose()["services"]
COMPOSE_TEXT = (DOCKER / "compose.yml").read_text(encoding="utf-8")


def test_every_file_that_it_names_is_there() -> None:
    named = set(re.findall(r"docker/[\w./-]*\w", PAGE))
    made = {"docker/.env", "docker/ballast.env"} | {
        name for name in named if name.startswith(("docker/secrets", "docker/certificates"))
    }
    assert {"docker/compose.yml", "docker/pin", "docker/helm/ballast"} <= named
    assert [name for name in sorted(named - made) if not (ROOT / name).exists()] == []


def test_every_command_of_ballast_that_it_names_exists() -> None:
    named = set(re.findall(r"`ballast ([a-z-]+)", PAGE)) | set(
        re.findall(r"(?:gateway|backups) ballast ([a-z-]+)", BLOCKS)
    )
    named |= set(re.findall(r"--no-deps (?:backups )?([a-z-]+)", PAGE))
    assert {"first-run", "rasa", "accounts", "backup", "restore", "keys"} <= named
    assert named <= set(main.commands)


@pytest.mark.parametrize("words", re.findall(r"ballast ((?:accounts|backup) [a-z]+)", BLOCKS))
def test_its_options_exist(words: str) -> None:
    line = next(line for line in BLOCKS.splitlines() if f"ballast {words}" in line)
    done = CliRunner().invoke(main, [*words.split(), "--help"])
    assert done.exit_code == 0
    options = re.findall(r" (--[\w-]+)", line.partition(f"ballast {words}")[2])
    assert options
    assert [option for option in options if option not in done.output] == []


def test_every_service_that_it_commands_is_there() -> None:
    for line in BLOCKS.splitlines():
        if found := re.search(r"compose (?:-f \S+ )*(?:exec|restart|stop) ([a-z -]+)", line):
            first = found[1].split()
            asked = first if "stop" in line else first[:1]
            assert set(asked) <= set(SERVICES), line


def test_every_setting_that_it_names_is_one_of_ours_or_of_the_compose_file() -> None:
    for name in re.findall(r"`([A-Z][A-Z_]+[A-Z])", PAGE):
        is_ours = name.removeprefix("BALLAST_").lower() in Settings.model_fields
        in_files = f"{name}" in COMPOSE_TEXT + (DOCKER / ".env.example").read_text()
        assert is_ours or in_files, name


def test_it_says_what_was_not_run() -> None:
    assert "No Docker engine runs where this is developed" in PAGE
    for heading in ("What does not work yet", "What was tried and what was not"):
        assert f"\n## {heading}\n" in PAGE


def test_the_table_has_every_service() -> None:
    rows = "\n".join(re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE))
    assert set(re.findall(r"`([a-z-]+)`", rows)) == set(SERVICES)
