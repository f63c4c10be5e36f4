"""Settings that contradict each other, or that nothing reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.settings import Settings
from bot.terminal.doctor.chosen import check_names, check_settings
from bot.terminal.doctor.finding import State

OIDC = {"oidc_issuer": "https://sign-in.clinic.example"}
EVERYWHERE = "0.0.0.0"  # noqa: S104 - it is complained of
HTTPS = "https://ballast.clinic.example"


def test_the_defaults_go_together() -> None:
    wrong = [f for f in check_settings(Settings()) if f.state is State.WRONG]
    assert wrong == []


@pytest.mark.parametrize(
    ("settings", "state", "said"),
    [
        ({"public_url": "http://ballast.clinic.example"}, State.WRONG, "passkeys do not work"),
        ({"public_url": "https://10.0.0.7"}, State.LOOK, "bare IP"),
        ({"host": EVERYWHERE}, State.WRONG, "without TLS"),
        ({"metrics_port": 9100, "metrics_host": EVERYWHERE}, State.LOOK, "Metrics"),
        ({"rasa_port": 8600}, State.WRONG, "the same port, 8600"),
        ({"actions_port": 8601}, State.WRONG, "Rasa and the action server"),
        ({"metrics_port": 9100, "rasa_port": 9100}, State.WRONG, "Rasa and the metrics"),
        (OIDC, State.WRONG, "BALLAST_OIDC_CLIENT_ID"),
        ({"smtp_user": "ballast"}, State.WRONG, "need each other"),
        ({}, State.LOOK, "No supervisor is told of danger"),
        (
            {"notify": "nothing", "smtp_host": "mail", "smtp_from": "a@b.example"},
            State.LOOK,
            "none is sent",
        ),
        ({"idle_minutes": 800}, State.LOOK, "BALLAST_SESSION_HOURS"),
    ],
)
def test_what_contradicts_is_said(settings: dict[str, Any], state: State, said: str) -> None:
    found = [f for f in check_settings(Settings(**settings)) if said in f.sentence]
    assert [finding.state for finding in found] == [state]


def test_what_is_right_is_not_complained_of() -> None:
    settings = Settings(
        **OIDC,
        oidc_client_id="ballast",
        oidc_client_secret=SecretStr("x"),
        public_url=HTTPS,
        host=EVERYWHERE,
        rasa_host="rasa",
        actions_host="actions",
        smtp_host="mail",
        smtp_from="a@b.example",
        smtp_user="ballast",
        smtp_password=SecretStr("x"),
    )
    assert [finding.state for finding in check_settings(settings)] == [State.WELL]


def test_the_copy_of_the_keys_is_apart_and_there(tmp_path: Path) -> None:
    keys, elsewhere = tmp_path / "keys", tmp_path / "copy"
    for copy, said in ((keys, "is no copy"), (keys / "copy", "is no copy"), (elsewhere, "Mount")):
        found = check_settings(Settings(var=tmp_path, keys_copy=copy))
        assert [f.state for f in found if said in f.sentence] == [State.WRONG]
    elsewhere.mkdir()
    found = check_settings(Settings(var=tmp_path, keys_copy=elsewhere))
    assert not [f for f in found if f.state is State.WRONG]


def test_a_misspelt_setting_is_found() -> None:
    found = list(check_names({"BALLAST_RETENTION_DAY": "30", "BALLAST_PORT": "1", "PATH": "/"}))
    assert [finding.state for finding in found] == [State.WRONG]
    assert "Did you mean BALLAST_RETENTION_DAYS?" in found[0].sentence
    assert "30" not in found[0].sentence


def test_a_setting_of_this_page_is_one_that_exists() -> None:
    assert list(check_names({"BALLAST_SECRETS": "/run/secrets"})) == []
