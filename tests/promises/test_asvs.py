"""`docs/security/asvs.csv` has a row for each requirement of levels 1 and 2, with its test.

The ids and levels in `asvs_5_0_0.csv` are those of OWASP ASVS 5.0.0; what a row says of a
requirement is in our own words.
"""

from __future__ import annotations

import ast
import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from bot.settings import ROOT

PARTS = {"accepted", "audit", "build", "chat", "deployment", "sealing", "sign-in"}


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


WANTED = _read(Path(__file__).with_name("asvs_5_0_0.csv"))
ROWS = _read(ROOT / "docs" / "security" / "asvs.csv")


@cache
def _tests_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    found = (
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return frozenset(found)


def test_exists(node: str) -> bool:
    """Say whether `tests/file.py::test_name` is there."""
    file, _, name = node.partition("::")
    return (ROOT / file).is_file() and name.startswith("test_") and name in _tests_in(file)


test_exists.__test__ = False  # type: ignore[attr-defined]


def test_every_requirement_of_levels_1_and_2_is_there_once() -> None:
    assert len(WANTED) == 70 + 183
    assert [(row["id"], row["level"]) for row in ROWS] == [
        (wanted["id"], wanted["level"]) for wanted in WANTED
    ]
    assert set(Counter(row["id"] for row in ROWS).values()) == {1}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_row_names_its_tests_or_its_reason(row: dict[str, str]) -> None:
    assert row["about"]
    if row["applies"] == "no":
        assert row["reason"]
        assert not row["test"]
        assert not row["reason"].startswith("not yet")
        return
    assert row["applies"] == "yes"
    if not row["test"]:
        assert row["reason"].startswith("not yet: "), "name a test, or say honestly what is missing"
        part = row["reason"].removeprefix("not yet: ").partition(":")[0]
        assert set(part.split(", ")) <= PARTS
    for node in row["test"].split():
        assert test_exists(node), f"{node} does not exist"
