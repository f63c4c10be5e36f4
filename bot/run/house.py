"""Start everything, wait until it is well, print where it is, and watch it until Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
from contextlib import suppress
from functools import partial
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout
from rich.console import Console

from bot.app import open_desk
from bot.conversation.accounts import make_demonstration_accounts, make_link
from bot.conversation.bot import AbsentBot
from bot.conversation.desk import Desk
from bot.run import preflight
from bot.run.model import check_model
from bot.run.problems import CannotRun
from bot.run.processes import Kept, plans, write_rasa_files
from bot.run.training import train_if_needed
from bot.settings import Settings

_START_SECONDS = 120.0
_LOOK_EVERY_SECONDS = 0.3


async def run_house(settings: Settings, console: Console, *, may_train: bool = True) -> None:
    """Run the house until it is told to stop. Raises `CannotRun` with a sentence."""
    preflight.check_python()
    preflight.check_room(settings.var)
    for port, what in (
        (settings.port, "the gateway"),
        (int(settings.rasa_url.rpartition(":")[2]), "Rasa"),
        (int(settings.actions_url.rpartition(":")[2]), "the action server"),
    ):
        preflight.check_port(settings.host, port, what)
    if may_train:
        train_if_needed(settings, console)
    check_model(settings.models)
    logs = settings.var / "log"
    logs.mkdir(parents=True, exist_ok=True)
    endpoints = write_rasa_files(settings, _secret(settings))
    # Checks the library and brings the database up to date before anything else needs it.
    told = partial(_print_master_key, console)
    async with open_desk(settings, lambda _: AbsentBot(), on_first_start=told) as (desk, http):
        kept = [Kept(plan, logs) for plan in plans(settings, endpoints)]
        async with asyncio.TaskGroup() as group:
            stop = asyncio.create_task(_wait_for_a_signal())
            keeping = [
                group.create_task(one.keep(lambda: _write_pids(settings, kept))) for one in kept
            ]
            try:
                with console.status("Starting"):
                    await _wait_until_well(settings, http, stop)
                for one in kept:
                    one.is_well()
                if not stop.done():
                    await _print_where(desk, console)
                await stop
            finally:
                stop.cancel()
                for task in keeping:
                    task.cancel()
    console.print("Stopped.")


def _secret(settings: Settings) -> str:
    if settings.rasa_secret is not None:
        return settings.rasa_secret.get_secret_value()
    return secrets.token_urlsafe(32)


def _write_pids(settings: Settings, kept: list[Kept]) -> None:
    pids = {one.plan.name: one.pid for one in kept}
    (settings.var / "run" / "processes.json").write_text(json.dumps(pids), encoding="ascii")


async def _wait_for_a_signal() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    await told.wait()


async def _wait_until_well(
    settings: Settings, http: ClientSession, stop: asyncio.Task[None]
) -> None:
    """Wait until all parts are up, or somebody wants to stop."""
    url = f"http://{settings.host}:{settings.port}/healthz"
    state = "nothing answers yet"
    try:
        async with asyncio.timeout(_START_SECONDS):
            while not stop.done():
                with suppress(ClientError, TimeoutError):
                    async with http.get(url, timeout=ClientTimeout(total=5)) as response:
                        state = await response.text()
                        if response.status == 200:
                            return
                await asyncio.sleep(_LOOK_EVERY_SECONDS)
    except TimeoutError:
        raise CannotRun(
            f"Not everything came up within {_START_SECONDS:.0f} s ({state}); the logs are in "
            f"{settings.var / 'log'}."
        ) from None


def _print_master_key(console: Console, file: Path) -> None:
    console.print(
        f"A master key was made: {file}\nKeep a copy of it elsewhere, apart from backups of the "
        "database. Without it nothing that is written here can be read, by anybody.",
        soft_wrap=True,
    )


async def _print_where(desk: Desk, console: Console) -> None:
    address = desk.settings.address
    console.print(f"\nBallast is running at {address}")
    for account in await make_demonstration_accounts(desk):
        link = f"{address}/sign-in#{await make_link(desk, account)}"
        console.print(f"  {account.name}, one-time sign-in link:\n  {link}", soft_wrap=True)
    console.print("In a terminal: uv run ballast chat\nCtrl-C stops it.", highlight=False)
