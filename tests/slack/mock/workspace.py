"""What there is in a workspace: people, channels, messages, views and the app that is installed."""

from __future__ import annotations

import copy
import itertools
from dataclasses import dataclass, field
from typing import Any

from tests.slack.mock.clock import Clock

Json = dict[str, Any]

# The manifest of an app that may do what the mock can, where a test brings no other.
MANIFEST: Json = {
    "display_information": {"name": "Ballast"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "Ballast"},
        "slash_commands": [{"command": "/reflect", "description": "Debrief"}],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "chat:write",
                "commands",
                "im:history",
                "im:read",
                "im:write",
                "app_mentions:read",
                "team:read",
                "users:read",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened", "app_mention", "message.im"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


@dataclass
class Team:
    id: str
    name: str
    domain: str


@dataclass
class Member:
    """Somebody with a name in Slack; `team` is where they are at home."""

    id: str
    name: str
    team: Team
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    deleted: bool = False

    def as_json(self, seen_from: Team) -> Json:
        """Give what users.info says about them."""
        is_stranger = self.team.id != seen_from.id
        shown = {
            "id": self.id,
            "team_id": self.team.id,
            "name": self.name,
            "deleted": self.deleted,
            "real_name": self.name.title(),
            "tz": "Europe/Berlin",
            "profile": {"real_name": self.name.title(), "team": self.team.id},
            "is_admin": False,
            "is_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 1_700_000_000,
        }
        return shown | ({"is_stranger": True} if is_stranger else {})


@dataclass
class Message:
    """One message as it stands now. `only_for` is whoever alone sees it, if it is ephemeral."""

    ts: str
    user: str
    team: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    bot_id: str | None = None
    metadata: Json | None = None
    client_msg_id: str | None = None
    only_for: str | None = None
    edited: Json | None = None

    def as_json(self, app_id: str, *, with_metadata: bool = False) -> Json:
        shown: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        shown |= {"team": self.team}
        if self.client_msg_id:
            shown["client_msg_id"] = self.client_msg_id
        if self.bot_id:
            shown |= {"bot_id": self.bot_id, "app_id": app_id}
        if self.blocks:
            shown["blocks"] = copy.deepcopy(self.blocks)
        if self.edited:
            shown["edited"] = self.edited
        if self.metadata and with_metadata:
            shown["metadata"] = self.metadata
        return shown


@dataclass
class Channel:
    """A place to write; its messages stand in the order in which they came."""

    id: str
    name: str
    kind: str  # im, channel, group
    members: set[str]
    is_ext_shared: bool = False
    messages: list[Message] = field(default_factory=list)
    # Taken away; kept so that a test can see what was ever shown.
    gone: list[Message] = field(default_factory=list)

    def message(self, ts: str | None) -> Message | None:
        return next((one for one in self.messages if one.ts == ts), None)

    @property
    def event(self) -> str:
        """Name the subscription that hears what is written here."""
        return {"im": "message.im", "channel": "message.channels", "group": "message.groups"}[
            self.kind
        ]


@dataclass
class View:
    """A modal that somebody has open, or their Home tab."""

    id: str
    user: str
    given: Json
    hash: str
    is_open: bool = True

    def as_json(self, app: App, state: Json | None = None) -> Json:
        """Give the view as it is answered and as it is sent with whatever is done in it."""
        shown = {
            "id": self.id,
            "team_id": app.team.id,
            "app_id": app.id,
            "app_installed_team_id": app.team.id,
            "bot_id": app.bot_id,
            "state": {"values": state or {}},
            "hash": self.hash,
            "root_view_id": self.id,
            "previous_view_id": None,
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "title": {"type": "plain_text", "text": "Ballast", "emoji": True},
            "close": None,
            "submit": None,
            "clear_on_close": False,
            "notify_on_close": False,
        }
        return shown | copy.deepcopy(self.given)


@dataclass
class App:
    """The app as it is installed: its tokens, its secret and what its manifest asks for."""

    team: Team
    manifest: Json
    id: str = "A0BALLAST1"
    bot_id: str = "B0BALLAST1"
    bot_user: str = "U0BALLAST1"
    # Made up, and in Slack's shape, so that an app that looks at the prefix takes them.
    bot_token: str = "xoxb-1111-2222-of-the-mock"
    app_token: str = "xapp-1-A0BALLAST1-3333-of-the-mock"
    signing_secret: str = "a signing secret of tests"
    verification_token: str = "verification token of tests"
    app_scopes: tuple[str, ...] = ("connections:write",)

    @property
    def scopes(self) -> list[str]:
        return list(self.manifest["oauth_config"]["scopes"]["bot"])

    def hears(self, event: str) -> bool:
        subscriptions = self.manifest["settings"].get("event_subscriptions", {})
        return event in subscriptions.get("bot_events", ())

    def has_command(self, command: str) -> bool:
        known = self.manifest["features"].get("slash_commands", ())
        return any(one["command"] == command for one in known)

    @property
    def is_interactive(self) -> bool:
        return bool(self.manifest["settings"].get("interactivity", {}).get("is_enabled"))

    @property
    def is_in_socket_mode(self) -> bool:
        return bool(self.manifest["settings"].get("socket_mode_enabled"))


class Workspace:
    """Everything that Slack remembers, and the names it gives."""

    def __init__(self, clock: Clock, manifest: Json | None = None) -> None:
        self.clock = clock
        self.home = Team("T0CLINIC01", "Clinic", "clinic")
        self.elsewhere = Team("T0PARTNER1", "Partner", "partner")
        self.app = App(self.home, copy.deepcopy(manifest or MANIFEST))
        self.members: dict[str, Member] = {}
        self.channels: dict[str, Channel] = {}
        self.views: dict[str, View] = {}
        self._numbers = itertools.count(1)
        bot = Member(self.app.bot_user, "ballast", self.home, is_bot=True)
        self.members[bot.id] = bot

    def name(self, letter: str) -> str:
        """Give an id of Slack's shape that nothing else has."""
        return f"{letter}{next(self._numbers):09X}"

    def add_member(self, name: str, team: Team | None = None, **traits: bool) -> Member:
        member = Member(self.name("U"), name, team or self.home, **traits)
        self.members[member.id] = member
        return member

    def add_channel(
        self, name: str, kind: str = "channel", *, is_ext_shared: bool = False
    ) -> Channel:
        channel = Channel(self.name("C"), name, kind, set(), is_ext_shared)
        self.channels[channel.id] = channel
        return channel

    def direct(self, user: str) -> Channel:
        """Give the channel in which somebody writes to the app, made when it is first asked for."""
        both = {user, self.app.bot_user}
        for channel in self.channels.values():
            if channel.kind == "im" and channel.members == both:
                return channel
        is_ext_shared = self.members[user].team.id != self.home.id
        channel = Channel(self.name("D"), "directmessage", "im", both, is_ext_shared)
        self.channels[channel.id] = channel
        return channel

    def home_tab(self, user: str) -> View | None:
        return next(
            (
                view
                for view in self.views.values()
                if view.user == user and view.given["type"] == "home"
            ),
            None,
        )

    def modals(self, user: str) -> list[View]:
        """Give what somebody has open, the one on top last."""
        return [
            view
            for view in self.views.values()
            if view.user == user and view.is_open and view.given["type"] == "modal"
        ]

    def keep_view(self, user: str, given: Json) -> View:
        view = View(self.name("V"), user, with_ids(self, given), self.new_hash())
        self.views[view.id] = view
        return view

    def new_hash(self) -> str:
        return f"{int(self.clock())}.{next(self._numbers):08x}"


def with_ids(workspace: Workspace, given: Json) -> Json:
    """Give a view or message with Slack's own block_ids and action_ids where the app named none."""
    named = copy.deepcopy(given)
    for block in named.get("blocks") or []:
        block.setdefault("block_id", workspace.name("b"))
        for element in elements_of(block):
            if element.get("type") not in ("image", "mrkdwn", "plain_text"):
                element.setdefault("action_id", workspace.name("a"))
    return named


def elements_of(block: Json) -> list[Json]:
    """Give what can be pressed, chosen or filled in inside a block."""
    found = list(block.get("elements") or []) if block["type"] == "actions" else []
    return found + [block[part] for part in ("accessory", "element") if part in block]
