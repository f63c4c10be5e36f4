"""The methods of the Web API that an app like this one calls, each with its errors.

A method is given the arguments as they came and gives what is answered beside `ok`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.slack.mock.blocks import Wrong, wrong_with_message, wrong_with_view
from tests.slack.mock.limits import LIMITS
from tests.slack.mock.workspace import Channel, Message, View, with_ids

if TYPE_CHECKING:
    from tests.slack.mock.slack import MockSlack

Json = dict[str, Any]


class Refused(Exception):
    """Slack's answer when it does not do what was asked. `noted` ones are the app's fault."""

    def __init__(self, error: str, sentence: str = "", *, noted: bool = False, **more: Any) -> None:
        super().__init__(error)
        self.error, self.sentence, self.noted, self.more = error, sentence, noted, more


def _needed(given: Json, *names: str) -> list[Any]:
    for name in names:
        if not given.get(name):
            raise Refused("invalid_arguments", f"{name} is missing", noted=True)
    return [given[name] for name in names]


def _is_true(given: Json, name: str) -> bool:
    return given.get(name) in (True, "true", "1", 1)


def _refuse(wrong: list[Wrong]) -> None:
    """Answer the first thing that is wrong, with all of them beside it."""
    if wrong:
        told = [one.sentence for one in wrong]
        metadata = {"messages": [f"[ERROR] {sentence}" for sentence in told]}
        raise Refused(
            wrong[0].error, "; ".join(told), noted=True, errors=told, response_metadata=metadata
        )


def _channel(slack: MockSlack, given: Json) -> Channel:
    (wanted,) = _needed(given, "channel")
    if wanted in slack.workspace.members and wanted[0] in "UW":
        return slack.workspace.direct(wanted)
    channel = slack.workspace.channels.get(wanted)
    if channel is None:
        raise Refused("channel_not_found")
    if slack.workspace.app.bot_user not in channel.members:
        # A bot sees nothing of a place that it was not asked into.
        raise Refused("channel_not_found" if channel.kind != "channel" else "not_in_channel")
    return channel


def _checked_message(given: Json) -> None:
    _refuse(wrong_with_message(given.get("text"), given.get("blocks"), given.get("metadata")))


def _new_message(slack: MockSlack, given: Json) -> Message:
    workspace = slack.workspace
    named = with_ids(workspace, {"blocks": given.get("blocks") or []})
    return Message(
        ts=workspace.clock.ts(),
        user=workspace.app.bot_user,
        team=workspace.home.id,
        text=given.get("text") or "",
        blocks=named["blocks"],
        bot_id=workspace.app.bot_id,
        metadata=copy.deepcopy(given.get("metadata")),
    )


async def auth_test(slack: MockSlack, given: Json) -> Json:
    app = slack.workspace.app
    return {
        "url": f"https://{app.team.domain}.slack.com/",
        "team": app.team.name,
        "user": "ballast",
        "team_id": app.team.id,
        "user_id": app.bot_user,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


async def apps_connections_open(slack: MockSlack, given: Json) -> Json:
    if not slack.socket.is_enabled or not slack.workspace.app.is_in_socket_mode:
        # What Slack answers to an app that is not in Socket Mode is not in the reference.
        raise Refused("forbidden_team")
    ticket = slack.socket.new_ticket()
    return {"url": f"{slack.socket_address}/link/?ticket={ticket}&app_id={slack.workspace.app.id}"}


async def chat_post_message(slack: MockSlack, given: Json) -> Json:
    channel = _channel(slack, given)
    _checked_message(given)
    message = _new_message(slack, given)
    channel.messages.append(message)
    slack.tell_message(channel, message)
    shown = message.as_json(slack.workspace.app.id, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


async def chat_post_ephemeral(slack: MockSlack, given: Json) -> Json:
    channel = _channel(slack, given)
    (user,) = _needed(given, "user")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    _checked_message(given)
    message = _new_message(slack, given)
    message.only_for = user
    channel.messages.append(message)
    return {"message_ts": message.ts}


def _own_message(slack: MockSlack, channel: Channel, given: Json, error: str) -> Message:
    (ts,) = _needed(given, "ts")
    message = channel.message(str(ts))
    if message is None or message.only_for:
        raise Refused("message_not_found")
    if message.bot_id != slack.workspace.app.bot_id:
        raise Refused(error)
    return message


async def chat_update(slack: MockSlack, given: Json) -> Json:
    channel = _channel(slack, given)
    message = _own_message(slack, channel, given, "cant_update_message")
    # What is not named is left: text alone takes the blocks away, blocks alone keep the text.
    if "blocks" not in given and given.get("text"):
        given = given | {"blocks": []}
    _checked_message(given | {"text": given.get("text") or message.text})
    slack.change_message(channel, message, given)
    shown = message.as_json(slack.workspace.app.id, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


async def chat_delete(slack: MockSlack, given: Json) -> Json:
    channel = _channel(slack, given)
    message = _own_message(slack, channel, given, "cant_delete_message")
    slack.remove_message(channel, message)
    return {"channel": channel.id, "ts": message.ts}


async def conversations_open(slack: MockSlack, given: Json) -> Json:
    users = given.get("users")
    wanted = users.split(",") if isinstance(users, str) else list(users or [])
    if len(wanted) != 1:
        raise Refused("invalid_arguments", "one user was expected", noted=True)
    member = slack.workspace.members.get(wanted[0])
    if member is None:
        raise Refused("user_not_found")
    if member.is_bot:
        raise Refused("cannot_dm_bot")
    if member.deleted:
        raise Refused("user_disabled")
    return {"no_op": False, "channel": {"id": slack.workspace.direct(member.id).id}}


async def conversations_history(slack: MockSlack, given: Json) -> Json:
    channel = _channel(slack, given)
    limit = int(given.get("limit") or 100)
    if not 1 <= limit <= 999:
        raise Refused("invalid_limit", "limit is from 1 to 999", noted=True)
    inclusive = _is_true(given, "inclusive")
    oldest, latest = str(given.get("oldest") or ""), str(given.get("latest") or "")
    if given.get("cursor"):
        latest, inclusive = str(given["cursor"]), False
    found = [
        message
        for message in reversed(channel.messages)
        if not message.only_for
        and (not oldest or _after(message.ts, oldest, inclusive=inclusive))
        and (not latest or _after(latest, message.ts, inclusive=inclusive))
    ]
    page = found[:limit]
    answer: Json = {"messages": [_shown(slack, one, given) for one in page]}
    answer["has_more"] = len(found) > limit
    if len(found) > limit:
        answer["response_metadata"] = {"next_cursor": page[-1].ts}
    return answer


def _after(later: str, earlier: str, *, inclusive: bool) -> bool:
    one, other = float(later), float(earlier)
    return one > other or (inclusive and one == other)


def _shown(slack: MockSlack, message: Message, given: Json) -> Json:
    shown = message.as_json(slack.workspace.app.id)
    if message.metadata:
        is_whole = _is_true(given, "include_all_metadata")
        kind = {"event_type": message.metadata["event_type"]}
        shown["metadata"] = message.metadata if is_whole else kind
    return shown


async def conversations_info(slack: MockSlack, given: Json) -> Json:
    channel = _channel(slack, given)
    shown = {
        "id": channel.id,
        "created": 1_700_000_000,
        "is_im": channel.kind == "im",
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_org_shared": False,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "context_team_id": slack.workspace.home.id,
    }
    if channel.kind == "im":
        (shown["user"],) = channel.members - {slack.workspace.app.bot_user}
    else:
        shown |= {"name": channel.name, "is_member": True}
    return {"channel": shown}


async def users_info(slack: MockSlack, given: Json) -> Json:
    (user,) = _needed(given, "user")
    member = slack.workspace.members.get(user)
    if member is None:
        raise Refused("user_not_found")
    return {"user": member.as_json(slack.workspace.home)}


async def team_info(slack: MockSlack, given: Json) -> Json:
    team = slack.workspace.home
    if given.get("team") not in (None, "", team.id):
        raise Refused("team_not_found")
    return {"team": {"id": team.id, "name": team.name, "domain": team.domain, "icon": {}}}


async def views_open(slack: MockSlack, given: Json) -> Json:
    view, trigger = _needed(given, "view", "trigger_id")
    user = slack.use_trigger(trigger)
    _refuse(wrong_with_view(view, "modal"))
    if len(slack.workspace.modals(user)) >= LIMITS["view.stack"].most:
        raise Refused(LIMITS["view.stack"].error, noted=True)
    opened = slack.workspace.keep_view(user, view)
    return {"view": opened.as_json(slack.workspace.app)}


async def views_update(slack: MockSlack, given: Json) -> Json:
    (view,) = _needed(given, "view")
    found = _view(slack, given)
    _refuse(wrong_with_view(view, found.given["type"]))
    _same_hash(found, given)
    slack.change_view(found, view)
    return {"view": found.as_json(slack.workspace.app)}


def _view(slack: MockSlack, given: Json) -> View:
    for view in slack.workspace.views.values():
        named = given.get("external_id")
        if view.id == given.get("view_id") or (named and view.given.get("external_id") == named):
            if view.is_open:
                return view
            break
    raise Refused("not_found")


def _same_hash(view: View, given: Json) -> None:
    if given.get("hash") and given["hash"] != view.hash:
        raise Refused("hash_conflict")


async def views_publish(slack: MockSlack, given: Json) -> Json:
    view, user = _needed(given, "view", "user_id")
    if user not in slack.workspace.members:
        raise Refused("user_not_found")
    features = slack.workspace.app.manifest["features"]
    if not features.get("app_home", {}).get("home_tab_enabled"):
        raise Refused("not_enabled")
    _refuse(wrong_with_view(view, "home"))
    found = slack.workspace.home_tab(user)
    if found is None:
        found = slack.workspace.keep_view(user, view)
    else:
        _same_hash(found, given)
        slack.change_view(found, view)
    return {"view": found.as_json(slack.workspace.app)}


METHODS: dict[str, Callable[[MockSlack, Json], Any]] = {
    "apps.connections.open": apps_connections_open,
    "auth.test": auth_test,
    "chat.delete": chat_delete,
    "chat.postEphemeral": chat_post_ephemeral,
    "chat.postMessage": chat_post_message,
    "chat.update": chat_update,
    "conversations.history": conversations_history,
    "conversations.info": conversations_info,
    "conversations.open": conversations_open,
    "team.info": team_info,
    "users.info": users_info,
    "views.open": views_open,
    "views.publish": views_publish,
    "views.update": views_update,
}


async def call(slack: MockSlack, method: str, given: Json) -> Json:
    """Do what was asked, at once: other calls see all of it or nothing."""
    return dict(await METHODS[method](slack, given))
