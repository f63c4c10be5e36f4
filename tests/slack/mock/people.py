"""What people do in Slack and what they see there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.slack.mock import payloads
from tests.slack.mock.delivery import COMMAND, INTERACTIVE, Delivery
from tests.slack.mock.limits import LIMITS
from tests.slack.mock.shown import Control, NotThere, Seen, controls_of, text_of
from tests.slack.mock.workspace import Channel, Member, Message, View

if TYPE_CHECKING:
    from tests.slack.mock.slack import MockSlack

Json = dict[str, Any]

HOME, MODAL = "home", "modal"


@dataclass(frozen=True)
class Submitted:
    """What came of a modal: whether the app answered, and what it refused, by block_id."""

    is_answered: bool
    errors: Json = field(default_factory=dict)


class Person:
    """A member, at their own screen. Nothing can be used that does not stand there now."""

    def __init__(self, slack: MockSlack, member: Member) -> None:
        self.slack = slack
        self.member = member

    @property
    def id(self) -> str:
        return self.member.id

    @property
    def direct(self) -> Channel:
        return self.slack.workspace.direct(self.id)

    # What they see.

    def sees(self, channel: Channel | None = None) -> list[Seen]:
        """Give the conversation in its order, the direct one where no other is named."""
        place = channel or self.direct
        return [self._seen(one) for one in place.messages if one.only_for in (None, self.id)]

    def _seen(self, message: Message) -> Seen:
        workspace = self.slack.workspace
        is_app = message.user == workspace.app.bot_user
        name = "me" if message.user == self.id else workspace.members[message.user].name
        return Seen(
            who="app" if is_app else name,
            text=text_of(message.blocks, message.text),
            ts=message.ts,
            is_ephemeral=message.only_for is not None,
            is_edited=message.edited is not None,
            controls=controls_of(message.blocks) if is_app else (),
        )

    def hears(self, channel: Channel | None = None) -> list[str]:
        """Give what the app has said to them, as text."""
        return [one.text for one in self.sees(channel) if one.who == "app"]

    @property
    def modal(self) -> View | None:
        """Give the modal on top of their screen."""
        opened = self.slack.workspace.modals(self.id)
        return opened[-1] if opened else None

    def home(self) -> Seen | None:
        """Give their Home tab as it was last published."""
        view = self.slack.workspace.home_tab(self.id)
        return self._view(view) if view else None

    def sees_modal(self) -> Seen | None:
        return self._view(self.modal) if self.modal else None

    def _view(self, view: View) -> Seen:
        blocks = view.given["blocks"]
        return Seen("app", text_of(blocks, ""), view.id, controls=controls_of(blocks))

    async def until(self, seen: Callable[[list[Seen]], Any], seconds: float = 15.0) -> Any:
        """Wait until something is true of the conversation, and give it."""
        try:
            async with asyncio.timeout(seconds):
                while not (found := seen(self.sees())):
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"not seen in {seconds} s: {self.hears()[-4:]}") from None
        return found

    async def until_hears(self, part: str, seconds: float = 15.0) -> Seen:
        """Wait for a message of the app's with these words in it; give the newest."""
        return await self.until(
            lambda seen: next(
                (one for one in reversed(seen) if one.who == "app" and part in one.text), None
            ),
            seconds,
        )

    # What they do.

    def writes(self, text: str) -> Delivery | None:
        """Write to the app in the direct channel."""
        home = self.slack.workspace.app.manifest["features"].get("app_home", {})
        if not home.get("messages_tab_enabled"):
            raise NotThere("the app takes no messages")
        return self.writes_in(self.direct, text)

    def writes_in(self, channel: Channel, text: str) -> Delivery | None:
        """Write in a channel; give what the app is told of it, if anything."""
        self._act(channel)
        workspace = self.slack.workspace
        message = Message(
            ts=workspace.clock.ts(),
            user=self.id,
            team=self.member.team.id,
            text=payloads.escaped(text).replace(
                f"@{workspace.members[workspace.app.bot_user].name}",
                f"<@{workspace.app.bot_user}>",
            ),
            blocks=payloads.rich_text(workspace, text),
            client_msg_id=str(uuid4()),
        )
        if self.member.is_bot:
            message.bot_id, message.client_msg_id = f"B{self.id[1:]}", None
        channel.messages.append(message)
        return self.slack.tell_message(channel, message)

    def edits(self, text: str) -> None:
        """Change their newest message in the direct channel."""
        blocks = payloads.rich_text(self.slack.workspace, text)
        given = {"text": payloads.escaped(text), "blocks": blocks}
        self.slack.change_message(self.direct, self._newest(), given)

    def deletes(self) -> None:
        """Take back their newest message in the direct channel."""
        self.slack.remove_message(self.direct, self._newest())

    def _newest(self) -> Message:
        for message in reversed(self.direct.messages):
            if message.user == self.id:
                return message
        raise NotThere("nothing written")

    def presses(
        self, name: str, on: Seen | str | None = None, channel: Channel | None = None
    ) -> Delivery:
        """Press a button, named by its label, action_id or value.

        `on` is a message they see, `HOME` or `MODAL`; without it the newest message that has
        such a button.
        """
        return self._use(lambda one: one.kind == "button" and one.is_called(name), {}, on, channel)

    def link(self, name: str, on: Seen | str | None = None) -> str:
        """Give where a button leads to."""
        control, _ = self._find(lambda one: one.is_called(name), on, None)
        return str(control.element["url"])

    def selects(
        self,
        option: str,
        of: str | None = None,
        on: Seen | str | None = None,
        channel: Channel | None = None,
    ) -> Delivery:
        """Choose an option of a menu; of a certain one, or the newest that has such an option."""

        def fits(one: Control) -> bool:
            named = of is None or one.is_called(of)
            values = [choice["value"] for choice in one.element.get("options", ())]
            return named and option in one.options + values

        control, _ = self._find(fits, on, channel)
        return self._use(fits, {"selected_option": control.option(option)}, on, channel)

    def _use(
        self,
        fits: Callable[[Control], bool],
        chosen: Json,
        on: Seen | str | None,
        channel: Channel | None,
    ) -> Delivery:
        place = channel or self.direct
        self._act(place if on not in (HOME, MODAL) else None)
        if not self.slack.workspace.app.is_interactive:
            raise NotThere("the app is not interactive")
        control, where = self._find(fits, on, channel)
        kept = ("type", "action_id", "text", "value", "placeholder", "style", "url")
        act = {name: control.element[name] for name in kept if name in control.element}
        act |= {"block_id": control.block_id} | chosen
        if isinstance(where, View):
            payload = payloads.pressed_in_view(self.slack, self.member, where, act, {})
        else:
            payload = payloads.pressed(self.slack, self.member, place, where, act)
        return self.slack.carrier.carry(INTERACTIVE, payload)

    def _find(
        self, fits: Callable[[Control], bool], on: Seen | str | None, channel: Channel | None
    ) -> tuple[Control, Message | View]:
        for where in self._places(on, channel or self.direct):
            blocks = where.given["blocks"] if isinstance(where, View) else where.blocks
            for control in controls_of(blocks):
                if fits(control):
                    return control, where
        raise NotThere("no such button or menu stands there")

    def _places(self, on: Seen | str | None, channel: Channel) -> list[Message] | list[View]:
        if on in (HOME, MODAL):
            view = self.slack.workspace.home_tab(self.id) if on == HOME else self.modal
            return [view] if view else []
        shown = [
            one
            for one in reversed(channel.messages)
            if one.only_for in (None, self.id) and one.bot_id == self.slack.workspace.app.bot_id
        ]
        return [one for one in shown if on is None or (isinstance(on, Seen) and one.ts == on.ts)]

    async def submits(self, values: dict[str, str], modal: View | None = None) -> Submitted:
        """Fill in the modal on top, or a given one, and send it; fields by label or id."""
        self._act(None)
        view = modal or self.modal
        if view is None or not view.is_open:
            raise NotThere("no modal is open")
        payload = payloads.submitted(self.slack, self.member, view, self._filled(view, values))
        delivery = self.slack.carrier.carry(INTERACTIVE, payload)
        if not await delivery.settled():
            return Submitted(is_answered=False)
        return self._after(view, delivery.response or {})

    def _filled(self, view: View, values: dict[str, str]) -> Json:
        """Give `state.values`, and refuse what Slack's own screen refuses."""
        state: Json = {}
        left = dict(values)
        for control in controls_of(view.given["blocks"]):
            if control.kind == "button":
                continue
            name = next((one for one in left if control.is_called(one)), None)
            given = left.pop(name) if name is not None else None
            filled = _filled_in(control, given)
            if not control.is_optional and not _has_value(filled):
                raise NotThere("a field that must be filled in is empty")
            state.setdefault(control.block_id, {})[control.action_id] = filled
        if left:
            raise NotThere(f"{len(left)} fields are not in the modal")
        return state

    def _after(self, view: View, response: Json) -> Submitted:
        """Do with the modal what the app answered."""
        match response.get("response_action"):
            case None:
                view.is_open = False
            case "clear":
                for one in self.slack.workspace.modals(self.id):
                    one.is_open = False
            case "errors":
                known = {control.block_id for control in controls_of(view.given["blocks"])}
                if not response["errors"] or not set(response["errors"]) <= known:
                    self.slack.note("view_submission", "invalid_errors", "no such block_id")
                return Submitted(is_answered=True, errors=response["errors"])
            case "update" | "push" as action:
                self.slack.check_view(response.get("view"))
                if action == "update":
                    self.slack.change_view(view, response["view"])
                else:
                    self.slack.workspace.keep_view(self.id, response["view"])
            case other:
                self.slack.note("view_submission", "invalid_response_action", str(other))
        return Submitted(is_answered=True)

    def closes(self) -> Delivery | None:
        """Close the modal on top; the app is told where it asked to be."""
        view = self.modal
        if view is None:
            raise NotThere("no modal is open")
        view.is_open = False
        if not view.given.get("notify_on_close"):
            return None
        payload = payloads.closed(self.slack, self.member, view)
        return self.slack.carrier.carry(INTERACTIVE, payload)

    async def commands(self, text: str, channel: Channel | None = None) -> Delivery:
        """Type a slash command, words behind it; wait until it is answered or given up."""
        self._act(channel or self.direct)
        name, _, rest = text.partition(" ")
        if not self.slack.workspace.app.has_command(name):
            raise NotThere("no such command")
        place = channel or self.direct
        payload = payloads.command(self.slack, self.member, place, name, rest)
        delivery = self.slack.carrier.carry(COMMAND, payload)
        if await delivery.settled() and delivery.response:
            self.slack.respond(self.id, place, None, delivery.response)
        return delivery

    def opens_home(self, tab: str = HOME) -> Delivery | None:
        """Open the app's Home tab, or with `messages` the conversation."""
        self._act(None)
        if not self.slack.workspace.app.hears("app_home_opened"):
            return None
        return self.slack.tell(payloads.home_event(self.slack.workspace, self.member, tab))

    def reloads(self) -> None:
        """Start Slack anew: what only they saw is gone."""
        for channel in self.slack.workspace.channels.values():
            gone = [one for one in channel.messages if one.only_for == self.id]
            channel.messages[:] = [one for one in channel.messages if one not in gone]
            channel.gone += gone

    def _act(self, channel: Channel | None) -> None:
        if self.member.deleted:
            raise NotThere("this account is deactivated")
        if channel is not None and self.id not in channel.members:
            raise NotThere("they are not in this channel")


def _filled_in(control: Control, given: str | None) -> Json:
    element = control.element
    match control.kind:
        case "static_select" | "radio_buttons":
            chosen = element.get("initial_option") if given is None else control.option(given)
            return {"type": control.kind, "selected_option": chosen}
        case "checkboxes" | "multi_static_select":
            chosen = element.get("initial_options") or []
            if given is not None:
                chosen = [control.option(one) for one in given.split(", ")]
            return {"type": control.kind, "selected_options": chosen}
    value = element.get("initial_value") if given is None else given
    most = element.get("max_length", LIMITS["plain_text_input.max_length"].most)
    if value is not None and not element.get("min_length", 0) <= len(value) <= most:
        raise NotThere(f"{len(value)} characters do not fit into a field of {most}")
    return {"type": control.kind, "value": value or None}


def _has_value(filled: Json) -> bool:
    return any(value for name, value in filled.items() if name != "type")
