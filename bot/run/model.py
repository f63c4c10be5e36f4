"""The trained model: that it is there, was made here, and fits the data and the code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.run.problems import CannotRun
from bot.settings import ROOT
from bot.trained import NAME, model_file

_LEARNT_FROM = (
    "config.yml",
    "domain.yml",
    "data/nlu/**/*.yml",
    "data/rules/**/*.yml",
    "data/stories/**/*.yml",
    # A model holds what these components wrote; other code may not be able to read it.
    "bot/nlu/*.py",
    "bot/themes/*.py",
    "bot/safety/detector.py",
    "bot/steering/*.py",
    "bot/encoder/*.py",
    "bot/encoder/*.onnx",
    "bot/encoder/*.json",
)


@dataclass(frozen=True)
class Certificate:
    """What a model was learnt from (`fingerprint`) and that it is unchanged since (`sha256`)."""

    fingerprint: str
    sha256: str


def fingerprint(root: Path = ROOT) -> str:
    """Give a hash of everything that the model is learnt from."""
    digest = hashlib.sha256()
    for path in sorted(set(_files(root))):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for pattern in _LEARNT_FROM:
        yield from root.glob(pattern)


def certify(folder: Path, learnt_from: str) -> None:
    """Write down what the model in `folder` was learnt from, and its own hash."""
    certificate = Certificate(learnt_from, _hash_of(model_file(folder)))
    text = json.dumps(asdict(certificate), indent=1)
    (folder / f"{NAME}.json").write_text(text, encoding="ascii")


def is_current(folder: Path) -> bool:
    """Say whether the model fits today's data and code.

    Raises `CannotRun` for a file that is not the one that was certified: loading a model
    from elsewhere may run whatever its maker put into it (CVE-2024-49375).
    """
    certificate = _certificate(folder)
    if certificate is None:
        return False
    if _hash_of(model_file(folder)) != certificate.sha256:
        raise CannotRun(
            f"{model_file(folder)} is not the model that was trained here: it was changed or "
            "replaced. Delete it, and the next start trains a new one."
        )
    return certificate.fingerprint == fingerprint()


def check_model(folder: Path) -> None:
    """Refuse to go on without a model that fits."""
    if not model_file(folder).is_file():
        raise CannotRun(f"There is no trained model in {folder}. Run `make train` first.")
    if not is_current(folder):
        raise CannotRun(
            "The model was trained from other data or by other code than these. Run `make train`."
        )


def _certificate(folder: Path) -> Certificate | None:
    try:
        raw = json.loads((folder / f"{NAME}.json").read_text(encoding="ascii"))
        if model_file(folder).is_file():
            return Certificate(**raw)
    except (OSError, ValueError, TypeError):
        pass  # no certificate, or none that can be read: the model counts as not there
    return None


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
