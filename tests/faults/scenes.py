"""The scenes of the table, each by its name, and the canary that is told in all of them."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientSession

from bot.terminal.client import signed_in
from tests.faults import canary, clocks, crowd, disk
from tests.faults.evening import Scene, evening
from tests.faults.kills import all_kills, planned
from tests.faults.lines import Spoiling, all_spoilings
from tests.faults.outcome import Outcome, Stopwatch
from tests.faults.wired import WiredHouse, wired_house
from tests.faults.writer import Writer

# Those that need no real Rasa: a gateway in this process, on a folder of its own.
SCENES: tuple[Scene, ...] = (
    disk.full_disk,
    disk.locked_database,
    disk.damaged_file,
    disk.damaged_while_running,
    crowd.slow_reader,
    crowd.flood_of_sockets,
    clocks.clock_jumps,
)
# What a message's id is kept in, so that it is known when it comes again.
HOLDS_IDS = frozenset({"ballast.db", "ballast.db-wal"})


@asynccontextmanager
async def open_house(var: Path) -> AsyncIterator[tuple[WiredHouse, ClientSession]]:
    """Run a house with proxies, and sign its therapist in."""
    async with (
        wired_house(var) as house,
        signed_in(house.address, await house.link_token()) as http,
    ):
        yield house, http


async def kills(
    house: WiredHouse, http: ClientSession, numbers: tuple[int, int, int], seed: int
) -> AsyncIterator[Outcome]:
    """Kill gateway, Rasa and action server so many times."""
    chance = random.Random(seed)
    async for outcome in all_kills(house, http, planned(*numbers), canary.WORD, chance):
        yield outcome


async def spoilings(
    house: WiredHouse, http: ClientSession, chosen: list[Spoiling]
) -> AsyncIterator[Outcome]:
    async for outcome in all_spoilings(house, http, chosen, canary.WORD):
        yield outcome


async def canary_in_house(house: WiredHouse, http: ClientSession) -> Outcome:
    """Type the word into everything, and look for it and all that was told before.

    The logs, the databases and what lies beside them, temporary files, dumps, and what came
    back as errors.
    """
    outcome = Outcome("canary in a house that was broken", tried=1)
    with Stopwatch(outcome):
        writer = await Writer.at_describe(http)
        answers = await canary.say_everywhere(http, writer.id)
        refusals = str([answer for answer in answers if answer["type"] == "refused"])
        outcome.expect(canary.WORD not in refusals, "a refusal repeats the words")
        outcome.expect(canary.WORD in str(answers), "nothing was kept, so this proves nothing")
        await canary.share_everywhere(http, writer.id)
        errors = await canary.type_everywhere(http)
        outcome.tried += len(errors)
        outcome.expect(errors, "nothing was refused, so this proves nothing")
        for error in errors:
            outcome.expect(canary.WORD not in error, "an error repeats the words")
        places = canary.places_of(house)
        canary.judge(outcome, canary.hits(canary.WORD, places))
        canary.judge(outcome, canary.hits(canary.ID_WORD, places), HOLDS_IDS)
        found = canary.hits("turn.answered", places)
        outcome.expect(found, "the search does not find what is there")
    return outcome


async def canary_in_folder(folder: Path, scene: Scene) -> Outcome:
    """Play a scene with the word told in it, then look for it in all that the scene left."""
    outcome: Outcome = await scene(folder, canary.WORD)
    canary.judge(outcome, canary.hits(canary.WORD, [folder]))
    return outcome


async def told_in_plain(folder: Path) -> set[canary.Hit]:
    """Have an evening with the word in every field; give where it is found afterwards."""
    async with evening(folder) as told:
        await canary.say_everywhere(told.http, told.id)
        await canary.share_everywhere(told.http, told.id)
        await canary.type_everywhere(told.http)
        return canary.hits(canary.WORD, [folder])
