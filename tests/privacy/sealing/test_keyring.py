"""A key a reflection, wrapped by the master key; destroyed means gone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.privacy.sealing.envelope import Place
from bot.privacy.sealing.keyring import Keyring
from bot.privacy.sealing.problems import (
    KeyGone,
    KeysInUse,
    KeysMissing,
    MasterKeyWrong,
    RotationUnfinished,
    SealBroken,
)
from bot.privacy.sealing.rotation import rotate
from tests.sealing import MASTER, OTHER_MASTER, new_keyring

WORDS = b"She looked at the floor."


def _place(reflection: str) -> Place:
    return Place("turns", "sealed", "row", reflection)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def keyring(folder: Path) -> Keyring:
    made = new_keyring(folder)
    made.create("one")
    made.create("two")
    return made


def test_each_reflection_has_its_own_key(keyring: Keyring) -> None:
    sealed = keyring.seal(WORDS, _place("one"))
    assert keyring.open(sealed, _place("one")) == WORDS
    with pytest.raises(SealBroken):
        keyring.open(sealed, _place("two"))


def test_only_the_owner_reads_the_files(keyring: Keyring, folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_a_key_is_never_written_over(keyring: Keyring) -> None:
    with pytest.raises(FileExistsError):
        keyring.create("one")


@pytest.mark.parametrize("name", ["../one", "", "a/b", "a" * 65])
def test_a_name_that_leads_elsewhere_is_refused(keyring: Keyring, name: str) -> None:
    with pytest.raises(ValueError, match="no reflection"):
        keyring.create(name)


def test_what_is_destroyed_opens_nowhere_not_even_from_memory(
    keyring: Keyring, folder: Path
) -> None:
    other = Keyring(folder, MASTER)
    sealed = keyring.seal(WORDS, _place("one"))
    assert other.open(sealed, _place("one")) == WORDS
    keyring.destroy("one")
    keyring.destroy("one")
    for ring in (keyring, other, Keyring(folder, MASTER)):
        with pytest.raises(KeyGone):
            ring.open(sealed, _place("one"))
        with pytest.raises(KeyGone):
            ring.seal(WORDS, _place("one"))
    assert keyring.seal(WORDS, _place("two"))


def test_a_crash_between_overwriting_and_deleting_leaves_no_key(
    keyring: Keyring, folder: Path
) -> None:
    file = folder / "one.key"
    file.write_bytes(bytes(file.stat().st_size))
    with pytest.raises(KeyGone):
        Keyring(folder, MASTER).seal(WORDS, _place("one"))


def test_another_master_key_is_refused_at_once(keyring: Keyring, folder: Path) -> None:
    with pytest.raises(MasterKeyWrong):
        Keyring(folder, OTHER_MASTER)


def test_a_folder_without_the_installations_key_is_refused(folder: Path, keyring: Keyring) -> None:
    with pytest.raises(KeysMissing):
        Keyring(folder.with_name("elsewhere"), MASTER)
    (folder / "installation.key").unlink()
    for may_make in (True, False):
        with pytest.raises(KeysMissing):
            Keyring(folder, MASTER, may_make=may_make)


def test_a_cut_or_changed_key_file_does_not_open(keyring: Keyring, folder: Path) -> None:
    file = folder / "one.key"
    whole = file.read_bytes()
    for content in (b"", whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1]), b"\x09" + whole[1:]):
        file.write_bytes(content)
        with pytest.raises(SealBroken):
            Keyring(folder, MASTER).seal(WORDS, _place("one"))
    assert dict(keyring.check()) == {"one": False, "two": True}


def test_a_key_file_under_another_name_does_not_open(keyring: Keyring, folder: Path) -> None:
    (folder / "two.key").write_bytes((folder / "one.key").read_bytes())
    with pytest.raises(SealBroken):
        Keyring(folder, MASTER).seal(WORDS, _place("two"))


def test_ensuring_mends_what_a_crash_cut_and_keeps_what_is_whole(
    keyring: Keyring, folder: Path
) -> None:
    sealed = keyring.seal(WORDS, _place("one"))
    (folder / "two.key").write_bytes(b"\x01")
    for name in ("one", "two", "three"):
        keyring.ensure(name)
    assert keyring.open(sealed, _place("one")) == WORDS
    assert dict(keyring.check()) == dict.fromkeys(("one", "two", "three"), True)


def test_memory_holds_only_so_many(keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.privacy.sealing.keyring._MOST_IN_MEMORY", 1)
    one, two = (keyring.seal(WORDS, _place(name)) for name in ("one", "two"))
    assert list(keyring._opened) == ["two"]
    assert keyring.open(one, _place("one")) == keyring.open(two, _place("two"))


def test_after_a_change_of_the_master_key_all_opens_with_the_new_one_only(
    keyring: Keyring, folder: Path
) -> None:
    sealed, audit = keyring.seal(WORDS, _place("one")), keyring.sub_key("audit")
    with pytest.raises(KeysInUse):
        list(rotate(folder, MASTER, OTHER_MASTER))
    keyring.close()
    assert list(rotate(folder, MASTER, OTHER_MASTER)) == [(1, 2), (2, 2)]
    assert list(rotate(folder, MASTER, OTHER_MASTER)) == []
    with pytest.raises(MasterKeyWrong):
        Keyring(folder, MASTER)
    changed = Keyring(folder, OTHER_MASTER)
    assert changed.open(sealed, _place("one")) == WORDS
    assert changed.sub_key("audit") == audit
    assert changed.sub_key("people") != audit


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_change_that_was_stopped_goes_on_where_it_was(
    keyring: Keyring, folder: Path, steps: int
) -> None:
    sealed = [keyring.seal(WORDS, _place(name)) for name in ("one", "two")]
    keyring.close()
    stopped = rotate(folder, MASTER, OTHER_MASTER)
    for _ in range(steps):
        next(stopped)
    stopped.close()
    if steps:
        for master in (MASTER, OTHER_MASTER):
            with pytest.raises(RotationUnfinished):
                Keyring(folder, master)
        with pytest.raises(MasterKeyWrong):
            list(rotate(folder, MASTER, MASTER.__class__(b"t" * 32)))
    list(rotate(folder, MASTER, OTHER_MASTER))
    changed = Keyring(folder, OTHER_MASTER)
    opened = [changed.open(s, _place(n)) for s, n in zip(sealed, ("one", "two"), strict=True)]
    assert opened == [WORDS, WORDS]
    assert not (folder / "rotating.key").exists()
