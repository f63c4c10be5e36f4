"""The state machine: anything at any time, and what is seen is what a small model says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT
from tests.faults.machine import run_machine

# A minute or two; `make faults` does forty times as many.
RUNS, STEPS = 50, 50


@pytest.mark.timeout(1500)
def test_whatever_happens_everything_is_there_once_and_seen_by_whom_it_is_meant_for() -> None:
    assert run_machine(RUNS, STEPS, is_repeatable=True) > 0


def test_the_command_prints_a_table_and_writes_what_was_tried(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "tests.faults.run"]
    run = subprocess.run(
        [*command, "--only", "machine", "--share", "0.0005"],
        cwd=ROOT,
        env=os.environ | {"BALLAST_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "state machine" in run.stdout
    found = json.loads((tmp_path / "faults.json").read_text(encoding="utf-8"))
    [machine] = found["faults"]
    assert (machine["name"], machine["lost"], machine["doubled"]) == ("state machine", 0, 0)
    assert machine["tried"] == 1
    assert machine["holds"]
