"""Train the model when what it is learnt from has changed, and show how far it is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bot.run import model
from bot.run.problems import CannotRun
from bot.settings import ROOT, Settings
from bot.trained import NAME

_FINISHED = re.compile(r"Finished training component '(\w+)'")
# The components of config.yml that say when they are done, and the reading of the data.
_STEPS = 4


def quiet_rasa(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the environment in which Rasa runs: no telemetry, no network, few words."""
    return os.environ | {
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "SANIC_HOST": "127.0.0.1",
        "NO_COLOR": "1",
        # One turn at a time per conversation; more threads only get in each other's way.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        **(extra or {}),
    }


def train_if_needed(settings: Settings, console: Console, *, force: bool = False) -> bool:
    """Train a model unless the one that is there fits; say whether it was trained."""
    if not force and model.is_current(settings.models):
        return False
    learnt_from = model.fingerprint()
    log = settings.var / "log" / "train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with (
        Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=console,
        ) as progress,
        log.open("w", encoding="utf-8") as log_file,
    ):
        task = progress.add_task("Training: reading the data", total=_STEPS)
        status = _run_training(settings.models, log_file.write, progress, task)
    if status != 0:
        raise CannotRun(f"Training failed; what Rasa said is in {log}.")
    model.certify(settings.models, learnt_from)
    console.print(f"Trained in {time.monotonic() - started:.0f} s.")
    return True


def _run_training(folder: Path, write: object, progress: Progress, task: object) -> int:
    command = [sys.executable, "-m", "rasa", "train", "--out", str(folder)]
    # `rasa data validate` is a test of ours; here it would read all sentences once more.
    command += ["--fixed-model-name", NAME, "--force", "--skip-validation"]
    with subprocess.Popen(  # noqa: S603 - a fixed command
        command,
        cwd=ROOT,
        env=quiet_rasa(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None  # noqa: S101 - it was asked for above
        for line in process.stdout:
            write(line)  # type: ignore[operator]
            if done := _FINISHED.search(line):
                progress.update(task, advance=1, description=f"Training: {done.group(1)}")  # type: ignore[arg-type]
    return process.returncode
