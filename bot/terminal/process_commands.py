"""The commands of a server whose processes somebody else keeps running: containers, systemd."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click
from rich.console import Console

from bot.settings import Settings
from bot.terminal.sentences import sentences

_Folder = click.Path(file_okay=False, path_type=Path)
_listen = click.option(
    "--listen", default="127.0.0.1", show_default=True, help="Address to listen on."
)


@click.command()
@_listen
def rasa(*, listen: str) -> None:
    """Run Rasa alone. Loads no model but the one that was trained here."""
    from bot.run.alone import become_rasa
    from bot.run.dumps import leave_no_dumps

    leave_no_dumps()
    with sentences():
        become_rasa(Settings(), listen)


@click.command()
@_listen
def actions(*, listen: str) -> None:
    """Run the action server alone."""
    from bot.run.alone import become_actions
    from bot.run.dumps import leave_no_dumps

    leave_no_dumps()
    with sentences():
        become_actions(Settings(), listen)


@click.command("first-run")
@click.argument("folder", type=_Folder)
@click.option("--own", multiple=True, type=_Folder, help="A folder to hand to Ballast's user.")
def first_run(*, folder: Path, own: tuple[Path, ...]) -> None:
    """Make the secrets of a server in FOLDER, those that were never made."""
    from bot.run.first_run import hand_over, make_secrets

    with sentences():
        for owned in own:
            hand_over(owned)
        made = make_secrets(folder)
        for name in made:
            click.echo(f"Made {name}.")
        if "house/master.key" in made:
            click.echo(
                "Keep a copy of house/master.key elsewhere, apart from backups: without it nothing "
                "that is written here can be read, by anybody."
            )


@click.command("service")
@click.option("--to", required=True, type=_Folder, help="Folder of the backups.")
@click.option("--keys-to", required=True, type=_Folder, help="Folder of the one copy of the keys.")
@click.option("--hours", default=24.0, show_default=True, help="How often one is made.")
@click.option(
    "--keep", default=14, show_default=True, type=click.IntRange(1), help="How many stay."
)
@click.option("--once", is_flag=True, help="Make one now and end, where a timetable starts this.")
def backup_service(*, to: Path, keys_to: Path, hours: float, keep: int, once: bool) -> None:
    """Make a backup and a copy of the keys again and again, until told to stop."""
    from bot.app import set_up_logs
    from bot.run.dumps import leave_no_dumps
    from bot.terminal.backup_service import Rota, make_again_and_again, make_one

    leave_no_dumps()
    set_up_logs()
    with sentences():
        rota = Rota(to, keys_to, hours, keep)
        if once:
            make_one(Settings(), rota, Console())
        else:
            asyncio.run(make_again_and_again(Settings(), rota, Console()))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One object, for programs.")
def doctor(*, as_json: bool) -> None:
    """Look at everything that goes wrong in practice, and say what to do. Changes nothing."""
    from bot.terminal.doctor.visit import visit

    if not visit(Console(), as_json=as_json):
        sys.exit(1)


COMMANDS = (rasa, actions, first_run, doctor)
