"""A disk that is full is said before the start. What happens while running: `tests/faults`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import free_port
from tests.faults.disk import CannotTry, fill, small_disk
from tests.run.command import ballast, sentence


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    try:
        with small_disk(tmp_path / "disk") as made:
            yield made
    except CannotTry as why:
        pytest.skip(str(why))


def test_run_refuses_a_disk_with_little_room(disk: Path) -> None:
    said = sentence(ballast("run", "--no-train", var=disk, port=free_port()))
    assert "MB free" in said
    assert str(disk) in said


def test_run_refuses_a_disk_without_room(disk: Path) -> None:
    fill(disk)
    said = sentence(ballast("run", "--no-train", var=disk / "var", port=free_port()))
    assert str(disk) in said
