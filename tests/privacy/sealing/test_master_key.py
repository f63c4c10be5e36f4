"""The master key comes from the environment or a file; anything else is a sentence."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from bot.privacy.sealing.master_key import load_master_key, make_master_key, sub_key
from bot.privacy.sealing.problems import MasterKeyMalformed, MasterKeyMissing
from tests.sealing import MASTER, OTHER_MASTER, written


def test_a_made_key_is_its_owners_and_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "var" / "master.key"
    made = make_master_key(file)
    assert load_master_key(None, file) == load_master_key("", file) == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        make_master_key(file)


def test_the_environment_comes_first(tmp_path: Path) -> None:
    file = written(OTHER_MASTER, tmp_path / "key")
    assert load_master_key(base64.b64encode(MASTER.value).decode(), file) == MASTER


def test_without_a_key_it_says_where_one_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyMissing, match=r"BALLAST_MASTER_KEY nor the file .*absent\.key"):
        load_master_key(None, tmp_path / "absent.key")


@pytest.mark.parametrize("content", [b"", b"short", base64.b64encode(b"x" * 31), b"\xff\xfe"])
def test_what_is_no_key_is_refused_without_repeating_it(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    with pytest.raises(MasterKeyMalformed, match="32 bytes in base64") as refused:
        load_master_key(None, file)
    assert not content or content.decode("latin1") not in str(refused.value)


def test_a_key_tells_nothing_of_itself() -> None:
    assert "mmm" not in repr(MASTER)
    assert MASTER.value not in MASTER.name
    assert len({MASTER.wrapping, MASTER.value, sub_key(MASTER.value, "x")}) == 3
