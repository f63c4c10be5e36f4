"""Turns as Block Kit, within Slack's limits. Pure: it knows neither Slack nor the database.

Texts are `plain_text`, in which nothing is markup; only where a quote or a heading is wanted is
it `mrkdwn`, with what Slack would read as a mention or a link escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]
Words = Mapping[str, str]

# Slack's own limits, each a little below: it counts in its own way.
TEXT, CONTEXT, BUTTON, VALUE = 2900, 1900, 75, 2000
ELEMENTS = 25
_BLOCKS, _CHARACTERS = 40, 9000

TURN = "turn"
CHOICE, SCALE, WRITE = "choice", "scale", "write"
_SENTENCE_END = re.compile(r"(?<=[.!?…”])\s+|\n+")
_SAY_TO = {"parent": "step_say_parent", "self": "step_say_self"}


@dataclass(frozen=True)
class Said:
    """What is said at once, and what can be pressed in answer to it.

    Findings, steps and choices are as `bot/conversation/views.py` shows them; `kind` is that of
    the question asked, if one is.
    """

    texts: Sequence[str]
    notice: str | None = None
    findings: Sequence[Mapping[str, Any]] = ()
    steps: Sequence[Mapping[str, Any]] = ()
    choices: Sequence[Mapping[str, str]] = ()
    kind: str | None = None

    @property
    def can_be_pressed(self) -> bool:
        """Whether there is anything to press."""
        return bool(self.choices) or self.kind in ("scale", "free")


def messages_of(words: Words, said: Said) -> list[list[Block]]:
    """Give what is said as one or more messages, without what can be pressed."""
    blocks = [
        *(_context(said.notice) if said.notice else ()),
        *_heard(words, said.findings),
        *(block for text in said.texts for block in paragraphs(text)),
        *(
            block
            for number, step in enumerate(said.steps, 1)
            for block in _card(words, step, number)
        ),
    ]
    messages: list[list[Block]] = []
    size = 0
    for block in blocks:
        more = _size(block)
        if not messages or len(messages[-1]) >= _BLOCKS or size + more > _CHARACTERS:
            messages.append([])
            size = 0
        messages[-1].append(block)
        size += more
    return messages


def controls(words: Words, said: Said, post_id: str) -> list[Block]:
    """Give what can be pressed under a message: the scale, the choices, and room for more words."""
    elements: list[Block] = []
    if said.kind == "scale":
        elements.append(_scale(words))
    elements += [
        {
            "type": "button",
            "action_id": f"{CHOICE}-{number}",
            "text": plain(clipped(choice["label"], BUTTON)),
            "value": choice["id"][:VALUE],
        }
        for number, choice in enumerate(said.choices)
    ]
    if said.kind == "free":
        elements.append(button(words, WRITE, "write_long"))
    return [
        {
            "type": "actions",
            "block_id": f"{TURN}:{post_id}:{start}",
            "elements": elements[start : start + ELEMENTS],
        }
        for start in range(0, len(elements), ELEMENTS)
    ]


def outcome(words: Words, said: Said, answer: str | None, *, is_long: bool) -> list[Block]:
    """Give what stands in place of the buttons once they were used, or the reflection went on."""
    if is_long:
        return _context(words["written"])
    labels = {choice["label"] for choice in said.choices}
    is_number = said.kind == "scale" and (answer or "").isdecimal()
    return outcome_line(words, answer if answer in labels or is_number else None)


def outcome_line(words: Words, label: str | None) -> list[Block]:
    """Give the line that says what was pressed; nothing where it was something else."""
    return _context(words["chosen"].format(label=clipped(label, BUTTON))) if label else []


def paragraphs(text: str) -> list[Block]:
    """Give a text as blocks, cut at sentence ends where it is too long for one."""
    return [{"type": "section", "text": plain(piece)} for piece in cut(text, TEXT)]


def button(words: Words, action_id: str, label: str, **more: Any) -> Block:
    """Give a button that says one of our sentences."""
    return {
        "type": "button",
        "action_id": action_id,
        "text": plain(clipped(words[label], BUTTON)),
        **more,
    }


def plain(text: str) -> Block:
    """Give a text in which nothing is markup."""
    return {"type": "plain_text", "text": text, "emoji": False}


def escaped(text: str) -> str:
    """Give a text in which Slack finds no mention, link or channel."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clipped(text: str, most: int) -> str:
    """Give a text, with an ellipsis where it is longer than `most`."""
    return text if length(text) <= most else f"{_head(text, most - 1)}…"


def cut(text: str, most: int) -> Iterator[str]:
    """Cut a text into pieces of at most `most` characters, at sentence ends where it can be."""
    text = text.strip()
    while length(text) > most:
        head = _head(text, most)
        ends = [match.end() for match in _SENTENCE_END.finditer(head)]
        at = ends[-1] if ends else head.rfind(" ") + 1
        at = at if at > len(head) // 4 else len(head)
        yield text[:at].strip()
        text = text[at:].strip()
    if text:
        yield text


def length(text: str) -> int:
    """Count as the strictest counts: an emoji may be two."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def _head(text: str, most: int) -> str:
    head = text[:most]
    while length(head) > most:
        head = head[:-1]
    return head


def _context(text: str) -> list[Block]:
    pieces = list(cut(text, CONTEXT))
    return [{"type": "context", "elements": [plain(piece)]} for piece in pieces]


def _markdown(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _quoted(text: str) -> list[str]:
    # Each character may become five when it is escaped.
    pieces = cut(" ".join(text.split()), TEXT // 5)
    return [f">{escaped(piece)}" for piece in pieces]


def _heard(words: Words, findings: Sequence[Mapping[str, Any]]) -> list[Block]:
    blocks = []
    for finding in findings:
        theme = finding["subtheme_name"] or finding["theme_name"]
        name = escaped(words["heard_item"].format(theme=theme))
        quotes = [quote for one in finding["evidence"] for quote in _quoted(one["text"])]
        blocks += [_markdown(quote) for quote in quotes]
        if quotes:
            blocks.append({"type": "context", "elements": [plain(clipped(name, CONTEXT))]})
    return [_markdown(f"*{escaped(words['heard'])}*"), *blocks] if blocks else []


def _card(words: Words, step: Mapping[str, Any], number: int) -> list[Block]:
    if not step["text"]:  # it has left the library
        return []
    say = words[_SAY_TO.get(step["say_to"], "step_say_other")]
    grounds = f"{words['step_source']}: {step['source']}"
    if step["awaiting_review"]:
        grounds = f"{words['step_awaiting']} {grounds}"
    return [
        {"type": "divider"},
        _markdown(f"*{words['step_number'].format(number=number)}*"),
        *paragraphs(step["text"]),
        *paragraphs(f"{words['step_why']}: {step['why']}"),
        _markdown(f"{escaped(say)}:"),
        *(_markdown(quote) for quote in _quoted(f"“{step['say']}”")),
        *_context(grounds),
    ]


def _scale(words: Words) -> Block:
    ends = {0: words["scale_low"], 10: words["scale_high"]}
    return {
        "type": "static_select",
        "action_id": SCALE,
        "placeholder": plain(words["scale_placeholder"]),
        "options": [
            {"text": plain(clipped(ends.get(number, str(number)), BUTTON)), "value": str(number)}
            for number in range(11)
        ],
    }


def _size(block: Block) -> int:
    inner = [block.get("text"), *block.get("elements", ())]
    return sum(length(part["text"]) for part in inner if isinstance(part, dict) and "text" in part)
