"""The dashboard and the alerts name metrics and runbooks that are there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import ROOT
from bot.telemetry.metrics import GAUGES, Metrics
from tests.web.scraped import read

OPERATIONS = ROOT / "docs" / "operations"
DASHBOARD = json.loads((OPERATIONS / "grafana.json").read_text(encoding="utf-8"))
GROUPS = yaml.safe_load((OPERATIONS / "alerts.yml").read_text(encoding="utf-8"))["groups"]
RULES: list[dict[str, Any]] = [rule for group in GROUPS for rule in group["rules"]]
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
_METRIC = re.compile(r"\b((?:ballast|process)_[a-z_]+)\b")
# Made by the work, with labels, so not shown before there was any.
LATER = {"ballast_requests_total", "ballast_request_seconds_bucket"}


def exposed() -> set[str]:
    return read(Metrics().exposed(dict.fromkeys(GAUGES, 1.0)).decode()).names | LATER


def named(expressions: list[str]) -> set[str]:
    return {name for expression in expressions for name in _METRIC.findall(expression)}


def test_every_metric_of_the_dashboard_exists() -> None:
    names = named([*QUERIES, DASHBOARD["templating"]["list"][1]["query"]])
    assert len(names) > 15
    assert names - exposed() == set()


def test_every_metric_of_an_alert_exists() -> None:
    names = named([rule["expr"] for rule in RULES])
    assert len(names) > 10
    assert names - exposed() == set()


def test_a_metric_that_is_not_there_is_found() -> None:
    assert named(["rate(ballast_nothing_total[5m])"]) - exposed() == {"ballast_nothing_total"}


def test_every_gauge_is_watched_or_shown() -> None:
    seen = named([*QUERIES, *(rule["expr"] for rule in RULES)])
    assert {f"ballast_{name}" for name in GAUGES} - seen == set()


def test_panels_do_not_lie_on_each_other_and_have_titles() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert panel["title"]
        assert not cells & taken
        assert at["x"] + at["w"] <= 24
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_is_the_matter_and_where_it_says_what_to_do(rule: Any) -> None:
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"].endswith(".")
    file, _, heading = rule["annotations"]["runbook_url"].partition("#")
    page = (ROOT / file).read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w -]", "", line.lstrip("# ")).strip().lower().replace(" ", "-")
        for line in page.splitlines()
        if line.startswith("#")
    }
    assert heading in headings


@pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool comes with Debian's package prometheus"
)
def test_prometheus_takes_the_alerts_and_they_fire_when_they_should(tmp_path: Path) -> None:
    shutil.copy(OPERATIONS / "alerts.yml", tmp_path / "alerts.yml")
    shutil.copy(Path(__file__).with_name("alerts_test.yml"), tmp_path / "test.yml")
    for arguments in (["check", "rules", "alerts.yml"], ["test", "rules", "test.yml"]):
        done = subprocess.run(
            ["promtool", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
