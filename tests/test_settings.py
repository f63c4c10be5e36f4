"""Settings come from the environment, and what is secret from files where there is a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BALLAST_SECRETS", str(tmp_path))
    return tmp_path


def test_a_secret_is_read_from_a_file_that_is_called_like_its_setting(secrets: Path) -> None:
    (secrets / "ballast_smtp_password").write_text("from a file\n")
    (secrets / "ballast_database").write_text("postgresql+asyncpg://a:b@c/d\n")
    settings = Settings()
    assert settings.smtp_password is not None
    assert settings.smtp_password.get_secret_value() == "from a file"
    assert settings.database_url == "postgresql+asyncpg://a:b@c/d"


def test_the_environment_goes_before_a_file(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (secrets / "ballast_country").write_text("au")
    assert Settings().country == "au"
    monkeypatch.setenv("BALLAST_COUNTRY", "gb")
    assert Settings().country == "gb"
    assert Settings(country="us").country == "us"


def test_other_files_of_the_folder_are_no_settings(secrets: Path) -> None:
    (secrets / "master.key").write_text("x")
    (secrets / "country").write_text("au")
    assert Settings().country == Settings.model_fields["country"].default
    assert Settings().master_key is None


def test_a_file_is_checked_like_the_environment(secrets: Path) -> None:
    (secrets / "ballast_port").write_text("no number")
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize("host", ["rasa", "10.0.0.7", "rasa.clinic.svc"])
def test_rasa_and_actions_may_be_elsewhere(host: str) -> None:
    settings = Settings(rasa_host=host, actions_host=host, port=8600)
    assert settings.rasa_url == f"http://{host}:8601"
    assert settings.actions_url == f"http://{host}:8602"


@pytest.mark.parametrize("host", ["", "a b", "rasa/x", "http://rasa", "user@rasa", "rasa:1"])
def test_what_is_no_name_of_a_host_is_refused(host: str) -> None:
    with pytest.raises(ValidationError):
        Settings(rasa_host=host)


def test_the_secret_with_rasa_has_a_file_of_its_own_where_one_is_named(tmp_path: Path) -> None:
    assert Settings(var=tmp_path).rasa_secret_path == tmp_path / "run" / "rasa.secret"
    named = tmp_path / "elsewhere"
    assert Settings(rasa_secret_file=named).rasa_secret_path == named
