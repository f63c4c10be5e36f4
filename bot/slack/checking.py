"""Whether the app can work: tokens, scopes, mode, workspace. Each fault is one clear sentence.

No sentence holds a token, nor any part of one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, ClientTimeout

from bot.settings import Settings
from bot.slack.calls import (
    HEARD_SCOPES,
    SCOPES,
    SECONDS,
    NotClear,
    Refused,
    SlackCalls,
    web_client,
)

_REASONS = {
    "invalid_auth": "Slack does not know the bot token (BALLAST_SLACK_BOT_TOKEN). Please copy it "
    "again from “OAuth & Permissions” of the app.",
    "not_authed": "Slack was given no bot token (BALLAST_SLACK_BOT_TOKEN).",
    "token_revoked": "The bot token was revoked. Please install the app into the workspace again.",
    "token_expired": "The bot token has expired. Please turn token rotation off for the app.",
    "account_inactive": "The app was taken out of the workspace. Please install it again.",
}


class WrongTokens(Exception):
    """The app cannot start; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        """Take the sentence."""
        super().__init__(sentence)
        self.sentence = sentence

    @classmethod
    def of_code(cls, code: str) -> WrongTokens:
        """Give the fault that Slack's word for it means."""
        return cls(_REASONS.get(code, "Slack refused the bot token. Please install the app again."))


@dataclass(frozen=True)
class Tokens:
    """The bot's token, and the app's for Socket Mode or None."""

    bot: str
    app: str | None


@dataclass(frozen=True)
class Finding:
    """One line of a check: a sentence, and whether all is well with it."""

    is_well: bool
    sentence: str


def needed_scopes() -> frozenset[str]:
    """Give the scopes that the app's calls and ears need, and no others."""
    return HEARD_SCOPES | {scope for scope in SCOPES.values() if scope}


def check_shapes(settings: Settings) -> Tokens:
    """Give the tokens where they look like what they are. Raises `WrongTokens`."""
    try:
        bot = settings.secret("slack_bot_token")
        app = settings.secret("slack_app_token")
        secret = settings.secret("slack_signing_secret")
    except OSError:
        raise WrongTokens("A file that should hold a secret of Slack cannot be read.") from None
    if bot is None:
        raise WrongTokens("There is no bot token: BALLAST_SLACK_BOT_TOKEN is empty.")
    if not bot.startswith("xoxb-"):
        raise WrongTokens(
            "BALLAST_SLACK_BOT_TOKEN is not a bot token: one begins with “xoxb-” and stands on "
            "“OAuth & Permissions” of the app."
        )
    if app is not None and not app.startswith("xapp-"):
        raise WrongTokens(
            "BALLAST_SLACK_APP_TOKEN is not an app-level token: one begins with “xapp-” and is "
            "made on “Basic Information” of the app."
        )
    if app is None and secret is None:
        raise WrongTokens(
            "Slack has no way to reach Ballast: please set BALLAST_SLACK_APP_TOKEN (Socket Mode) "
            "or BALLAST_SLACK_SIGNING_SECRET (HTTP mode)."
        )
    return Tokens(bot, app)


def check_whoami(settings: Settings, me: Mapping[str, Any]) -> None:
    """See that the token is of our workspace and may do what is needed. Raises `WrongTokens`."""
    if settings.slack_team and settings.slack_team != me["team_id"]:
        raise WrongTokens("The bot token is of another workspace than BALLAST_SLACK_TEAM names.")
    if missing := missing_scopes(me):
        raise WrongTokens(
            f"The app lacks {', '.join(sorted(missing))}. Please take over the manifest "
            "(bot/slack/manifest.yml) and install the app again."
        )


def missing_scopes(me: Mapping[str, Any]) -> frozenset[str]:
    """Give the scopes that the token lacks; none where Slack does not tell which it has."""
    told = {scope.strip() for scope in str(me.get("scopes") or "").split(",") if scope.strip()}
    return needed_scopes() - told if told else frozenset()


async def check_all(settings: Settings) -> AsyncIterator[Finding]:
    """Check everything that `ballast slack check` tells of, one finding after another."""
    try:
        tokens = check_shapes(settings)
    except WrongTokens as fault:
        yield Finding(False, fault.sentence)
        return
    yield Finding(True, "The tokens look like what they are.")
    async with ClientSession(timeout=ClientTimeout(total=SECONDS)) as http:
        client = web_client(http, settings.slack_api_url, tokens.bot)
        async for finding in _ask_slack(settings, SlackCalls(client)):
            yield finding
        if tokens.app is not None:
            yield await _try_socket(SlackCalls(client), tokens.app)
    if tokens.app is None:
        address = f"{settings.address}/slack/events"
        yield Finding(
            settings.is_https,
            f"HTTP mode: Slack has to reach {address}."
            + ("" if settings.is_https else " It takes https:// only (BALLAST_PUBLIC_URL)."),
        )
    yield _mode(settings)


async def _ask_slack(settings: Settings, calls: SlackCalls) -> AsyncIterator[Finding]:
    try:
        me = await calls.whoami()
        check_whoami(settings, me)
    except Refused as refused:
        yield Finding(False, WrongTokens.of_code(refused.code).sentence)
    except WrongTokens as fault:
        yield Finding(False, fault.sentence)
    except NotClear:
        yield Finding(False, "Slack could not be reached. Is the way out to slack.com open?")
    else:
        yield Finding(True, f"Slack knows the bot; its workspace is {me['team_id']}.")
        yield Finding(True, "The app has the scopes that it needs.")


async def _try_socket(calls: SlackCalls, app_token: str) -> Finding:
    try:
        await calls.can_open_socket(app_token)
    except NotClear:
        return Finding(False, "Socket Mode could not be tried: Slack gave no answer.")
    except Refused:
        return Finding(
            False,
            "Socket Mode: Slack does not take the app-level token (BALLAST_SLACK_APP_TOKEN). It "
            "needs the scope connections:write, and Socket Mode has to be on.",
        )
    return Finding(True, "Socket Mode: Slack gives us a socket; no public address is needed.")


def _mode(settings: Settings) -> Finding:
    if settings.slack_mode == "full":
        return Finding(
            True,
            "Mode: full. Reflections are held in Slack, which keeps its own copies; the reason is "
            "written down (BALLAST_SLACK_FULL_REASON), and each therapist is asked first.",
        )
    return Finding(True, "Mode: doorbell. Slack only says that a reflection is waiting.")
