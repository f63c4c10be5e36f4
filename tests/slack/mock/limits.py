"""What Slack takes: every bound that the mock checks, and where it is written.

SDK is slack_sdk's own validators (`slack_sdk.models`), REF the reference at docs.slack.dev.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """The most that is taken, in characters or pieces, and what is answered to one more."""

    most: int
    source: str
    error: str = "invalid_blocks"


_SDK = "SDK models/"
_REF = "REF "

LIMITS = {
    # A message.
    "message.text": Limit(
        # A post would only be broken into pieces, an update is refused. What is posted is
        # updated later, so that one bound holds for both.
        4000,
        _REF + "methods/chat.update, methods/chat.postMessage (truncating content)",
        "msg_too_long",
    ),
    "message.blocks": Limit(50, _REF + "block-kit/blocks; methods/chat.postMessage"),
    "message.characters": Limit(
        # Not in the reference: others measured that a little more than this is refused.
        13_000,
        "github.com/slackapi/bolt-js/issues/2509",
        "msg_blocks_too_long",
    ),
    "message.metadata": Limit(
        # Slack has the error and names no figure: a careful one.
        8000,
        _REF + "methods/chat.postMessage (errors)",
        "metadata_too_large",
    ),
    # A modal or the Home tab.
    "view.blocks": Limit(100, _SDK + "views blocks_max_length", "invalid_arguments"),
    "view.title": Limit(24, _SDK + "views title_max_length", "invalid_arguments"),
    "view.submit": Limit(24, _SDK + "views submit_max_length", "invalid_arguments"),
    "view.close": Limit(24, _SDK + "views close_max_length", "invalid_arguments"),
    "view.private_metadata": Limit(
        3000, _SDK + "views private_metadata_max_length", "invalid_arguments"
    ),
    "view.callback_id": Limit(255, _SDK + "views callback_id_max_length", "invalid_arguments"),
    "view.external_id": Limit(255, _REF + "methods/views.open (usage)", "invalid_arguments"),
    "view.bytes": Limit(250_000, _REF + "methods/views.open (errors)", "view_too_large"),
    "view.stack": Limit(3, _REF + "methods/views.push (errors)", "push_limit_reached"),
    # Blocks.
    "block_id": Limit(255, _SDK + "blocks/blocks.py block_id_max_length"),
    "text": Limit(3000, _REF + "block-kit/composition-objects/text-object"),
    "section.text": Limit(3000, _SDK + "blocks/blocks.py SectionBlock.text_max_length"),
    "section.fields": Limit(10, _SDK + "blocks/blocks.py SectionBlock.fields_max_length"),
    "section.field": Limit(2000, _REF + "block-kit/blocks/section-block"),
    "header.text": Limit(150, _SDK + "blocks/blocks.py HeaderBlock.text_max_length"),
    "markdown.text": Limit(12_000, _SDK + "blocks/blocks.py MarkdownBlock.text_max_length"),
    "context.elements": Limit(10, _SDK + "blocks/blocks.py ContextBlock.elements_max_length"),
    "actions.elements": Limit(25, _SDK + "blocks/blocks.py ActionsBlock.elements_max_length"),
    "input.label": Limit(2000, _SDK + "blocks/blocks.py InputBlock.label_max_length"),
    "input.hint": Limit(2000, _SDK + "blocks/blocks.py InputBlock.hint_max_length"),
    "image.image_url": Limit(3000, _SDK + "blocks/blocks.py ImageBlock.image_url_max_length"),
    "image.alt_text": Limit(2000, _SDK + "blocks/blocks.py ImageBlock.alt_text_max_length"),
    # What stands in them.
    "action_id": Limit(255, _SDK + "blocks/block_elements.py action_id_max_length"),
    "placeholder": Limit(150, _SDK + "blocks/block_elements.py placeholder_max_length"),
    "button.text": Limit(75, _SDK + "blocks/block_elements.py ButtonElement.text_max_length"),
    "button.value": Limit(2000, _SDK + "blocks/block_elements.py ButtonElement.value_max_length"),
    "button.url": Limit(3000, _SDK + "blocks/block_elements.py ButtonElement.url_max_length"),
    "button.accessibility_label": Limit(75, _SDK + "blocks/block_elements.py ButtonElement"),
    "select.options": Limit(100, _SDK + "blocks/block_elements.py options_max_length"),
    "overflow.options": Limit(5, _SDK + "blocks/block_elements.py OverflowMenuElement"),
    "radio_buttons.options": Limit(
        10, _REF + "block-kit/block-elements/radio-button-group-element"
    ),
    "checkboxes.options": Limit(10, _REF + "block-kit/block-elements/checkboxes-element"),
    "option.text": Limit(75, _SDK + "blocks/basic_components.py Option.label_max_length"),
    "option.description": Limit(75, _SDK + "blocks/basic_components.py Option.label_max_length"),
    "option.value": Limit(150, _SDK + "blocks/basic_components.py Option.value_max_length"),
    "plain_text_input.max_length": Limit(
        3000, _REF + "block-kit/block-elements/plain-text-input-element"
    ),
    "confirm.title": Limit(100, _SDK + "blocks/basic_components.py ConfirmObject.title_max_length"),
    "confirm.text": Limit(300, _SDK + "blocks/basic_components.py ConfirmObject.text_max_length"),
    "confirm.confirm": Limit(30, _SDK + "blocks/basic_components.py ConfirmObject"),
    "confirm.deny": Limit(30, _SDK + "blocks/basic_components.py ConfirmObject"),
}

# Seconds, and how often.
ANSWER_SECONDS = 3.0  # REF apis/events-api (responding), interactivity/handling (acknowledgment)
TRIGGER_SECONDS = 3.0  # REF interactivity/handling (modal responses)
RESPONSE_URL_SECONDS = 30 * 60.0  # REF interactivity/handling (message responses)
RESPONSE_URL_USES = 5  # REF interactivity/handling (message responses)
# REF apis/events-api (error handling): nearly at once, after a minute, after five.
RETRY_SECONDS = (0.0, 60.0, 300.0)
MOST_CONNECTIONS = 10  # REF apis/events-api/using-socket-mode (multiple connections)
TICKET_SECONDS = 30.0  # REF apis/events-api/using-socket-mode: soon, and once


@dataclass(frozen=True)
class Rate:
    """So many calls a minute in the long run, and so many at once."""

    a_minute: float
    burst: int


# REF apis/web-api/rate-limits: the tiers are "at least"; the bursts are named and not counted.
TIER_2 = Rate(20, 20)
TIER_3 = Rate(50, 50)
TIER_4 = Rate(100, 100)
RATES = {
    "auth.test": Rate(300, 100),  # REF methods/auth.test: hundreds a minute
    "apps.connections.open": TIER_3,
    "chat.postMessage": Rate(300, 300),  # "several hundred a minute" in a workspace
    "chat.update": TIER_3,
    "chat.delete": TIER_3,
    "chat.postEphemeral": TIER_4,
    "conversations.open": TIER_3,
    "conversations.history": TIER_3,  # one a minute only for apps that are sold
    "conversations.info": TIER_3,
    "views.open": TIER_4,
    "views.update": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "users.info": TIER_4,
    "team.info": TIER_3,
}
# REF apis/web-api/rate-limits (posting messages): one a second in a channel, short bursts.
A_CHANNEL = Rate(60, 5)

# The scope that a method wants of a bot's token (REF methods/…); the others want none.
SCOPES = {
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "conversations.open": "im:write",
    "users.info": "users:read",
    "team.info": "team:read",
}
# For these it depends on the kind of channel.
SCOPES_BY_KIND = {
    "conversations.history": {
        "im": "im:history",
        "channel": "channels:history",
        "group": "groups:history",
    },
    "conversations.info": {"im": "im:read", "channel": "channels:read", "group": "groups:read"},
}
