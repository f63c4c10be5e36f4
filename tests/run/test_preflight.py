"""What would go wrong later is said before anything starts."""

from __future__ import annotations

import shutil
import socket
import sys
from pathlib import Path

import pytest

from bot.run import preflight
from bot.run.problems import CannotRun
from tests.conftest import free_port


def test_a_free_port_is_accepted_and_a_taken_one_named() -> None:
    port = free_port()
    preflight.check_port("127.0.0.1", port, "Rasa")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(CannotRun, match=f"Port {port}, which Rasa needs, is taken"):
            preflight.check_port("127.0.0.1", port, "Rasa")


def test_an_address_that_is_not_this_machines_is_named() -> None:
    with pytest.raises(CannotRun, match=r"the gateway cannot listen on 192\.0\.2\.1"):
        preflight.check_port("192.0.2.1", free_port(), "the gateway")


def test_a_folder_is_made_and_left_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "var"
    preflight.check_room(folder)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("place", ["file", "file/var", "/proc/ballast"])
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, place: str) -> None:
    # Not by permissions: whoever runs the tests may be root, whom they do not stop.
    (tmp_path / "file").write_text("in the way")
    folder = tmp_path / place
    with pytest.raises(CannotRun) as refused:
        preflight.check_room(folder)
    assert str(folder) in str(refused.value)


def test_a_disk_with_too_little_room_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    for free in (preflight.LEAST_FREE_BYTES, preflight.LEAST_FREE_BYTES - 1):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: usage._replace(free=free))
        if free == preflight.LEAST_FREE_BYTES:
            preflight.check_room(tmp_path)
            continue
        with pytest.raises(CannotRun, match="199 MB free; Ballast needs 200 MB"):
            preflight.check_room(tmp_path)


@pytest.mark.parametrize(
    ("version", "fits"),
    [((3, 10), False), ((3, 11), True), ((3, 13), True), ((3, 14), False), ((4, 0), False)],
)
def test_only_a_python_that_was_tried_is_accepted(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int], *, fits: bool
) -> None:
    monkeypatch.setattr(sys, "version_info", (*version, 0, "final", 0))
    if fits:
        preflight.check_python()
        return
    with pytest.raises(CannotRun, match=rf"this is {version[0]}\.{version[1]}\."):
        preflight.check_python()
