"""The machine: Python, disk, clock, the trained model, the library, who listens where."""

from __future__ import annotations

import ctypes
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bot.conversation.accounts.passwords import common_words
from bot.conversation.administration.installation import LITTLE_BYTES
from bot.conversation.notices import read_notices
from bot.conversation.slack.words import read_slack_words
from bot.library import LibraryError
from bot.moderation.groundings import read_groundings
from bot.moderation.steps import read_steps
from bot.reflection.wording import read_wording
from bot.run.model import check_model
from bot.run.preflight import check_python
from bot.run.problems import CannotRun
from bot.safety.contacts import load_contacts
from bot.safety.responses import load_responses
from bot.safety.signs import load_signs
from bot.settings import Settings
from bot.terminal.doctor.finding import Finding, look, well, wrong
from bot.themes.taxonomy import read_taxonomy

_OPEN_TO_ALL = {"00000000", "00000000000000000000000000000000"}
_LISTENING = "0A"
_NOT_IN_STEP = 5  # what adjtimex gives when nothing keeps the clock
# No clock that is right shows a day before this was written.
_WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)


def check_machine(settings: Settings) -> Iterator[Finding]:
    """Look at the machine that this runs on."""
    yield from _refused("python", check_python, "The Python is one that Ballast was tried on.")
    yield _disk(settings.var)
    yield _clock(datetime.now(UTC))
    yield from _refused(
        "model",
        lambda: check_model(settings.models),
        "The trained model is there, unchanged (SHA-256), and fits data and code.",
    )
    yield from _refused("library", lambda: _read_library(settings), "The library is whole.")
    yield from _doors(settings)


def _refused(part: str, check: Callable[[], object], sentence: str) -> Iterator[Finding]:
    try:
        check()
    except (CannotRun, LibraryError) as fault:
        yield wrong(part, str(fault))
    else:
        yield well(part, sentence)


def _read_library(settings: Settings) -> None:
    library = settings.library
    for read in (
        read_wording,
        read_notices,
        read_slack_words,
        read_taxonomy,
        read_steps,
        read_groundings,
        common_words,
    ):
        read(library)
    load_signs(library / "safety" / "signs")
    load_responses(library / "safety" / "responses.yml")
    load_contacts(settings.country, library / "safety" / "contacts")


def _disk(folder: Path) -> Finding:
    try:
        disk = shutil.disk_usage(folder)
    except OSError:
        return wrong("disk", f"The folder of data, {folder}, is not there. Set BALLAST_VAR.")
    free = f"{disk.free / 2**30:.1f} GB of the disk of {folder} are free"
    if disk.free < LITTLE_BYTES:
        return wrong("disk", f"Only {free}: make room before nothing can be kept any more.")
    return well("disk", f"{free}.")


def _clock(now: datetime) -> Finding:
    if now < _WRITTEN:
        return wrong(
            "clock", f"The clock shows {now:%Y-%m-%d}. Set it: sign-ins and shares end by it."
        )
    if sys.platform == "linux":
        # Reads only: `modes` is 0.
        if ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512)) == _NOT_IN_STEP:
            return look(
                "clock",
                "Nothing keeps this machine's clock in step: turn time synchronisation (NTP) on, "
                "or see to it on the host of this container.",
            )
        return well("clock", "The clock is kept in step.")
    return well("clock", "The clock shows a day that can be.")


def _doors(settings: Settings) -> Iterator[Finding]:
    """Find Rasa or actions listening for everybody, where they should for this machine alone."""
    own = {"127.0.0.1", "localhost"}
    inner = {
        "Rasa": (settings.rasa_host, settings.rasa_port or settings.port + 1),
        "The action server": (settings.actions_host, settings.actions_port or settings.port + 2),
    }
    open_ports = set(_open_ports())
    for who, (host, port) in inner.items():
        if host in own and port in open_ports:
            yield wrong(
                "ports",
                f"{who} listens for everybody on port {port}: it trusts whoever reaches it. Start "
                "it on 127.0.0.1.",
            )


def _open_ports() -> Iterator[int]:
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        try:
            lines = table.read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue  # another system, or one that does not tell
        for line in lines:
            _, local, _, state, *_ = line.split()
            address, _, port = local.partition(":")
            if state == _LISTENING and address in _OPEN_TO_ALL:
                yield int(port, 16)
