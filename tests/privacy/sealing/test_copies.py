"""The copy of the keys is one, the newest: a key that was destroyed is in it no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.privacy.sealing.copies import NoCopyOfKeys, copy_keys
from bot.privacy.sealing.keyring import Keyring
from tests.sealing import MASTER, new_keyring


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    keyring = new_keyring(tmp_path / "keys")
    for name in ("a", "b"):
        keyring.create(name)
    keyring.close()
    return tmp_path / "keys"


def _content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.glob("*.key")}


def test_the_copy_opens_as_the_folder_does(keys: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    assert list(copy_keys(keys, copy))[-1] == (3, 3)
    assert _content(copy) == _content(keys)
    assert copy.stat().st_mode & 0o077 == 0
    opened = Keyring(copy, MASTER)
    assert dict(opened.check()) == {"a": True, "b": True}
    opened.close()


def test_a_key_that_was_destroyed_goes_from_the_copy(keys: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    list(copy_keys(keys, copy))
    keyring = Keyring(keys, MASTER)
    keyring.destroy("a")
    keyring.create("c")
    keyring.close()
    list(copy_keys(keys, copy))
    assert set(_content(copy)) == {"b.key", "c.key", "installation.key"}


def test_a_key_that_is_destroyed_while_others_are_copied_is_not_in_the_copy(
    keys: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    keyring = Keyring(keys, MASTER)
    for done, count in copy_keys(keys, copy):
        if done == count:
            keyring.destroy("a")
    keyring.close()
    assert set(_content(copy)) == {"b.key", "installation.key"}


def test_a_folder_of_other_things_is_left_alone(keys: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("mine")
    for wrong in (other, keys, keys / "inside"):
        with pytest.raises(NoCopyOfKeys):
            list(copy_keys(keys, wrong))
    assert [file.name for file in other.iterdir()] == ["letter.txt"]
