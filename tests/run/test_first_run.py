"""The secrets of a server are made once, and never again in place of what is lost."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from pathlib import Path

import pytest

from bot.privacy.sealing.master_key import load_master_key
from bot.run import first_run
from bot.run.first_run import BALLAST_USER, SERVER_USER, hand_over, make_secrets
from bot.run.problems import CannotRun
from tests.run.command import ballast, sentence

ALL = {
    *("house/master.key", "house/rasa.secret", "house/pgpass", "house/redis.password"),
    *("postgres/password", "redis/users.acl"),
}


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != first_run.LIST
    }


def test_all_secrets_are_made_for_their_reader_alone(tmp_path: Path) -> None:
    assert set(make_secrets(tmp_path)) == ALL == set(_files(tmp_path))
    for name in ALL:
        found = (tmp_path / name).stat()
        assert stat.S_IMODE(found.st_mode) == 0o400, name
        if os.geteuid() == 0:
            reader = BALLAST_USER if name.startswith("house/") else SERVER_USER
            assert (found.st_uid, found.st_gid) == (reader, reader), name


def test_the_secrets_are_of_use(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    assert len(load_master_key(None, tmp_path / "house" / "master.key").value) == 32
    password = (tmp_path / "postgres" / "password").read_text().strip()
    assert (tmp_path / "house" / "pgpass").read_text() == f"*:*:*:ballast:{password}\n"
    shown = hashlib.sha256((tmp_path / "house/redis.password").read_bytes().strip()).hexdigest()
    acl = (tmp_path / "redis" / "users.acl").read_text()
    assert f"user ballast on #{shown} " in acl
    # Who knows no password may ask whether it is up, and nothing else.
    assert "user default on nopass resetkeys resetchannels -@all +ping\n" in acl


def test_no_two_servers_have_the_same(tmp_path: Path) -> None:
    make_secrets(tmp_path / "a")
    make_secrets(tmp_path / "b")
    ours, theirs = _files(tmp_path / "a"), _files(tmp_path / "b")
    assert not [name for name in ALL if ours[name] == theirs[name]]
    assert len(set(ours.values())) == len(ours)


def test_nothing_is_made_twice(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    before = _files(tmp_path)
    assert make_secrets(tmp_path) == []
    assert _files(tmp_path) == before


@pytest.mark.parametrize("name", sorted(ALL))
def test_what_is_lost_is_told_and_not_made_anew(tmp_path: Path, name: str) -> None:
    make_secrets(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(CannotRun, match="was made before and is gone"):
        make_secrets(tmp_path)
    assert not (tmp_path / name).exists()


def test_a_secret_that_is_new_in_a_version_is_made_beside_the_others(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    before = _files(tmp_path)
    listed = set(json.loads((tmp_path / first_run.LIST).read_text()))
    new = {"house/redis.password", "redis/users.acl"}
    (tmp_path / first_run.LIST).write_text(json.dumps(sorted(listed - new)))
    for name in new:
        (tmp_path / name).unlink()
    assert set(make_secrets(tmp_path)) == new
    assert {name: _files(tmp_path)[name] for name in ALL - new} == {
        name: before[name] for name in ALL - new
    }


def test_one_of_two_files_with_the_same_password_is_not_made_alone(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    listed = json.loads((tmp_path / first_run.LIST).read_text())
    listed.remove("postgres/password")
    (tmp_path / first_run.LIST).write_text(json.dumps(listed))
    with pytest.raises(CannotRun, match="belongs to files"):
        make_secrets(tmp_path)


def test_a_first_run_that_was_cut_off_begins_again(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    (tmp_path / first_run.LIST).unlink()
    (tmp_path / "house" / "master.key").unlink()
    assert set(make_secrets(tmp_path)) == ALL


@pytest.mark.parametrize("text", ["{", "7", "null"])
def test_a_list_that_cannot_be_read_makes_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / first_run.LIST).write_text(text)
    with pytest.raises(CannotRun, match="cannot be read"):
        make_secrets(tmp_path)
    assert _files(tmp_path) == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_folder_is_handed_to_the_user_that_ballast_runs_as(tmp_path: Path) -> None:
    hand_over(tmp_path / "backups")
    assert (tmp_path / "backups").stat().st_uid == BALLAST_USER


def test_the_command_names_what_it_made_and_shows_none_of_it(tmp_path: Path) -> None:
    done = ballast("first-run", str(tmp_path / "secrets"))
    assert done.returncode == 0, done.stderr
    said = done.stdout.decode()
    assert "Keep a copy of house/master.key elsewhere" in said
    for name, content in _files(tmp_path / "secrets").items():
        assert name in said
        assert content.strip() not in done.stdout
    (tmp_path / "secrets" / "house" / "master.key").unlink()
    assert "is gone" in sentence(ballast("first-run", str(tmp_path / "secrets")))
