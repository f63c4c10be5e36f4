"""BALLAST_LIBRARY counts for every process, not for the gateway alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.library import LIBRARY
from bot.settings import ROOT

SAYS = "from actions.shelf import shelf; print(shelf().wording.say('thanks')[0])"
CALLS = (
    "from actions.shelf import contacts_of; from bot.safety.contacts import people_to_call; "
    "print(*people_to_call(contacts_of('za')))"
)


@pytest.mark.parametrize(
    ("name", "old", "code"),
    [("answers.yml", "You are welcome.", SAYS), ("safety/contacts/za.yml", "10111", CALLS)],
)
def test_actions_say_what_this_deployments_library_says(
    tmp_path: Path, name: str, old: str, code: str
) -> None:
    shutil.copytree(LIBRARY, tmp_path / "library")
    file = tmp_path / "library" / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, "Local words 4711"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"BALLAST_LIBRARY": str(tmp_path / "library")},
        capture_output=True,
        check=True,
    )
    assert b"Local words 4711" in done.stdout
