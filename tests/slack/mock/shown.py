"""How a message or a view looks to a person: its text, and what can be used in it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any

from tests.slack.mock.workspace import elements_of

Json = dict[str, Any]


class NotThere(AssertionError):
    """What a person wanted to use does not stand there."""


@dataclass(frozen=True)
class Control:
    """A button, menu or field, as it stands in its block."""

    label: str
    block_id: str
    element: Json
    is_optional: bool = True

    @property
    def kind(self) -> str:
        return str(self.element["type"])

    @property
    def action_id(self) -> str:
        return str(self.element["action_id"])

    @property
    def options(self) -> list[str]:
        return [option["text"]["text"] for option in self.element.get("options", ())]

    def is_called(self, name: str) -> bool:
        return name in (self.label, self.action_id, self.block_id, self.element.get("value"))

    def option(self, name: str) -> Json:
        for option in self.element.get("options", ()):
            if name in (option["text"]["text"], option["value"]):
                return dict(option)
        raise NotThere(f"no such option among {len(self.options)}")


@dataclass(frozen=True)
class Seen:
    """One message as a person sees it now. `who` is "app", "me", or somebody's name."""

    who: str
    text: str
    ts: str
    is_ephemeral: bool = False
    is_edited: bool = False
    controls: tuple[Control, ...] = field(default=(), repr=False)

    @property
    def buttons(self) -> list[str]:
        return [one.label for one in self.controls if one.kind == "button"]


def plain(text: str) -> str:
    """Give text as it is read: addresses without their marks, the three signs as they are."""
    unmarked = re.sub(r"<(https?://[^|>]+)\|([^>]*)>", r"\2", text)
    return html.unescape(re.sub(r"<(https?://[^>]+)>", r"\1", unmarked))


def text_of(blocks: list[Json], fallback: str) -> str:
    """Give what is read: the blocks if there are any, the text only otherwise."""
    if not blocks:
        return plain(fallback)
    return "\n".join(piece for block in blocks for piece in _texts(block))


def _texts(block: Json) -> list[str]:
    match block["type"]:
        case "rich_text":
            return [
                "".join(str(leaf.get("text", "")) for leaf in part.get("elements", ()))
                for part in block["elements"]
            ]
        case "markdown":
            return [block["text"]]
        case "context":
            return [plain(one["text"]) for one in block["elements"] if "text" in one]
        case "input":
            return [plain(block["label"]["text"])]
    parts = [block["text"]] if "text" in block else []
    return [plain(part["text"]) for part in parts + list(block.get("fields", ()))]


def controls_of(blocks: list[Json]) -> tuple[Control, ...]:
    """Give what can be used, from the top down."""
    found = []
    for block in blocks:
        for element in elements_of(block):
            if element.get("type") == "image":
                continue
            if block["type"] == "input":
                label, optional = block["label"]["text"], bool(block.get("optional"))
            else:
                named = element.get("text") or element.get("placeholder") or {"text": ""}
                label, optional = named["text"], True
            found.append(Control(plain(label), block["block_id"], element, optional))
    return tuple(found)
