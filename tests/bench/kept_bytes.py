"""How many bytes a whole reflection takes on the disk: real ones, through gateway and Rasa.

`python -m tests.bench.kept_bytes --many 40` prints a line for each store.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

import yaml

from bot.settings import ROOT
from bot.terminal.client import Line, open_reflection, signed_in
from tests.conftest import House, start_house, stop_house

_STORY = ROOT / "tests" / "stories" / "whole.yml"


def _size(path: Path) -> int:
    """What a file or folder takes, in whole blocks as the disk gives them."""
    files = path.rglob("*") if path.is_dir() else path.parent.glob(f"{path.name}*")
    return sum(file.stat().st_blocks * 512 for file in files if file.is_file())


def _sizes(var: Path) -> dict[str, int]:
    parts = {"database": "ballast.db", "Rasa's database": "rasa.db", "keys": "keys", "logs": "log"}
    return {name: _size(var / file) for name, file in parts.items()}


async def _reflect(house: House, many: int) -> int:
    """Hold whole reflections; give how many turns one has."""
    said = [turn["therapist"] for turn in yaml.safe_load(_STORY.read_text())[0]["turns"]]
    async with signed_in(house.address, await house.link_token()) as http:
        for _ in range(many):
            line = Line(http, await open_reflection(http, short=False, resume=False))
            await line.opening()
            for text in said:
                await line.say(text)
            await line.close()
    return len(said) + 1


async def measure(var: Path, many: int) -> None:
    """Print what `many` reflections add, after a few that pay for what is there once."""
    sizes = []
    for count in (4, many):
        house = start_house(var)
        turns = await _reflect(house, count)
        stop_house(house)
        sizes.append(_sizes(var))
    print(f"{many} reflections of {turns} turns each")  # noqa: T201
    for name, before in sizes[0].items():
        print(f"{name}: {(sizes[1][name] - before) / many:.0f} bytes a reflection")  # noqa: T201


def main() -> None:
    """Measure in a folder that goes, or in the one that is named."""
    options = argparse.ArgumentParser()
    options.add_argument("--many", type=int, default=40)
    options.add_argument("--var", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(given.var or Path(folder), given.many))


if __name__ == "__main__":
    main()
