"""A few conversations in Slack with a fault of every kind; `make faults` has a hundred."""

from __future__ import annotations

from pathlib import Path

from tests.faults.slack import KINDS, broken_talks, planned


def test_a_hundred_faults_are_spread_over_all_kinds_and_conversations() -> None:
    plan = planned(100, 20, seed=1)
    assert [len(one) for one in plan] == [5] * 20
    assert {fault for one in plan for fault in one} == set(KINDS)


async def test_each_message_has_one_effect_and_one_answer(tmp_path: Path) -> None:
    outcome = await broken_talks(tmp_path, len(KINDS), 3, seed=7)
    assert outcome.holds, outcome
