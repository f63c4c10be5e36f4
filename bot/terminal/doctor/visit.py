"""One visit of the doctor: everything in its order, printed for a person or as JSON."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from dataclasses import asdict

from pydantic import ValidationError
from rich.console import Console

from bot.settings import Settings
from bot.terminal.doctor.chosen import check_names, check_settings
from bot.terminal.doctor.finding import Finding, State, wrong
from bot.terminal.doctor.kept import check_kept
from bot.terminal.doctor.machine import check_machine
from bot.terminal.doctor.reach import check_reach

_MARKS = {State.WELL: "ok   ", State.LOOK: "LOOK ", State.WRONG: "FIX  "}


def visit(console: Console, *, as_json: bool) -> bool:
    """Look at everything and print it; say whether nothing is wrong."""
    findings = asyncio.run(_all())
    if as_json:
        is_well = all(finding.state is not State.WRONG for finding in findings)
        said = {"ok": is_well, "findings": [asdict(finding) for finding in findings]}
        console.print_json(json.dumps(said))
        return is_well
    for finding in findings:
        line = f"{_MARKS[finding.state]}{finding.part}: {finding.sentence}"
        console.print(line, soft_wrap=True, markup=False, highlight=False)
    amiss = sum(finding.state is State.WRONG for finding in findings)
    console.print(f"{amiss} to fix." if amiss else "Nothing is wrong.", highlight=False)
    return not amiss


async def _all() -> list[Finding]:
    found = [*check_names(os.environ)]
    try:
        settings = Settings()
    except ValidationError as faults:
        for fault in faults.errors():
            name = "BALLAST_" + "_".join(str(part) for part in fault["loc"]).upper()
            # The message alone: what was set may be a secret.
            found.append(wrong("settings", f"{name} cannot be used: {fault['msg']}."))
        return found
    found += [*check_settings(settings), *check_machine(settings)]
    return found + [finding async for finding in _asked(settings)]


async def _asked(settings: Settings) -> AsyncIterator[Finding]:
    async for finding in check_kept(settings):
        yield finding
    async for finding in check_reach(settings):
        yield finding
