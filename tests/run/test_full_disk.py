"""A disk that is full: said before the start, and survived while running."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bots import ScriptedBot
from tests.conftest import free_port
from tests.gateway import run_gateway, socket_of, start, turns
from tests.run.command import ballast, sentence

PLAIN = "The mother came late again and I talked faster than I wanted to."


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command here")
    if done.returncode != 0:
        pytest.skip(f"this user may not mount a small disk: {done.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _fill(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 4096):
            try:
                while file.write(b"0" * size) == size:
                    pass
            except OSError:
                continue
    return filler


def test_run_refuses_a_disk_with_little_room(small_disk: Path) -> None:
    said = sentence(ballast("run", "--no-train", var=small_disk, port=free_port()))
    assert "MB free" in said
    assert str(small_disk) in said


def test_run_refuses_a_disk_without_room(small_disk: Path) -> None:
    _fill(small_disk)
    said = sentence(ballast("run", "--no-train", var=small_disk / "var", port=free_port()))
    assert str(small_disk) in said


async def test_a_message_that_finds_the_disk_full_is_refused_and_can_be_sent_again(
    small_disk: Path,
) -> None:
    async with run_gateway(small_disk, ScriptedBot()) as gateway:
        account, desk = gateway.people.therapist, gateway.desk
        http = await gateway.signed_in(account)
        reflection = await start(desk, account)
        async with socket_of(http, reflection) as socket:
            await socket.answer_to(await socket.send("Before."))
            filler = _fill(small_disk)
            # Long enough not to fit into what the write-ahead log has left.
            long = " ".join([PLAIN] * 100)
            for number in range(200):
                await socket.send(long, f"full-{number}")
                frame = await socket.next(lambda frame: frame["type"] in ("kept", "refused"))
                if frame["type"] == "refused":
                    break
            assert (frame["type"], frame["reason"]) == ("refused", "not_kept")
            assert frame["text"] == desk.notices["not_kept"]
            refused = frame["id"]
            async with http.get(f"/api/reflections/{reflection}") as response:
                kept = [turn["id"] for turn in (await response.json())["turns"]]
            assert refused not in kept
            filler.unlink()
            await socket.send(long, refused)
            await socket.next(lambda frame: frame["type"] == "kept" and frame["id"] == refused)
        found = await turns(desk, account, reflection)
        assert [turn.client_id for turn in found].count(refused) == 1
