"""An administrator's commands for keeping and forgetting, as they are typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.run.command import ballast, sentence
from tests.run.test_keys import reflection

__all__ = ["reflection"]


def _says(*arguments: str, **environment: object) -> str:
    done = ballast(*arguments, **environment)
    assert (done.returncode, done.stderr) == (0, b""), done.stderr.decode()
    return done.stdout.decode()


def test_a_hold_is_placed_listed_and_released(tmp_path: Path, reflection: str) -> None:
    assert "Held" in _says("hold", reflection, "--reason", "file 12", var=tmp_path)
    assert f"{reflection} file 12" in _says("hold", "list", var=tmp_path)
    assert "Released" in _says("hold", "release", reflection, var=tmp_path)
    assert "Nothing is held" in sentence(ballast("hold", "release", reflection, var=tmp_path))
    assert "no reflection" in sentence(ballast("hold", "0" * 32, "--reason", "x", var=tmp_path))


def test_retention_without_a_rule_and_without_a_reason_is_refused(
    tmp_path: Path, reflection: str
) -> None:
    assert "There is no rule" in sentence(ballast("retention", "run", var=tmp_path))
    said = sentence(ballast("retention", "run", var=tmp_path, retention_days=30))
    assert "BALLAST_RETENTION_REASON" in said


def test_retention_erases_after_it_was_tried(tmp_path: Path, reflection: str) -> None:
    rule = {"retention_days": 30, "retention_reason": "law", "var": tmp_path}
    assert f"{reflection} due" in _says("retention", "run", "--dry-run", **rule)
    assert (tmp_path / "keys" / f"{reflection}.key").exists()
    assert f"{reflection} erased" in _says("retention", "run", **rule)
    assert not (tmp_path / "keys" / f"{reflection}.key").exists()
    receipt = _says("erasures", var=tmp_path)
    assert f"{reflection} of " in receipt
    assert "conversation" in receipt or "not done yet" in receipt


@pytest.mark.usefixtures("reflection")
def test_the_audit_is_read_and_checked_against_a_head(tmp_path: Path) -> None:
    assert "account_made" in _says("audit", "list", var=tmp_path)
    head = tmp_path / "head.json"
    head.write_text(_says("audit", "head", var=tmp_path))
    assert "The audit holds" in _says("audit", "verify", "--head", str(head), var=tmp_path)
    head.write_text(head.read_text().replace(": 1,", ": 7,"))
    said = sentence(ballast("audit", "verify", "--head", str(head), var=tmp_path))
    assert "cut off" in said


@pytest.mark.usefixtures("reflection")
def test_a_backup_is_made_verified_and_put_back(tmp_path: Path) -> None:
    to = str(tmp_path / "backup")
    assert "No keys are in it" in _says("backup", to, var=tmp_path)
    assert "is whole" in _says("backup", "verify", to, var=tmp_path)
    assert "Put back. 0 reflections" in _says("restore", to, var=tmp_path)
    (tmp_path / "backup" / "ballast.db").write_bytes(b"")
    assert "damaged" in sentence(ballast("restore", to, var=tmp_path))
    assert "The copy of the keys" in _says("keys", "backup", str(tmp_path / "copy"), var=tmp_path)
    assert len(list((tmp_path / "copy").glob("*.key"))) == 2
