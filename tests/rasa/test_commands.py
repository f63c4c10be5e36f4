"""Rasa's own commands accept our project, from the repository's root."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot.run.model import check_model
from bot.run.training import quiet_rasa
from bot.settings import ROOT, Settings
from bot.trained import model_file

HERE = Path(__file__).parent
# Rasa reads 20,000 sentences each time, on a machine that may be busy.
pytestmark = pytest.mark.timeout(600)


def rasa(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rasa", *arguments],
        cwd=ROOT,
        env=quiet_rasa({"RASA_TELEMETRY_ENABLED": "false"}),
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )


def test_the_data_is_valid() -> None:
    run = rasa("data", "validate")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "No story structure conflicts found" in run.stdout + run.stderr


def test_rasa_can_tell_whether_it_would_train_again() -> None:
    run = rasa("train", "--dry-run", "--skip-validation")
    # Which of the two depends on Rasa's cache, not on the model that `ballast train` made.
    sentences = {0: "No training of components required", 1: "The model needs to be retrained"}
    assert sentences[run.returncode] in run.stdout + run.stderr
    assert "Traceback" not in run.stderr


def test_our_rules_hold_for_the_test_stories(tmp_path: Path) -> None:
    models = Settings().models
    check_model(models)
    run = rasa(
        *("test", "core", "--stories", str(HERE), "--model", str(model_file(models))),
        *("--out", str(tmp_path), "--fail-on-prediction-errors", "--no-plot"),
    )
    assert run.returncode == 0, run.stdout + run.stderr
    report = json.loads((tmp_path / "story_report.json").read_text(encoding="utf-8"))
    written = [
        story
        for path in HERE.glob("test_*.yml")
        for story in yaml.safe_load(path.read_text(encoding="utf-8"))["stories"]
    ]
    assert report["conversation_accuracy"]["correct"] == len(written)
    assert report["conversation_accuracy"]["total"] == len(written)


def test_a_story_that_our_rules_do_not_tell_fails(tmp_path: Path) -> None:
    """The test above would notice."""
    models = Settings().models
    check_model(models)
    story = {"intent": "start_reflection"}, {"action": "action_close_reflection"}
    content = {"version": "3.1", "stories": [{"story": "wrong", "steps": list(story)}]}
    (tmp_path / "test_wrong.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    run = rasa(
        *("test", "core", "--stories", str(tmp_path), "--model", str(model_file(models))),
        *("--out", str(tmp_path / "out"), "--fail-on-prediction-errors", "--no-plot"),
    )
    assert run.returncode != 0
    assert "action_start_reflection" in run.stdout + run.stderr
