"""Installing: what is asked for is what is needed, and what is wrong is a clear sentence."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.settings import Settings
from bot.slack.calls import SCOPES
from bot.slack.checking import check_all, needed_scopes
from tests.bots import ScriptedBot
from tests.conftest import until
from tests.gateway import run_gateway
from tests.run.command import ballast
from tests.slack.mock import MockSlack, mock_slack
from tests.slack.mock.limits import SCOPES as SLACKS_SCOPES
from tests.slack.running import FULL, MANIFEST, settings_for


def test_the_manifest_asks_for_what_the_code_needs_and_for_nothing_else() -> None:
    asked = MANIFEST["oauth_config"]["scopes"]["bot"]
    assert set(asked) == needed_scopes()
    assert not [scope for scope in asked if scope.startswith(("channels", "groups", "users"))]
    assert MANIFEST["settings"]["event_subscriptions"]["bot_events"] == [
        "app_home_opened",
        "message.im",
    ]
    for method, scope in SCOPES.items():
        assert SLACKS_SCOPES.get(method, scope) == scope


@pytest.fixture
async def slack():
    async with mock_slack(manifest=MANIFEST) as running:
        yield running
        running.forgive("missing_scope")
        assert running.violations == []


async def findings(slack: MockSlack, **more: Any) -> list[tuple[bool, str]]:
    settings = Settings(**settings_for(slack, **more))
    return [(one.is_well, one.sentence) async for one in check_all(settings)]


async def test_all_is_well(slack: MockSlack) -> None:
    found = await findings(slack)
    assert all(is_well for is_well, _ in found), found
    said = " ".join(sentence for _, sentence in found)
    assert "no public address is needed" in said
    assert "Mode: doorbell" in said
    assert slack.workspace.home.id in said


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"slack_bot_token": "xoxp-12345"}, "BALLAST_SLACK_BOT_TOKEN is not a bot token"),
        ({"slack_bot_token": "xoxb-12345"}, "Slack does not know the bot token"),
        ({"slack_app_token": "xoxb-12345"}, "BALLAST_SLACK_APP_TOKEN is not an app-level token"),
        ({"slack_app_token": "xapp-12345"}, "does not take the app-level token"),
        ({"slack_app_token": None}, "has no way to reach Ballast"),
        ({"slack_team": "T0000000"}, "another workspace"),
        ({"slack_api_url": "http://127.0.0.1:9/"}, "could not be reached"),
    ],
)
async def test_each_fault_is_a_sentence_without_a_token(
    slack: MockSlack, wrong: dict[str, Any], said: str
) -> None:
    found = await findings(slack, **wrong)
    assert any(said in sentence for is_well, sentence in found if not is_well), found
    told = " ".join(sentence for _, sentence in found)
    assert "12345" not in told
    assert slack.workspace.app.bot_token not in told


async def test_a_missing_scope_is_named(slack: MockSlack) -> None:
    slack.workspace.app.manifest = MANIFEST | {
        "oauth_config": {"scopes": {"bot": ["chat:write", "commands", "im:history"]}}
    }
    found = await findings(slack)
    assert any("lacks im:write" in sentence for is_well, sentence in found if not is_well)


async def test_a_token_may_stand_in_a_file(slack: MockSlack, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(slack.workspace.app.bot_token + "\n")
    found = await findings(slack, slack_bot_token=None, slack_bot_token_file=file)
    assert all(is_well for is_well, _ in found), found


async def test_the_command_says_it_too(slack: MockSlack, tmp_path: Path) -> None:
    given = settings_for(slack) | {"var": tmp_path}
    well = await asyncio.to_thread(ballast, "slack", "check", **given)
    assert well.returncode == 0, well.stdout + well.stderr
    wrong = await asyncio.to_thread(ballast, "slack", "check", **given | {"slack_bot_token": "x"})
    assert wrong.returncode == 1
    assert b"is not a bot token" in wrong.stdout
    assert slack.workspace.app.bot_token.encode() not in well.stdout


def test_full_mode_needs_a_reason_in_writing() -> None:
    with pytest.raises(ValueError, match="a reason has to be written"):
        Settings(slack_mode="full")
    assert Settings(**FULL).slack_full_reason


async def test_with_wrong_tokens_the_gateway_runs_and_says_why_once_it_starts(
    slack: MockSlack, tmp_path: Path
) -> None:
    wrong = settings_for(slack, slack_bot_token="xoxb-wrong")  # noqa: S106
    with capture_logs() as logged:
        async with run_gateway(tmp_path, ScriptedBot(), **wrong) as gateway:

            async def is_told() -> bool:
                return any(entry["event"] == "slack.not_started" for entry in logged)

            await until(is_told)
            http = await gateway.visitor()
            async with http.get("/sign-in") as answer:
                assert answer.status == 200
    assert "Slack does not know the bot token" in str(logged)
    assert "xoxb-wrong" not in str(logged)
