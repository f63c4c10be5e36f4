"""Rasa's DIETClassifier on the same sentences, in its own environment (`setup/diet/`)."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.settings import ROOT
from bot.themes.detector import Labelled

DIET = ROOT / "setup" / "diet"
EPOCHS = 10


def diet_on(
    kept: Path, console: Console, examples: Sequence[Labelled], texts: Sequence[str]
) -> dict[str, Any]:
    """Train DIET on `examples` and give what it says of `texts`, or why it was not run.

    Its answer is kept in the folder `kept` under the hash of what it was asked: it takes longer
    than all the rest together, and its sentences and texts change seldom.
    """
    asked = json.dumps(
        {
            "epochs": EPOCHS,
            "train": [
                {"text": e.text, "labels": sorted({key.partition("/")[0] for key in e.labels})}
                for e in examples
            ],
            "test": list(texts),
        }
    )
    known = kept / f"{hashlib.sha256(asked.encode()).hexdigest()}.json"
    if not known.exists():
        status = _ask(asked, known, console)
        if status != 0:
            console.print("DIET could not be run here; the report says so.")
            return {"not_run": f"exit status {status}"}
    answer: dict[str, Any] = json.loads(known.read_text(encoding="utf-8"))
    return answer


def _ask(asked: str, answered: Path, console: Console) -> int:
    """Run DIET on a task, write its answer, and give the exit status."""
    console.print(f"DIET on TensorFlow, {EPOCHS} epochs; this takes some minutes.")
    with tempfile.TemporaryDirectory() as folder:
        task, answer = Path(folder) / "in.json", Path(folder) / "out.json"
        task.write_text(asked, encoding="utf-8")
        uv = ["uv", "run", "--project", str(DIET), "--python", "3.11", "python"]
        command = [*uv, str(DIET / "diet.py"), str(task), str(answer)]
        done = subprocess.run(command, cwd=folder, check=False)  # noqa: S603 - a fixed command
        if done.returncode == 0:
            answered.parent.mkdir(parents=True, exist_ok=True)
            answered.write_bytes(answer.read_bytes())
    return done.returncode
