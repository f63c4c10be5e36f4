"""What `make eval` shows: a table in the terminal, and a page with plots in `docs/quality/`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import matplotlib as mpl
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from matplotlib import pyplot as plt
from rich.console import Console
from rich.table import Table

mpl.use("svg")
# The same plot gives the same file, so that a diff shows what changed.
mpl.rcParams["svg.hashsalt"] = "ballast"

_ACROSS = 7.0
_COLOURS = ("#1b5e72", "#b3541e", "#5b4b8a", "#7a7a7a")


@dataclass(frozen=True)
class Promise:
    """One figure that is promised: where it stands, the first step, and the goal."""

    name: str
    path: tuple[str, ...]
    first_step: float
    goal: float
    is_ceiling: bool = False

    @property
    def words(self) -> str:
        """The first step in words."""
        return f"{'at most' if self.is_ceiling else 'at least'} {self.first_step:.2f}"

    def figure(self, figures: dict[str, Any]) -> dict[str, float]:
        """Give the measured figure."""
        found: Any = figures
        for key in self.path:
            found = found[key]
        return dict(found)

    def is_kept(self, figures: dict[str, Any]) -> bool:
        """Say whether the first step is reached."""
        value = self.figure(figures)["value"]
        return value <= self.first_step if self.is_ceiling else value >= self.first_step


_THEMES, _DANGER, _MASKING = (("held_out", part) for part in ("themes", "danger", "masking"))
PROMISES = (
    Promise("themes, macro-F1", (*_THEMES, "macro_f1"), 0.70, 0.87),
    Promise("a theme named where there is none", (*_THEMES, "named_without"), 0.20, 0.08, True),
    Promise("evidence in the right words", ("held_out", "evidence", "overlaps"), 0.80, 0.92),
    Promise("hard pairs right on both sides", ("held_out", "pairs", "both_right"), 0.65, 0.92),
    Promise("danger told plainly, found", (*_DANGER, "plain_found"), 1.0, 1.0),
    Promise("danger told indirectly, found", (*_DANGER, "indirect_found"), 0.80, 0.98),
    Promise("safe texts that stop a reflection", ("held_out", "safe", "stopped"), 0.20, 0.05, True),
    Promise("identifiers masked", (*_MASKING, "masked"), 0.95, 0.99),
    Promise("masks on innocent words", (*_MASKING, "innocent"), 0.04, 0.01, True),
)


def print_table(figures: dict[str, Any], console: Console) -> None:
    """Print what is promised and what was measured on the texts kept apart."""
    table = Table("on texts kept apart", "measured", "95 %", "of", "first step", "goal", "")
    for promise in PROMISES:
        found = promise.figure(figures)
        table.add_row(
            promise.name,
            f"{found['value']:.2f}",
            f"{found['low']:.2f} to {found['high']:.2f}",
            str(found["of"]),
            promise.words,
            f"{promise.goal:.2f}",
            "kept" if promise.is_kept(figures) else "[bold]not kept[/bold]",
        )
    console.print(table)


def write_report(figures: dict[str, Any], folder: Path) -> None:
    """Write `report.md` and its plots."""
    folder.mkdir(parents=True, exist_ok=True)
    _plot(folder / "calibration.svg", lambda axes: _calibration(figures, axes))
    _plot(folder / "learning-curve.svg", lambda axes: _learning_curve(figures, axes))
    _plot(folder / "subthemes.svg", lambda axes: _subthemes(figures, axes), height=7.5)
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - Markdown of our own figures
        keep_trailing_newline=True,
    )
    page = templates.get_template("report.md.j2").render(
        figures=figures, promises=PROMISES, today=f"{datetime.now(UTC):%Y-%m-%d}"
    )
    (folder / "report.md").write_text(page, encoding="utf-8")


def _plot(place: Path, draw: Callable[[Any], None], height: float = 4.0) -> None:
    figure, axes = plt.subplots(figsize=(_ACROSS, height), layout="constrained")
    draw(axes)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.savefig(place, metadata={"Date": None})
    plt.close(figure)


def _calibration(figures: dict[str, Any], axes: Any) -> None:
    bins = figures["cross_validation"]["calibration"]["bins"]
    axes.plot([0, 1], [0, 1], color=_COLOURS[3], linewidth=1)
    axes.plot([b["said"] for b in bins], [b["true"] for b in bins], "o-", color=_COLOURS[0])
    for each in bins:
        axes.annotate(
            f"{each['of']:,}",
            (each["said"], each["true"]),
            xytext=(6, -10),
            textcoords="offset points",
            fontsize=8,
        )
    axes.set(
        xlabel="probability said",
        ylabel="share that carries the theme",
        title="Sentences never seen, by how likely a theme was said to be",
    )


def _learning_curve(figures: dict[str, Any], axes: Any) -> None:
    curve = figures["learning_curve"]
    sizes = [each["sentences"] for each in curve]
    for colour, (key, name) in zip(
        _COLOURS,
        (("average_precision", "average precision"), ("macro_f1", "macro-F1 at even odds")),
        strict=False,
    ):
        axes.plot(sizes, [each[key] for each in curve], "o-", color=colour, label=name)
    axes.set(
        xscale="log",
        xlabel="training sentences",
        ylim=(0, 1),
        title="What more sentences bring, on texts kept apart",
    )
    axes.legend(frameon=False)


def _subthemes(figures: dict[str, Any], axes: Any) -> None:
    found = figures["cross_validation"]["subthemes"]["subthemes"]
    names = sorted(found, key=lambda name: found[name]["f1"]["value"])
    themes = sorted({name.partition("/")[0] for name in names})
    colours = dict(zip(themes, _COLOURS, strict=False))
    for at, name in enumerate(names):
        figure = found[name]["f1"]
        axes.plot(
            [figure["low"], figure["high"]],
            [at, at],
            color=colours[name.partition("/")[0]],
            linewidth=1.5,
        )
        axes.plot(figure["value"], at, "o", color=colours[name.partition("/")[0]])
    axes.set_yticks(
        range(len(names)), [name.replace("_", " ").replace("/", ": ") for name in names], fontsize=8
    )
    axes.set(xlim=(0, 1), xlabel="F1 with its interval", title="Subthemes, whole batches left out")
