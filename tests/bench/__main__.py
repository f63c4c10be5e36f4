"""How quick Ballast is, beside stock Rasa: `make bench`.

Ends with status 1 when a bar does not hold. `BENCH="--only turn"` chooses parts; with `--share
0.1` a part is tried in a tenth of its time, and nothing of it is written down.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.bench import crowd, footprint, sealing, stock_rasa, turns, written
from tests.bench.figures import Figure, Outcome

Part = Callable[[Path, Progress, float], Awaitable[Outcome]]
PARTS: dict[str, Part] = {
    "sealing": sealing.sealing,
    "turn": turns.turn,
    "long": turns.long,
    "hundredth": turns.hundredth,
    "busy": crowd.busy,
    "evening": crowd.evening,
    "start": footprint.start,
}
_WITH_STOCK = {"turn", "long", "busy", "start"}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--share", type=float, default=1.0, help="of the whole time, for trying")
    return parser.parse_args()


def _run(console: Console, name: str, share: float) -> Outcome:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with (
        Progress(*columns, TimeElapsedColumn(), console=console) as progress,
        tempfile.TemporaryDirectory(dir=written.place()) as folder,
    ):
        return asyncio.run(PARTS[name](Path(folder), progress, share))


def _show(console: Console, outcome: Outcome) -> None:
    for what, said in outcome.table.items():
        console.print(f"  {what}: {said}", highlight=False)


def main() -> int:
    wanted = _arguments()
    console = Console()
    if _WITH_STOCK & set(wanted.only):
        stock_rasa.prepare(console)
    found: list[Figure] = []
    for name in wanted.only:
        outcome = _run(console, name, wanted.share)
        _show(console, outcome)
        found += outcome.figures
        if wanted.share >= 1:
            written.keep(name, outcome)
            written.write(list(PARTS))
    table = Table("figure", "ratio", "interval", "bar", "")
    for figure in found:
        table.add_row(*written.row(figure))
    console.print(table)
    return 0 if all(figure.holds is not False for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
