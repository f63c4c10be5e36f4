"""The state machine: anything at any time, and what is seen is what a small model says."""

from __future__ import annotations

import pytest

from tests.faults.machine import run_machine

# Some minutes; `make faults` does ten times as many.
RUNS, STEPS = 200, 50


@pytest.mark.timeout(1500)
def test_whatever_happens_everything_is_there_once_and_seen_by_whom_it_is_meant_for() -> None:
    assert run_machine(RUNS, STEPS, is_repeatable=True) > 0
