"""Write what was measured: `var/bench.json`, and the page and plots of `docs/performance/`.

Each part is kept under `var/bench/parts/` as it was last measured in full, so a part may be
measured anew alone; all sides of a ratio come from one run of one part.
"""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt
import numpy as np

from bot.settings import ROOT
from tests.bench.figures import Figure, Outcome, as_json

PAGE = ROOT / "docs" / "performance" / "speed.md"
RESULT = ROOT / "var" / "bench.json"
_PARTS = ROOT / "var" / "bench" / "parts"
_HEAD = """# How quick it is

Written by `make bench`, which runs our real processes and a plain Rasa 3.6.21 project (`tests/bench/stock/`:
DIET, TED, SQL tracker store on SQLite, `rasa run actions`) side by side. The sides take turns, so that a busy
machine weighs on all alike: ratios mean something, milliseconds only beside each other. The interval is 95%, by
bootstrap over blocks (a conversation, a round, a therapist). Stock does less: it masks, seals, watches for danger
and names themes nowhere, and knows fewer sentences. What is behind the bars and where the time goes:
[decision 26](../decisions/0026-speed.md).
"""


def keep(name: str, outcome: Outcome) -> None:
    """Keep what a part found."""
    _PARTS.mkdir(parents=True, exist_ok=True)
    measured = {
        "measured": datetime.now(UTC).strftime("%d %B %Y"),
        "load": [round(one, 1) for one in os.getloadavg()],
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }
    kept = asdict(outcome) | measured
    (_PARTS / f"{name}.json").write_text(json.dumps(kept), encoding="utf-8")


def write(order: list[str]) -> None:
    """Write the result, the page and its plots out of all parts that are kept."""
    parts: dict[str, dict[str, Any]] = {}
    for name in order:
        file = _PARTS / f"{name}.json"
        if file.exists():
            parts[name] = json.loads(file.read_text(encoding="utf-8"))
    figures = {n: [Figure(**one) for one in part["figures"]] for n, part in parts.items()}
    RESULT.write_text(json.dumps(as_json(figures), indent=1), encoding="utf-8")
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    lines = [_HEAD, "| figure | ratio | interval | bar | |", "|---|---|---|---|---|"]
    for figure in (figure for some in figures.values() for figure in some):
        lines.append("| " + " | ".join(row(figure)) + " |")
    for name, part in parts.items():
        lines += ["", f"## {name.capitalize()}", ""]
        lines.append(
            f'`make bench BENCH="--only {name}"` on {part["measured"]}, Python {part["python"]}, '
            f"{part['cores']} cores, load {part['load'][0]} at its end."
        )
        lines += ["", "| | |", "|---|---|"]
        lines += [f"| {what} | {said} |" for what, said in part["table"].items()]
        if part["shown"]:
            _draw(name, part)
            lines += ["", f"![{name}]({name}.svg)"]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def row(figure: Figure) -> tuple[str, str, str, str, str]:
    """Give a figure as a row: name, ratio, interval, bar, whether it holds."""
    bar = "" if figure.bar is None else f"{'≥' if figure.is_at_least else '≤'} {figure.bar:g}"
    holds = {None: "", True: "holds", False: "DOES NOT HOLD"}[figure.holds]
    interval = f"{figure.low:.3g} to {figure.high:.3g}"
    return figure.name, f"{figure.ratio:.3g}", interval, bar, holds


def _draw(name: str, part: dict[str, Any]) -> None:
    """Draw every series: by its turn where it is long and in order, else as shares below a time."""
    figure, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
    for label, values in part["shown"].items():
        if name == "long":
            axes.plot(range(1, len(values) + 1), values, label=label, linewidth=1)
        else:
            axes.plot(
                np.sort(values),
                np.arange(1, len(values) + 1) / len(values),
                label=label,
                marker=".",
            )
    if name == "long":
        axes.set(xlabel="turn of one conversation", ylabel=part["unit"], ylim=(0, None))
    else:
        axes.set(xlabel=part["unit"], ylabel="share at most so much", xscale="log")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    with mpl.rc_context({"svg.hashsalt": name}):
        figure.savefig(PAGE.with_name(f"{name}.svg"), metadata={"Date": None})
    plt.close(figure)


def place() -> Path:
    """Give the folder in which both sides keep their databases: on the same disk."""
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
