"""The app of Bolt: which request of Slack goes to which part of hearing, and when it is answered.

Bolt is told to answer after the work (`process_before_response`), so that nothing is acknowledged
that is not kept; and it writes no log, since its lines hold what people wrote.
"""

from __future__ import annotations

import re
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import SQLAlchemyError

from bot.slack import dialogs
from bot.slack.at_home import hear_dialog, hear_home_opened, hear_home_press
from bot.slack.calls import silent_logger
from bot.slack.hearing import Body, Ear, NotInTime, hear_command, hear_message, hear_press, in_time
from bot.storage.states import SlackOccasion

log = structlog.get_logger()

# The last time that Slack comes with the same event.
_LAST_TRY = "3"
_EVERYTHING = re.compile("")
COMMAND = "/reflect"


def make_bolt(client: AsyncWebClient, me: dict[str, Any], ear: Ear) -> AsyncApp:
    """Give the app, for the bot that `me` says we are (the answer of `auth.test`)."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=me["team_id"],
            bot_user_id=me["user_id"],
            bot_id=me.get("bot_id"),
            bot_token=client.token,
        )

    app = AsyncApp(
        name="ballast",
        client=client,
        authorize=authorize,
        logger=silent_logger(),
        process_before_response=True,
        # Checked before Bolt sees anything (`signatures.py`).
        request_verification_enabled=False,
        # They tell that the line is not deaf (`watching.py`); `hear_message` takes nothing of them.
        ignoring_self_events_enabled=False,
    )
    _listen(app, ear)
    return app


def _listen(app: AsyncApp, ear: Ear) -> None:
    _listen_to_events(app, ear)
    _listen_to_presses(app, ear)

    async def command(body: Body, ack: AsyncAck) -> None:
        try:
            await in_time(hear_command(ear, body, ack))
        except (SQLAlchemyError, OSError, NotInTime):
            words = ear.desk.slack_words
            await ack(text=words[SlackOccasion.NOT_KEPT], response_type="ephemeral")

    async def failed(error: Exception) -> BoltResponse:
        # Of whatever kind: it is not acknowledged. Its text may be a user's.
        log.warning("slack.not_acknowledged", kind=type(error).__name__)
        return BoltResponse(status=500, body="")

    app.command(COMMAND)(command)
    app.error(failed)


def _listen_to_events(app: AsyncApp, ear: Ear) -> None:
    async def message(body: Body, request: AsyncBoltRequest) -> None:
        try:
            await in_time(hear_message(ear, body))
        except (SQLAlchemyError, OSError):
            if request.headers.get("x-slack-retry-num") == [_LAST_TRY]:
                event = body["event"]
                channel, user = str(event["channel"]), str(event.get("user") or "")
                await ear.say_for_a_moment(SlackOccasion.NOT_KEPT, channel, user)
            raise

    async def home_opened(body: Body) -> None:
        await in_time(hear_home_opened(ear, body))

    app.event("message")(message)
    app.event("app_home_opened")(home_opened)


def _listen_to_presses(app: AsyncApp, ear: Ear) -> None:
    async def press(body: Body, ack: AsyncAck) -> None:
        is_home = (body.get("view") or {}).get("type") == "home"
        try:
            await in_time(hear_home_press(ear, body) if is_home else hear_press(ear, body))
        except (SQLAlchemyError, OSError):
            channel = str((body.get("channel") or {}).get("id") or "")
            await ear.say_for_a_moment(SlackOccasion.NOT_KEPT, channel, str(body["user"]["id"]))
            raise
        await ack()

    async def dialog(body: Body, ack: AsyncAck) -> None:
        try:
            await in_time(hear_dialog(ear, body, ack))
        except (SQLAlchemyError, OSError):
            if body["view"].get("callback_id") != dialogs.WRITE:
                raise
            told = ear.desk.slack_words[SlackOccasion.NOT_KEPT]
            await ack(response_action="errors", errors={dialogs.FIELD: told})

    app.action(_EVERYTHING)(press)
    app.view(_EVERYTHING)(dialog)
