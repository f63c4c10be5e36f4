"""Become one process of the house, where somebody else keeps it running: a container, systemd.

The gateway alone is `ballast serve`.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import NoReturn

from bot.run.model import check_model
from bot.run.preflight import check_room
from bot.run.problems import CannotRun
from bot.run.processes import Plan, plans, tell_rasa, write_secret
from bot.run.training import quiet_rasa
from bot.settings import ROOT, Settings


def become_rasa(settings: Settings, listen: str) -> NoReturn:
    """Go on as Rasa. Raises `CannotRun` rather than load a model that was not trained here."""
    _become(rasa_plan(settings, listen))


def rasa_plan(settings: Settings, listen: str) -> Plan:
    """Give how to start Rasa alone, with what it has to know in a folder of its own.

    Raises `CannotRun` for a model that is missing, exchanged or does not fit, for want of the
    secret that it shares with the gateway, and for a folder that cannot be written.
    """
    check_model(settings.models)
    check_room(settings.var)
    # Not in `var`: copies of Rasa may share that.
    folder = Path(tempfile.mkdtemp(prefix="ballast-rasa-"))
    endpoints = tell_rasa(settings, folder, _secret_file(settings, folder))
    return plans(settings, endpoints, listen)[1]


def become_actions(settings: Settings, listen: str) -> NoReturn:
    """Go on as the action server."""
    _become(plans(settings, settings.var, listen)[0])


def _secret_file(settings: Settings, folder: Path) -> Path:
    if settings.rasa_secret is not None:
        file = folder / "rasa.secret"
        write_secret(file, settings.rasa_secret.get_secret_value())
        return file
    if not settings.rasa_secret_path.is_file():
        raise CannotRun(
            f"There is no secret to know the gateway by: neither BALLAST_RASA_SECRET nor the file "
            f"{settings.rasa_secret_path}. `ballast first-run FOLDER` makes one."
        )
    return settings.rasa_secret_path


def _become(plan: Plan) -> NoReturn:
    os.chdir(ROOT)
    os.execve(plan.command[0], plan.command, quiet_rasa(plan.environment))  # noqa: S606 - a fixed command
