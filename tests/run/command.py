"""The real command `ballast`, in a process of its own."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

from bot.settings import ROOT
from tests.databases import database_for, on_postgresql
from tests.sealing import MASTER


def ballast(
    *arguments: str, stdin: bytes | None = None, **environment: object
) -> subprocess.CompletedProcess[bytes]:
    """Run `ballast` to its end, with `BALLAST_...` settings as given and a master key."""
    environment = {"master_key": base64.b64encode(MASTER.value).decode()} | environment
    if on_postgresql() and "var" in environment:
        environment = {"database": database_for(Path(str(environment["var"])))} | environment
    settings = {f"BALLAST_{name.upper()}": str(value) for name, value in environment.items()}
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("BALLAST_") or name == "BALLAST_MODELS"
    }
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments],
        cwd=ROOT,
        env=clean | settings,
        input=stdin or b"",
        capture_output=True,
        timeout=120,
        check=False,
    )


def sentence(done: subprocess.CompletedProcess[bytes]) -> str:
    """The one sentence that a refused command says, without its line breaks."""
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 1, said
    assert "Traceback" not in said, said
    assert done.stderr.startswith(b"Error: "), said
    assert said.count("\n") == 1, said
    return said.removeprefix("Error: ").strip()
