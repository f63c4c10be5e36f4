"""What Rasa is told of the house."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from sqlalchemy import make_url

from bot.run.processes import write_rasa_files
from bot.settings import Settings


@pytest.mark.parametrize("driver", ["", "+asyncpg"])
def test_rasa_keeps_conversations_beside_all_else_in_postgresql(
    tmp_path: Path, driver: str
) -> None:
    settings = Settings(var=tmp_path, database=f"postgresql{driver}://a:p%24w%22@c/d")
    endpoints = write_rasa_files(settings, "secret")
    told = yaml.safe_load(endpoints.read_text(encoding="utf-8"))["tracker_store"]
    url = make_url(told["url"])
    assert (url.drivername, url.host, url.database) == ("postgresql+psycopg", "c", "d")
    assert url.password == 'p$w"'  # noqa: S105 - a made-up one
    assert "synchronous_commit=on" in str(url.query["options"])
    # The password stands in it.
    assert endpoints.stat().st_mode & 0o077 == 0


def test_rasa_has_a_file_of_its_own_without_postgresql(tmp_path: Path) -> None:
    endpoints = write_rasa_files(Settings(var=tmp_path, database=None), "secret")
    told = yaml.safe_load(endpoints.read_text(encoding="utf-8"))["tracker_store"]
    assert told["url"] == f"sqlite:///{tmp_path}/rasa.db"
