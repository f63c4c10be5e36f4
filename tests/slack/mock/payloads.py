"""What Slack sends an app, in the shapes of the samples in the reference and in slack_bolt."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from tests.slack.mock.workspace import Channel, Member, Message, View, Workspace

if TYPE_CHECKING:
    from tests.slack.mock.slack import MockSlack

Json = dict[str, Any]


def escaped(text: str) -> str:
    """Give what somebody typed as Slack passes it on: three signs escaped, addresses marked."""
    plain = html.escape(text, quote=False)
    return re.sub(r"https?://[^\s<>|]+", lambda found: f"<{found[0]}>", plain)


def rich_text(workspace: Workspace, text: str) -> list[Json]:
    """Give the blocks that Slack makes of what somebody typed."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return [{"type": "rich_text", "block_id": workspace.name("b"), "elements": [section]}]


def event(workspace: Workspace, inner: Json, *, is_ext_shared: bool = False) -> Json:
    """Give the outer part of everything that the Events API sends."""
    app = workspace.app
    stamp = int(workspace.clock())
    return {
        "token": app.verification_token,
        "team_id": app.team.id,
        "context_team_id": app.team.id,
        "context_enterprise_id": None,
        "api_app_id": app.id,
        "event": inner | {"event_ts": inner.get("event_ts") or workspace.clock.ts()},
        "type": "event_callback",
        "event_id": workspace.name("Ev"),
        "event_time": stamp,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": app.team.id,
                "user_id": app.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": is_ext_shared,
        "event_context": workspace.name("4-"),
    }


def message_event(workspace: Workspace, channel: Channel, message: Message) -> Json:
    """Give the event of a new message, whoever wrote it."""
    inner = message.as_json(workspace.app.id) | {
        "channel": channel.id,
        "channel_type": channel.kind,
        "event_ts": message.ts,
    }
    author = workspace.members[message.user]
    if author.team.id != workspace.home.id:
        inner |= {"user_team": author.team.id, "source_team": author.team.id}
        inner["user_profile"] = {"name": author.name, "team": author.team.id}
    return event(workspace, inner, is_ext_shared=channel.is_ext_shared)


def changed_event(workspace: Workspace, channel: Channel, message: Message, previous: Json) -> Json:
    """Give the event of a message that was edited, by its author or by the app."""
    inner = {
        "type": "message",
        "subtype": "message_changed",
        "message": message.as_json(workspace.app.id) | {"source_team": message.team},
        "previous_message": previous,
        "channel": channel.id,
        "hidden": True,
        "ts": workspace.clock.ts(),
        "channel_type": channel.kind,
    }
    return event(workspace, inner, is_ext_shared=channel.is_ext_shared)


def deleted_event(workspace: Workspace, channel: Channel, message: Message) -> Json:
    inner = {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": message.as_json(workspace.app.id),
        "channel": channel.id,
        "hidden": True,
        "deleted_ts": message.ts,
        "ts": workspace.clock.ts(),
        "channel_type": channel.kind,
    }
    return event(workspace, inner, is_ext_shared=channel.is_ext_shared)


def mention_event(workspace: Workspace, channel: Channel, message: Message) -> Json:
    payload = message_event(workspace, channel, message)
    del payload["event"]["channel_type"]
    payload["event"]["type"] = "app_mention"
    return payload


def home_event(workspace: Workspace, member: Member, tab: str) -> Json:
    channel = workspace.direct(member.id)
    inner: Json = {
        "type": "app_home_opened",
        "user": member.id,
        "channel": channel.id,
        "tab": tab,
    }
    view = workspace.home_tab(member.id)
    if view is not None and tab == "home":
        inner["view"] = view.as_json(workspace.app)
    return event(workspace, inner, is_ext_shared=channel.is_ext_shared)


def _who(member: Member) -> Json:
    return {
        "id": member.id,
        "username": member.name,
        "name": member.name,
        "team_id": member.team.id,
    }


def _interaction(slack: MockSlack, member: Member, kind: str) -> Json:
    """Give what stands in every interactive payload. `team` is where the person is at home."""
    app = slack.workspace.app
    return {
        "type": kind,
        "user": _who(member),
        "api_app_id": app.id,
        "token": app.verification_token,
        "team": {"id": member.team.id, "domain": member.team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": slack.new_trigger(member.id),
    }


def pressed(
    slack: MockSlack, member: Member, channel: Channel, message: Message, act: Json
) -> Json:
    """Give the payload of a button or menu in a message."""
    workspace = slack.workspace
    is_ephemeral = message.only_for is not None
    payload = _interaction(slack, member, "block_actions") | {
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": is_ephemeral,
        },
        "channel": {"id": channel.id, "name": channel.name},
        "state": {"values": state_of([act])},
        "response_url": slack.new_response_url(member.id, channel, message.ts),
        "actions": [act | {"action_ts": workspace.clock.ts()}],
    }
    if not is_ephemeral:
        payload["message"] = message.as_json(workspace.app.id)
    return payload


def pressed_in_view(slack: MockSlack, member: Member, view: View, act: Json, state: Json) -> Json:
    """Give the payload of a button or menu in a modal or the Home tab."""
    values = state | state_of([act])
    return _interaction(slack, member, "block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "view": view.as_json(slack.workspace.app, values),
        "actions": [act | {"action_ts": slack.workspace.clock.ts()}],
    }


def state_of(acts: list[Json]) -> Json:
    """Give what stands in menus, as `state.values`; buttons are not in it."""
    values: Json = {}
    for act in acts:
        if act["type"] != "button":
            kept = {
                name: act[name] for name in act if name.startswith("selected") or name == "type"
            }
            values.setdefault(act["block_id"], {})[act["action_id"]] = kept
    return values


def submitted(slack: MockSlack, member: Member, view: View, values: Json) -> Json:
    return _interaction(slack, member, "view_submission") | {
        "view": view.as_json(slack.workspace.app, values),
        "response_urls": [],
    }


def closed(slack: MockSlack, member: Member, view: View) -> Json:
    payload = _interaction(slack, member, "view_closed") | {
        "view": view.as_json(slack.workspace.app),
        "is_cleared": False,
    }
    del payload["trigger_id"]
    return payload


def command(slack: MockSlack, member: Member, channel: Channel, name: str, text: str) -> Json:
    """Give a slash command; in HTTP mode these are the fields of a form."""
    app = slack.workspace.app
    return {
        "token": app.verification_token,
        "team_id": member.team.id,
        "team_domain": member.team.domain,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "user_id": member.id,
        "user_name": member.name,
        "command": name,
        "text": escaped(text),
        "api_app_id": app.id,
        "is_enterprise_install": "false",
        "response_url": slack.new_response_url(member.id, channel, None, for_command=True),
        "trigger_id": slack.new_trigger(member.id),
    }
