"""The trained model hears no worse than it was measured to (docs/quality/report.md).

Floors stand a little under the figures, so that a retraining may wobble and a regression may
not. They are no targets: those are in the model card.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.evaluation.report import PROMISES, Promise
from bot.evaluation.run import as_json, kept_apart
from bot.settings import Settings
from bot.terminal.analyse import Ears

FLOORS = yaml.safe_load((Path(__file__).parent / "floors.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    return as_json({"held_out": kept_apart(Ears.of(Settings()))})


def test_every_promise_has_a_floor() -> None:
    assert set(FLOORS) == {promise.name for promise in PROMISES}


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.name)
def test_it_hears_no_worse_than_it_did(figures: dict[str, Any], promise: Promise) -> None:
    value, floor = promise.figure(figures)["value"], FLOORS[promise.name]
    assert value <= floor if promise.is_ceiling else value >= floor
