"""The files of docker/ as data: a Dockerfile's instructions, compose files, the rendered chart."""

from __future__ import annotations

import fnmatch
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.settings import ROOT

DOCKER = ROOT / "docker"
CHART = DOCKER / "helm" / "ballast"


@dataclass(frozen=True)
class Instruction:
    name: str
    value: str
    stage: str

    @property
    def words(self) -> list[str]:
        """The command of an instruction in exec form; fails for one that wants a shell."""
        found = json.loads(self.value[self.value.index("[") :])
        assert all(isinstance(word, str) for word in found)
        return found


def instructions() -> list[Instruction]:
    """Give the instructions of the Dockerfile in order, each with its stage."""
    lines = (DOCKER / "Dockerfile").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    found, stage = [], ""
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        if line.strip():
            name, _, value = line.strip().partition(" ")
            if name == "FROM":
                stage = value.rpartition(" AS ")[2]
            found.append(Instruction(name, value.strip(), stage))
    return found


def copied() -> list[tuple[str, str]]:
    """Give what is copied from the repository: source and target."""
    pairs = []
    for one in instructions():
        if one.name == "COPY" and "--from=" not in one.value:
            *sources, target = one.value.split()
            for source in sources:
                name = f"{target}{Path(source).name}" if target.endswith("/") else target
                pairs.append((source, name.removeprefix("./")))
    return pairs


def is_let_in(path: str) -> bool:
    """Say whether the build sees `path`, by docker/Dockerfile.dockerignore: the last line wins."""
    is_in = True
    for line in (DOCKER / "Dockerfile.dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        if not line or line.startswith("#"):
            continue
        parents = [path, *(str(parent) for parent in Path(path).parents)]
        names = [Path(path).name, *(parent.name for parent in Path(path).parents)]
        tried = names if "**/" in line else parents
        if any(fnmatch.fnmatch(one, pattern) for one in tried):
            is_in = line.startswith("!")
    return is_in


def lay_out(app: Path) -> None:
    """Lay into `app` what the Dockerfile copies into the image, and the model that was trained."""
    for source, target in copied():
        place = app / target
        place.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place, ignore=_left_out)
        else:
            shutil.copyfile(ROOT / source, place)


def _left_out(folder: str, names: list[str]) -> set[str]:
    inside = Path(folder).relative_to(ROOT)
    return {name for name in names if not is_let_in(str(inside / name))}


class _Loader(yaml.SafeLoader):
    """Reads Compose's own `!reset` as what comes after it."""


_Loader.add_multi_constructor(
    "!",
    lambda loader, tag, node: (
        loader.construct_sequence(node)
        if isinstance(node, yaml.SequenceNode)
        else loader.construct_object(node)
    ),
)


def compose(name: str = "compose.yml") -> dict[str, Any]:
    """Give a compose file with its anchors followed."""
    return yaml.load((DOCKER / name).read_text(encoding="utf-8"), _Loader)  # noqa: S506 - as safe


def images() -> dict[str, str]:
    """Give the images that others make, by the names of docker/images."""
    lines = (DOCKER / "images").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def by_default(text: str) -> str:
    """Fill in `${NAME:-default}` and the like as Compose does where nothing is set."""
    return re.sub(r"\$\{\w+(?::-([^}]*)|:\?[^}]*)?\}", lambda found: found[1] or "", text)
