"""Read what was learned out of the trained model, without Rasa."""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path
from typing import Protocol, Self, TypeVar


class Learned(Protocol):
    """Something that a component of Rasa's graph learned and kept as arrays and JSON."""

    def save(self, folder: Path) -> None:
        """Write it down."""

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote. Raises `ValueError` for another version's format."""


L = TypeVar("L", bound=Learned)

NAME = "ballast"


class NotTrained(Exception):
    """There is no model, or nothing of what was asked for in it."""


def model_file(folder: Path) -> Path:
    """Give the place of the trained model in its folder."""
    return folder / f"{NAME}.tar.gz"


def read_learned(models: Path, component: str, learned: type[L]) -> L:
    """Give what `component` learned, out of the model in `models`. Raises `NotTrained`."""
    try:
        with tarfile.open(model_file(models)) as archive, tempfile.TemporaryDirectory() as folder:
            parts = [m for m in archive.getmembers() if f".{component}" in m.name and m.isfile()]
            if not parts:
                raise NotTrained(f"The trained model has no {component} in it.")
            archive.extractall(folder, members=parts, filter="data")
            return learned.load(Path(folder) / Path(parts[0].name).parent)
    except (OSError, tarfile.TarError, ValueError, KeyError) as fault:
        raise NotTrained(f"The trained model cannot be read: {type(fault).__name__}.") from None
