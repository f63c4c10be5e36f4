"""The short form of `make faults` on a real house: kills, spoiled lines, and the canary at last.

More kills, in a house that brings back by itself what falls, are in `test_kills.py`.

In this order: what is looked for at the end was told through all that came before.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from tests.faults import scenes
from tests.faults.canary import WORD
from tests.faults.kills import Kill, Step, kill_at
from tests.faults.lines import Spoiling, spoil
from tests.faults.outcome import Outcome
from tests.faults.proxy import Fault
from tests.faults.wired import ACTIONS, GATEWAY, RASA, WiredHouse

Broken = tuple[WiredHouse, ClientSession]

KILLS = (
    Kill(GATEWAY, Step.SENDING),
    Kill(GATEWAY, Step.JOURNAL),
    Kill(GATEWAY, Step.ANSWER_WRITTEN),
    Kill(RASA, Step.ACTION_WORKS),
    Kill(ACTIONS, Step.ACTION_ANSWERED),
)
# Those that leave the other side with its work done and the asker without the answer.
SPOILINGS = (
    Spoiling(RASA, Fault.RESET),
    Spoiling(RASA, Fault.HALF_BODY),
    Spoiling(RASA, Fault.EMPTY_ANSWER),
    Spoiling(ACTIONS, Fault.BLACK_HOLE),
)


@pytest.fixture(scope="module")
async def broken(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Broken]:
    async with scenes.open_house(tmp_path_factory.mktemp("broken")) as (house, http):
        yield house, http


def _holds(outcome: Outcome) -> None:
    assert outcome.holds, outcome


@pytest.mark.parametrize("kill", KILLS, ids=lambda kill: kill.name)
async def test_nothing_is_lost_or_doubled_when_a_process_is_killed(
    broken: Broken, kill: Kill
) -> None:
    outcome = await kill_at(*broken, kill, WORD, late=0)
    _holds(outcome)
    assert not outcome.missed


@pytest.mark.parametrize("spoiling", SPOILINGS, ids=lambda spoiling: spoiling.name)
async def test_a_turn_is_answered_once_when_a_spoiled_line_is_whole_again(
    broken: Broken, spoiling: Spoiling
) -> None:
    _holds(await spoil(*broken, spoiling, WORD))


async def test_of_all_that_was_told_no_word_lies_in_plain_anywhere(broken: Broken) -> None:
    _holds(await scenes.canary_in_house(*broken))
