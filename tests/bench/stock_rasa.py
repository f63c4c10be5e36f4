"""Stock Rasa to measure against: its environment, its model and its two processes.

The project is `tests/bench/stock/`. The environment is built as Rasa declares it, with real
TensorFlow, in `var/bench/stock/`; the model is trained again when a file of the project changes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiohttp import ClientError, ClientSession
from rich.console import Console

from bot.settings import ROOT
from tests.conftest import free_port

PROJECT = ROOT / "tests" / "bench" / "stock"
PLACE = ROOT / "var" / "bench" / "stock"
_ENVIRONMENT = PLACE / "env"
_MODEL_FILES = ("uv.lock", "config.yml", "domain.yml", "data/*.yml")
# As a therapist may say it, one answer a question of the form.
ANSWERS = (
    "6",
    "about a seven",
    "She cancelled again ten minutes before the session, the third time this month.",
    "Tight chest. I wanted it to be over.",
    "Coming to a clinic may remind her of being a child nobody believed.",
    "He sat in the waiting room with his grandmother and drew.",
    "The first five minutes went well, then she went quiet.",
    "yes",
    "not quite, it was her uncle as well",
    "take 1",
    "Send her two lines saying that I was glad she rang.",
    "How do I stay warm with her?",
    "about a four",
    "Keep",
)
START = "/start_reflection"


def uv() -> str:
    return shutil.which("uv") or str(ROOT / "var" / "tools" / "bin" / "uv")


def _python() -> str:
    """Give a Python that stock Rasa runs on: 3.10, for which it is declared, else 3.11."""
    kept = sorted(Path.home().glob(".pyenv/versions/3.10*/bin/python"))
    for candidate in (*filter(None, [shutil.which("python3.10")]), *map(str, kept)):
        works = subprocess.run([candidate, "-c", "pass"], check=False, capture_output=True)
        if works.returncode == 0:
            return candidate
    return sys.executable if sys.version_info[:2] == (3, 11) else "python3.11"


def _environment() -> dict[str, str]:
    """Give stock's own environment: nothing of ours is on its path."""
    ours = ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE", "UV_PROJECT_ENVIRONMENT")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_HOST": "127.0.0.1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "PYTHONWARNINGS": "ignore",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }


def _model() -> Path:
    digest = hashlib.sha256()
    for pattern in _MODEL_FILES:
        for file in sorted(PROJECT.glob(pattern)):
            digest.update(file.read_bytes())
    return PLACE / "models" / f"{digest.hexdigest()[:16]}.tar.gz"


def prepare(console: Console) -> None:
    """Build the environment and train, where that was not done before."""
    PLACE.mkdir(parents=True, exist_ok=True)
    with console.status("Stock Rasa: building its environment"):
        _run(
            "sync.log",
            *(uv(), "sync", "--project", str(PROJECT), "--frozen", "--compile-bytecode"),
            *("--python", _python()),
            UV_PROJECT_ENVIRONMENT=str(_ENVIRONMENT),
        )
    model = _model()
    if not model.exists():
        with console.status("Stock Rasa: training DIET and TED, some minutes"):
            _run(
                "train.log",
                *(str(_ENVIRONMENT / "bin" / "rasa"), "train", "--force", "--skip-validation"),
                *("--out", str(model.parent), "--fixed-model-name", model.name[:-7]),
            )


def _run(log: str, *command: str, **extra: str) -> None:
    with (PLACE / log).open("wb") as file:
        done = subprocess.run(
            command,
            cwd=PROJECT,
            env=_environment() | extra,
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise SystemExit(f"Stock Rasa could not be made ready; see {PLACE / log}.")


def environment_bytes() -> int:
    """Give the size of the environment on disk."""
    return folder_bytes(_ENVIRONMENT)


def folder_bytes(folder: Path) -> int:
    """Give the size of all files below a folder, each counted once."""
    seen: dict[tuple[int, int], int] = {}
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            about = file.stat()
            seen[about.st_dev, about.st_ino] = about.st_blocks * 512
    return sum(seen.values())


class StockRasa:
    """One running stock Rasa with its action server."""

    def __init__(self, folder: Path) -> None:
        """Start both; they are up when `answers` says so."""
        self._port = free_port()
        self._folder = folder
        endpoints = folder / "endpoints.yml"
        endpoints.write_text(
            f'action_endpoint:\n  url: "http://127.0.0.1:{self._port + 1}/webhook"\n'
            f'tracker_store:\n  type: SQL\n  dialect: sqlite\n  db: "{folder}/rasa.db"\n',
            encoding="utf-8",
        )
        rasa = str(_ENVIRONMENT / "bin" / "rasa")
        self.actions = self._start(
            "actions",
            rasa,
            "run",
            "actions",
            "--actions",
            "actions.walk",
            "-p",
            str(self._port + 1),
        )
        self.rasa = self._start(
            "rasa",
            *(rasa, "run", "--interface", "127.0.0.1", "--port", str(self._port)),
            *("--model", str(_model()), "--endpoints", str(endpoints)),
            *("--credentials", str(PROJECT / "credentials.yml")),
        )

    def _start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        with (self._folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                command, cwd=PROJECT, env=_environment(), stdout=log, stderr=subprocess.STDOUT
            )

    async def say(self, http: ClientSession, sender: str, text: str) -> list[dict[str, object]]:
        """Say something and give what was answered. Raises `ClientError`."""
        url = f"http://127.0.0.1:{self._port}/webhooks/rest/webhook"
        async with http.post(url, json={"sender": sender, "message": text}) as response:
            response.raise_for_status()
            return list(await response.json())

    async def answers(self, http: ClientSession, sender: str) -> bool:
        """Say whether a first message is answered."""
        if self.rasa.poll() is not None:
            raise SystemExit(f"Stock Rasa fell; see {self._folder / 'rasa.log'}.")
        try:
            return bool(await self.say(http, sender, START))
        except ClientError:
            return False

    def stop(self) -> None:
        """Stop both."""
        for process in (self.rasa, self.actions):
            process.terminate()
        for process in (self.rasa, self.actions):
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def running(folder: Path) -> Iterator[StockRasa]:
    """Run a stock Rasa until the block is left."""
    folder.mkdir(parents=True)
    stock = StockRasa(folder)
    try:
        yield stock
    finally:
        stock.stop()
