"""Check blocks, messages and views against `limits.py`, as Slack does before it takes them.

A check gives what is wrong as `Wrong`: the error that is answered and a sentence with the
place, never the words themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.slack.mock.limits import LIMITS

Json = dict[str, Any]

_ACTIONS = {
    "button",
    "checkboxes",
    "datepicker",
    "datetimepicker",
    "timepicker",
    "overflow",
    "radio_buttons",
    "static_select",
    "users_select",
    "workflow_button",
}
_INPUTS = {
    "checkboxes",
    "datepicker",
    "datetimepicker",
    "email_text_input",
    "number_input",
    "plain_text_input",
    "radio_buttons",
    "static_select",
    "multi_static_select",
    "timepicker",
    "url_text_input",
}
_ACCESSORIES = _ACTIONS | {"image", "multi_static_select"}
_BLOCKS = {
    "message": {
        "actions",
        "context",
        "divider",
        "header",
        "image",
        "input",
        "markdown",
        "rich_text",
        "section",
    },
    "modal": {
        "actions",
        "context",
        "divider",
        "header",
        "image",
        "input",
        "rich_text",
        "section",
    },
}
_BLOCKS["home"] = _BLOCKS["modal"]
_WITH_OPTIONS = {
    "static_select": "select.options",
    "multi_static_select": "select.options",
    "overflow": "overflow.options",
    "radio_buttons": "radio_buttons.options",
    "checkboxes": "checkboxes.options",
}


@dataclass(frozen=True)
class Wrong:
    error: str
    sentence: str


class Check:
    """Gathers what is wrong with one message or view."""

    def __init__(self, surface: str) -> None:
        self.surface = surface
        self.wrong: list[Wrong] = []
        self.characters = 0
        self._block_ids: set[str] = set()
        self._action_ids: set[str] = set()

    def most(self, name: str, value: Any, where: str) -> None:
        """Note a string or list that is larger than the limit of that name."""
        limit = LIMITS[name]
        if len(value) > limit.most:
            self._note(limit.error, f"{name} has {len(value)}, at most {limit.most}", where)

    def expect(self, claim: object, sentence: str, where: str) -> None:
        if not claim:
            self._note("invalid_blocks", sentence, where)

    def _note(self, error: str, sentence: str, where: str) -> None:
        if self.surface != "message" and error == "invalid_blocks":
            error = "invalid_arguments"
        self.wrong.append(Wrong(error, f"{sentence} [json-pointer:{where}]"))

    def text(
        self, given: Any, name: str, where: str, kinds: Iterable[str] = ("plain_text",)
    ) -> None:
        """Check a text object: its kind, its length, and that it is not empty."""
        if not isinstance(given, dict) or not isinstance(given.get("text"), str):
            self._note("invalid_blocks", "no text object", where)
            return
        self.expect(given.get("type") in kinds, f"{name} must be {' or '.join(kinds)}", where)
        self.expect(
            given.keys() <= {"type", "text", "emoji", "verbatim"}, "unknown fields in a text", where
        )
        self.expect(
            not ("emoji" in given and given.get("type") == "mrkdwn"), "emoji in mrkdwn", where
        )
        self.expect(given["text"], f"{name} is empty", where)
        self.most(name, given["text"], where)
        self.characters += len(given["text"])

    def blocks(self, blocks: Any, where: str) -> None:
        if not isinstance(blocks, list):
            self._note("invalid_blocks_format", "blocks are no list", where)
            return
        for number, block in enumerate(blocks):
            self._block(block, f"{where}/{number}")

    def _block(self, block: Any, where: str) -> None:
        if not isinstance(block, dict) or not isinstance(block.get("type"), str):
            self._note("invalid_blocks_format", "no block", where)
            return
        kind = block["type"]
        self.expect(kind in _BLOCKS[self.surface], f"no {kind} in a {self.surface}", where)
        if (block_id := block.get("block_id")) is not None:
            self.expect(block_id and isinstance(block_id, str), "block_id is empty", where)
            self.most("block_id", block_id, where)
            self.expect(block_id not in self._block_ids, "block_id is there twice", where)
            self._block_ids.add(block_id)
        check = getattr(self, f"_{kind}", None)
        if check is not None:
            check(block, where)

    def _section(self, block: Json, where: str) -> None:
        self.expect("text" in block or block.get("fields"), "section without text", where)
        if "text" in block:
            self.text(block["text"], "section.text", f"{where}/text", ("plain_text", "mrkdwn"))
        fields = block.get("fields", [])
        self.most("section.fields", fields, f"{where}/fields")
        for number, field in enumerate(fields):
            at = f"{where}/fields/{number}"
            self.text(field, "section.field", at, ("plain_text", "mrkdwn"))
        if "accessory" in block:
            self._element(block["accessory"], f"{where}/accessory", _ACCESSORIES)

    def _header(self, block: Json, where: str) -> None:
        self.text(block.get("text"), "header.text", f"{where}/text")

    def _markdown(self, block: Json, where: str) -> None:
        self.most("markdown.text", block.get("text", ""), where)
        self.characters += len(block.get("text", ""))

    def _image(self, block: Json, where: str) -> None:
        self.expect(block.get("alt_text") is not None, "image without alt_text", where)
        self.most("image.alt_text", block.get("alt_text") or "", where)
        self.most("image.image_url", block.get("image_url") or "", where)

    def _context(self, block: Json, where: str) -> None:
        elements = block.get("elements") or []
        self.expect(elements, "context without elements", where)
        self.most("context.elements", elements, where)
        for number, element in enumerate(elements):
            at = f"{where}/elements/{number}"
            if element.get("type") == "image":
                self._image(element, at)
            else:
                self.text(element, "text", at, ("plain_text", "mrkdwn"))

    def _actions(self, block: Json, where: str) -> None:
        elements = block.get("elements") or []
        self.expect(elements, "actions without elements", where)
        self.most("actions.elements", elements, where)
        for number, element in enumerate(elements):
            self._element(element, f"{where}/elements/{number}", _ACTIONS)

    def _input(self, block: Json, where: str) -> None:
        self.text(block.get("label"), "input.label", f"{where}/label")
        if "hint" in block:
            self.text(block["hint"], "input.hint", f"{where}/hint")
        self._element(block.get("element"), f"{where}/element", _INPUTS)

    def _element(self, element: Any, where: str, kinds: set[str]) -> None:
        if not isinstance(element, dict) or element.get("type") not in kinds:
            self._note("invalid_blocks", "no such element here", where)
            return
        kind = element["type"]
        if kind == "image":
            self._image(element, where)
            return
        if (action_id := element.get("action_id")) is not None:
            self.expect(action_id and isinstance(action_id, str), "action_id is empty", where)
            self.most("action_id", action_id, where)
            self.expect(action_id not in self._action_ids, "action_id is there twice", where)
            self._action_ids.add(action_id)
        if "placeholder" in element:
            self.text(element["placeholder"], "placeholder", f"{where}/placeholder")
        if "confirm" in element:
            self._confirm(element["confirm"], f"{where}/confirm")
        if kind == "button":
            self._button(element, where)
        elif kind in _WITH_OPTIONS:
            self._options(element, kind, where)
        elif kind == "plain_text_input":
            self._text_input(element, where)

    def _button(self, button: Json, where: str) -> None:
        self.text(button.get("text"), "button.text", f"{where}/text")
        for field in ("value", "url", "accessibility_label"):
            if field in button:
                self.expect(isinstance(button[field], str), f"{field} is no string", where)
                self.most(f"button.{field}", str(button[field]), f"{where}/{field}")
        self.expect(button.get("value") != "", "value is empty", where)
        self.expect(button.get("style", "primary") in ("primary", "danger"), "no such style", where)

    def _options(self, element: Json, kind: str, where: str) -> None:
        options = element.get("options") or []
        self.expect(options, "no options", where)
        self.most(_WITH_OPTIONS[kind], options, f"{where}/options")
        formatted = kind in ("radio_buttons", "checkboxes")
        kinds = ("plain_text", "mrkdwn") if formatted else ("plain_text",)
        for number, option in enumerate(options):
            at = f"{where}/options/{number}"
            self.text(option.get("text"), "option.text", f"{at}/text", kinds)
            self.expect(option.get("value"), "option without value", at)
            self.most("option.value", option.get("value") or "", at)
            if "description" in option:
                self.text(option["description"], "option.description", at, kinds)
        chosen = element.get("initial_option")
        self.expect(chosen is None or chosen in options, "initial_option is no option", where)
        many = element.get("initial_options") or []
        self.expect(all(one in options for one in many), "initial_options are no options", where)

    def _text_input(self, element: Json, where: str) -> None:
        most = element.get("max_length", LIMITS["plain_text_input.max_length"].most)
        least = element.get("min_length", 0)
        in_bounds = 0 <= least <= most and 1 <= most <= LIMITS["plain_text_input.max_length"].most
        self.expect(in_bounds, "plain_text_input.max_length or min_length out of bounds", where)
        self.expect(
            len(element.get("initial_value") or "") <= most, "initial_value is too long", where
        )

    def _confirm(self, confirm: Json, where: str) -> None:
        self.text(confirm.get("title"), "confirm.title", f"{where}/title")
        kinds = ("plain_text", "mrkdwn")
        self.text(confirm.get("text"), "confirm.text", f"{where}/text", kinds)
        self.text(confirm.get("confirm"), "confirm.confirm", f"{where}/confirm")
        self.text(confirm.get("deny"), "confirm.deny", f"{where}/deny")


def wrong_with_message(text: str | None, blocks: Any, metadata: Any) -> list[Wrong]:
    check = Check("message")
    if not text and not blocks:
        return [Wrong("no_text", "neither text nor blocks")]
    check.most("message.text", text or "", "/text")
    if blocks:
        check.most("message.blocks", blocks, "/blocks")
        check.blocks(blocks, "/blocks")
        check.most("message.characters", " " * check.characters, "/blocks")
    if metadata is not None:
        check.wrong += _wrong_with_metadata(metadata)
    return check.wrong


def _wrong_with_metadata(metadata: Any) -> Iterator[Wrong]:
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload"), dict):
        yield Wrong("invalid_metadata_format", "metadata without event_payload")
        return
    if not re.fullmatch(r"\w+", str(metadata.get("event_type", ""))):
        yield Wrong("invalid_metadata_format", "metadata without event_type")
    if not metadata.keys() <= {"event_type", "event_payload", "entities"}:
        yield Wrong("invalid_metadata_format", "unknown fields in metadata")
    limit = LIMITS["message.metadata"]
    if len(json.dumps(metadata)) > limit.most:
        yield Wrong(limit.error, "message.metadata is too large")


def wrong_with_view(view: Any, kind: str) -> list[Wrong]:
    """Check a view that must be of a kind, `modal` or `home`."""
    if not isinstance(view, dict) or view.get("type") != kind:
        return [Wrong("invalid_arguments", f"no view of type {kind}")]
    check = Check(kind)
    blocks = view.get("blocks") or []
    check.expect(blocks, "view without blocks", "/view/blocks")
    check.most("view.blocks", blocks, "/view/blocks")
    check.blocks(blocks, "/view/blocks")
    has_input = any(isinstance(one, dict) and one.get("type") == "input" for one in blocks)
    if kind == "modal":
        check.text(view.get("title"), "view.title", "/view/title")
        check.expect("submit" in view or not has_input, "input without submit", "/view/submit")
        for part in ("submit", "close"):
            if view.get(part):
                check.text(view[part], f"view.{part}", f"/view/{part}")
    for field in ("private_metadata", "callback_id", "external_id"):
        check.most(f"view.{field}", view.get(field) or "", f"/view/{field}")
    check.most("view.bytes", json.dumps(view).encode(), "/view")
    return check.wrong
