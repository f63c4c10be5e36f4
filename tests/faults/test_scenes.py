"""Full disk, locked and damaged database, crowds and clocks: nothing is lost, and it is said so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import app
from tests.faults import crowd, scenes
from tests.faults.disk import CannotTry
from tests.faults.evening import Scene
from tests.faults.library import library_read_once
from tests.sealing import OpenKeyring


@pytest.fixture(autouse=True, scope="module")
def read_once() -> Iterator[None]:
    with library_read_once():
        yield


# 500 sockets take half a minute to open; here it is a tenth, with a tenth of the places.
SCENES = [
    crowd.small_flood_of_sockets if scene is crowd.flood_of_sockets else scene
    for scene in scenes.SCENES
]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
async def test_nothing_acknowledged_is_lost_and_no_word_lies_in_plain(
    tmp_path: Path, scene: Scene
) -> None:
    try:
        outcome = await scenes.canary_in_folder(tmp_path, scene)
    except CannotTry as why:
        pytest.skip(str(why))
    assert outcome.holds, outcome


async def test_the_search_for_the_canary_finds_nothing_where_words_are_sealed(
    tmp_path: Path,
) -> None:
    assert await scenes.told_in_plain(tmp_path) == set()


async def test_the_same_search_finds_it_with_sealing_switched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "Keyring", OpenKeyring)
    found = await scenes.told_in_plain(tmp_path)
    assert "plain" in {hit.written for hit in found}
    assert {hit.file for hit in found} <= {"ballast.db", "ballast.db-wal"}
