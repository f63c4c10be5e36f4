"""Each limit of `mock/limits.py`: what just fits is taken, one more is refused and noted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.mock import MockSlack, Person
from tests.slack.mock.limits import LIMITS

Json = dict[str, Any]


@pytest.fixture
async def client(slack: MockSlack) -> AsyncWebClient:
    return AsyncWebClient(slack.workspace.app.bot_token, base_url=slack.api_url, retry_handlers=[])


def text(size: int, kind: str = "plain_text") -> Json:
    return {"type": kind, "text": "x" * size}


def section(**parts: Any) -> Json:
    return {"type": "section"} | parts


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def button(number: int = 0, **parts: Any) -> Json:
    return {"type": "button", "text": text(3), "action_id": f"action-{number}"} | parts


def option(number: int = 0, **parts: Any) -> Json:
    return {"text": text(3), "value": f"value-{number}"} | parts


def options(size: int) -> list[Json]:
    return [option(number) for number in range(size)]


def select(**parts: Any) -> Json:
    return {"type": "static_select", "action_id": "a select", "options": options(2)} | parts


def confirm(**parts: Any) -> Json:
    whole = {"title": text(3), "text": text(3), "confirm": text(3), "deny": text(3)}
    return button(confirm=whole | parts)


def field(**parts: Any) -> Json:
    inner = {"type": "plain_text_input", "action_id": "a field"}
    return {"type": "input", "label": text(3), "element": inner | parts}


def image(**parts: Any) -> Json:
    return {"type": "image", "alt_text": "", "image_url": "https://x.example/y.png"} | parts


def modal(**parts: Any) -> Json:
    whole = {
        "type": "modal",
        "title": text(3),
        "submit": text(3),
        "blocks": [section(text=text(3))],
    }
    return whole | parts


def sections_of(characters: int) -> list[Json]:
    whole, rest = divmod(characters, 3000)
    return [section(text=text(size)) for size in [3000] * whole + [rest] * bool(rest)]


def metadata_of(size: int) -> Json:
    bare = {"event_type": "ballast_turn", "event_payload": {"turn": ""}}
    return bare | {"event_payload": {"turn": "x" * (size - len(json.dumps(bare)))}}


def view_of(size: int) -> Json:
    """A modal of so many bytes."""
    view = modal(blocks=[section(text=text(2990)) for _ in range(80)])
    while (left := size - len(json.dumps(view))) > 3100:
        view["blocks"].append(section(text=text(2990)))
    bare = len(json.dumps(section(text=text(0)))) + 2
    view["blocks"].append(section(text=text(left - bare)))
    return view


def message(build: Callable[[int], Json]) -> Callable[[int], Json]:
    return lambda size: {"text": "short", "blocks": [build(size)]}


def many(build: Callable[[int], list[Json]]) -> Callable[[int], Json]:
    return lambda size: {"text": "short", "blocks": build(size)}


# What is posted, by size.
MESSAGES: dict[str, Callable[[int], Json]] = {
    "message.text": lambda size: {"text": "x" * size},
    "message.blocks": many(lambda size: [{"type": "divider"}] * size),
    "message.characters": many(sections_of),
    "message.metadata": lambda size: {"text": "short", "metadata": metadata_of(size)},
    "block_id": message(lambda size: section(text=text(3), block_id="x" * size)),
    "text": message(lambda size: {"type": "context", "elements": [text(size)]}),
    "section.text": message(lambda size: section(text=text(size, "mrkdwn"))),
    "section.fields": message(lambda size: section(fields=[text(3)] * size)),
    "section.field": message(lambda size: section(fields=[text(size)])),
    "header.text": message(lambda size: {"type": "header", "text": text(size)}),
    "markdown.text": message(lambda size: {"type": "markdown", "text": "x" * size}),
    "context.elements": message(lambda size: {"type": "context", "elements": [text(3)] * size}),
    "actions.elements": message(lambda size: actions(*map(button, range(size)))),
    "input.label": message(lambda size: field() | {"label": text(size)}),
    "input.hint": message(lambda size: field() | {"hint": text(size)}),
    "image.image_url": message(lambda size: image(image_url="x" * size)),
    "image.alt_text": message(lambda size: image(alt_text="x" * size)),
    "action_id": message(lambda size: actions(button(action_id="x" * size))),
    "placeholder": message(lambda size: actions(select(placeholder=text(size)))),
    "button.text": message(lambda size: actions(button(text=text(size)))),
    "button.value": message(lambda size: actions(button(value="x" * size))),
    "button.url": message(lambda size: actions(button(url="x" * size))),
    "button.accessibility_label": message(
        lambda size: actions(button(accessibility_label="x" * size))
    ),
    "select.options": message(lambda size: actions(select(options=options(size)))),
    "overflow.options": message(
        lambda size: section(text=text(3), accessory=select(type="overflow", options=options(size)))
    ),
    "radio_buttons.options": message(
        lambda size: actions(select(type="radio_buttons", options=options(size)))
    ),
    "checkboxes.options": message(
        lambda size: actions(select(type="checkboxes", options=options(size)))
    ),
    "option.text": message(lambda size: actions(select(options=[option(text=text(size))]))),
    "option.description": message(
        lambda size: actions(select(options=[option(description=text(size))]))
    ),
    "option.value": message(lambda size: actions(select(options=[option(value="x" * size)]))),
    "plain_text_input.max_length": message(lambda size: field(max_length=size)),
    "confirm.title": message(lambda size: actions(confirm(title=text(size)))),
    "confirm.text": message(lambda size: actions(confirm(text=text(size)))),
    "confirm.confirm": message(lambda size: actions(confirm(confirm=text(size)))),
    "confirm.deny": message(lambda size: actions(confirm(deny=text(size)))),
}
# What is opened, by size.
VIEWS: dict[str, Callable[[int], Json]] = {
    "view.blocks": lambda size: modal(blocks=[{"type": "divider"}] * size),
    "view.title": lambda size: modal(title=text(size)),
    "view.submit": lambda size: modal(submit=text(size)),
    "view.close": lambda size: modal(close=text(size)),
    "view.private_metadata": lambda size: modal(private_metadata="x" * size),
    "view.callback_id": lambda size: modal(callback_id="x" * size),
    "view.external_id": lambda size: modal(external_id="x" * size),
    "view.bytes": view_of,
}


def test_every_limit_is_tried() -> None:
    assert MESSAGES.keys() | VIEWS.keys() | {"view.stack"} == LIMITS.keys()


@pytest.mark.parametrize("name", MESSAGES)
async def test_a_message_that_just_fits_is_posted_and_one_more_is_refused(
    name: str, slack: MockSlack, client: AsyncWebClient
) -> None:
    limit, ann = LIMITS[name], slack.person()
    await client.chat_postMessage(channel=ann.id, **MESSAGES[name](limit.most))
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=ann.id, **MESSAGES[name](limit.most + 1))
    assert refused.value.response["error"] == limit.error
    assert len(ann.sees()) == 1
    (noted,) = slack.forgive(limit.error)
    assert (noted.where, name in noted.sentence) == ("chat.postMessage", True)


@pytest.mark.parametrize("name", VIEWS)
async def test_a_modal_that_just_fits_is_opened_and_one_more_is_refused(
    name: str, slack: MockSlack, client: AsyncWebClient
) -> None:
    limit, ann = LIMITS[name], slack.person()
    trigger = slack.new_trigger(ann.id)
    await client.views_open(trigger_id=trigger, view=VIEWS[name](limit.most))
    trigger = slack.new_trigger(ann.id)
    with pytest.raises(SlackApiError) as refused:
        await client.views_open(trigger_id=trigger, view=VIEWS[name](limit.most + 1))
    assert refused.value.response["error"] == limit.error
    (noted,) = slack.forgive(limit.error)
    assert (noted.where, name in noted.sentence) == ("views.open", True)


async def test_a_home_tab_takes_a_hundred_blocks(slack: MockSlack, client: AsyncWebClient) -> None:
    ann = slack.person()
    home = {"type": "home", "blocks": [{"type": "divider"}] * 100}
    await client.views_publish(user_id=ann.id, view=home)
    home["blocks"] = [{"type": "divider"}] * 101
    with pytest.raises(SlackApiError):
        await client.views_publish(user_id=ann.id, view=home)
    assert slack.forgive("invalid_arguments")


async def test_no_more_than_three_modals_lie_on_each_other(
    slack: MockSlack, client: AsyncWebClient
) -> None:
    ann = slack.person()
    for _ in range(3):
        await client.views_open(trigger_id=slack.new_trigger(ann.id), view=modal())
    with pytest.raises(SlackApiError) as refused:
        await client.views_open(trigger_id=slack.new_trigger(ann.id), view=modal())
    assert refused.value.response["error"] == "push_limit_reached"
    assert slack.forgive("push_limit_reached")


WRONG: dict[str, list[Json]] = {
    "the same action_id twice": [actions(button(1)), actions(button(1))],
    "the same block_id twice": [{"type": "divider", "block_id": "one"}] * 2,
    "an empty text": [section(text=text(0))],
    "a section with nothing": [section()],
    "a header in mrkdwn": [{"type": "header", "text": text(3, "mrkdwn")}],
    "a button in mrkdwn": [actions(button(text=text(3, "mrkdwn")))],
    "a button of no known style": [actions(button(style="secondary"))],
    "no elements": [actions()],
    "no options": [actions(select(options=[]))],
    "an initial option that is none": [actions(select(initial_option=option(9)))],
    "a field among buttons": [actions(field()["element"])],
    "a block of no known type": [{"type": "scale"}],
    "a minimum above the maximum": [field(min_length=9, max_length=8)],
}


@pytest.mark.parametrize("blocks", WRONG.values(), ids=WRONG)
async def test_blocks_that_slack_does_not_take_are_refused(
    blocks: list[Json], slack: MockSlack, client: AsyncWebClient
) -> None:
    ann = slack.person()
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=ann.id, text="short", blocks=blocks)
    assert refused.value.response["error"] == "invalid_blocks"
    assert slack.forgive("invalid_blocks")


async def test_a_modal_with_a_field_needs_a_way_to_send_it(
    slack: MockSlack, client: AsyncWebClient
) -> None:
    ann: Person = slack.person()
    view = modal(blocks=[field()])
    await client.views_open(trigger_id=slack.new_trigger(ann.id), view=view)
    del view["submit"]
    with pytest.raises(SlackApiError):
        await client.views_open(trigger_id=slack.new_trigger(ann.id), view=view)
    assert slack.forgive("invalid_arguments")
