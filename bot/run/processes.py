"""The three processes: how each is started, and how one is kept running."""

from __future__ import annotations

import asyncio
import ctypes
import json
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.run.problems import CannotRun
from bot.run.training import quiet_rasa
from bot.settings import ROOT, Settings
from bot.storage.addresses import address_with_options, is_postgresql
from bot.trained import model_file

_STOP_SECONDS = 8.0
_FIRST_WAIT_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 20.0
# A process that ran this long and then fell is started again at once.
_STEADY_SECONDS = 30.0
# So many falls in a row before anything was well: starting again will not help.
_MOST_FALLS_AT_START = 4
_PR_SET_PDEATHSIG = 1
# Connections to PostgreSQL that Rasa may hold, and in a rush: it asks for one at a time, since its
# queries hold up its loop. As shipped it would take 50 and 100 more, of the 100 that a server has.
_RASA_POOL = "2"


@dataclass(frozen=True)
class Plan:
    """How to start one process."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


def plans(
    settings: Settings, endpoints: Path, listen: str = "127.0.0.1"
) -> tuple[Plan, Plan, Plan]:
    """Give how to start the action server, Rasa and the gateway.

    The first two listen on the address `listen`.
    """
    python = sys.executable
    actions_port = settings.actions_url.rpartition(":")[2]
    rasa_port = settings.rasa_url.rpartition(":")[2]
    return (
        Plan(
            "actions",
            (python, "-m", "rasa_sdk", "--actions", "actions", "--port", actions_port),
            # The action server opens nothing.
            {"LOG_LEVEL": "WARNING", "BALLAST_MASTER_KEY": "", "SANIC_HOST": listen},
        ),
        Plan(
            "rasa",
            (
                *(python, "-m", "rasa", "run", "--interface", listen, "--port", rasa_port),
                *("--model", str(model_file(settings.models))),
                *("--endpoints", str(endpoints)),
                *("--credentials", str(endpoints.with_name("credentials.yml"))),
            ),
            {
                "LOG_LEVEL": "WARNING",
                "LOG_LEVEL_LIBRARIES": "ERROR",
                "SQL_POOL_SIZE": _RASA_POOL,
                "SQL_MAX_OVERFLOW": _RASA_POOL,
                **_master_key(settings),
            },
        ),
        Plan("gateway", (python, "-m", "bot.cli", "serve")),
    )


def _master_key(settings: Settings) -> dict[str, str]:
    key = settings.master_key
    return {"BALLAST_MASTER_KEY": key.get_secret_value()} if key else {}


def write_rasa_files(settings: Settings, secret: str) -> Path:
    """Write what Rasa has to know of this house into `var/run`; give the endpoints file."""
    folder = settings.var / "run"
    folder.mkdir(parents=True, exist_ok=True)
    secret_file = settings.rasa_secret_path
    write_secret(secret_file, secret)
    return tell_rasa(settings, folder, secret_file)


def write_secret(file: Path, secret: str) -> None:
    """Write the secret of gateway and Rasa where only its owner can read it."""
    file.touch(mode=0o600)
    file.write_text(secret, encoding="ascii")


def tell_rasa(settings: Settings, folder: Path, secret_file: Path) -> Path:
    """Write into `folder` where Rasa finds its neighbours; give the endpoints file."""
    (folder / "credentials.yml").write_text(
        f'bot.nlu.channel.GatewayChannel:\n  secret_file: "{secret_file}"\n', encoding="utf-8"
    )
    endpoints = folder / "endpoints.yml"
    # The address of the database may hold a password.
    endpoints.touch(mode=0o600)
    endpoints.chmod(0o600)
    endpoints.write_text(
        f'action_endpoint:\n  url: "{settings.actions_url}/webhook"\n'
        "tracker_store:\n"
        "  type: bot.nlu.stores.sealed.SealedTrackerStore\n"
        f"  url: {json.dumps(_tracker_store(settings))}\n"
        f'  keys: "{settings.keys_folder}"\n'
        f'  master_key_file: "{settings.master_key_path}"\n',
        encoding="utf-8",
    )
    return endpoints


def _tracker_store(settings: Settings) -> str:
    """Give where Rasa keeps conversations: a file of its own, or beside all else in PostgreSQL."""
    if not is_postgresql(settings.database_url):
        return f"sqlite:///{settings.var}/rasa.db"
    return address_with_options(settings.database_url).render_as_string(hide_password=False)


class Kept:
    """One process that is started again whenever it falls."""

    def __init__(self, plan: Plan, logs: Path) -> None:
        """Take the plan and the folder for its log."""
        self.plan = plan
        self._log = logs / f"{plan.name}.log"
        self._process: asyncio.subprocess.Process | None = None
        self._was_well = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    def is_well(self) -> None:
        """Note that the process has been seen to work."""
        self._was_well.set()

    async def keep(self, changed: Callable[[], Awaitable[None] | None]) -> None:
        """Start the process, again and again, until this is cancelled.

        Calls `changed` at each start. Raises `CannotRun` when it never came up.
        """
        wait, falls = _FIRST_WAIT_SECONDS, 0
        try:
            while True:
                started = time.monotonic()
                await self._start()
                changed()
                assert self._process is not None  # noqa: S101 - it was just started
                await self._process.wait()
                if time.monotonic() - started > _STEADY_SECONDS:
                    wait, falls = _FIRST_WAIT_SECONDS, 0
                falls += 1
                if falls >= _MOST_FALLS_AT_START and not self._was_well.is_set():
                    raise CannotRun(f"{self.plan.name} does not start; its log is {self._log}.")
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LONGEST_WAIT_SECONDS)
        finally:
            await self._stop()

    async def _start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.plan.command,
                cwd=ROOT,
                env=quiet_rasa(self.plan.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Its own session: Ctrl-C reaches the house alone, which stops all in order.
                start_new_session=True,
                preexec_fn=_fall_with_the_house if sys.platform == "linux" else None,
            )

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def _fall_with_the_house() -> None:
    """Ask the kernel to end this process when the house is killed without a chance to stop it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
