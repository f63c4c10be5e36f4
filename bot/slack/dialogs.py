"""Dialogs (modals): room for a long answer, and what is asked twice before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.conversation.desk import Desk
from bot.slack.blocks import BUTTON, Block, clipped, paragraphs, plain
from bot.slack.occasions import day_of
from bot.storage.models import Account, Reflection

WRITE, DELETE, SHARE, UNLINK = "write", "delete", "share", "unlink"
# Slack takes no more in a field; what is longer has room on the web.
LONGEST = 3000
FIELD, ENTRY = "field", "entry"
_TITLE = 24
_MOST_OPTIONS = 100

View = dict[str, Any]


def write_dialog(desk: Desk, post_id: str) -> View:
    """Ask for a long answer to what was asked in a message of ours."""
    words = desk.slack_words
    hint = words["write_hint"].format(address=desk.settings.address)
    entry = {
        "type": "input",
        "block_id": FIELD,
        "label": plain(words["write_label"]),
        "hint": plain(hint),
        "element": {
            "type": "plain_text_input",
            "action_id": ENTRY,
            "multiline": True,
            "max_length": LONGEST,
            "focus_on_load": True,
        },
    }
    return _dialog(desk, WRITE, post_id, "write_title", "write_send", [entry])


def delete_dialog(desk: Desk, reflection: Reflection) -> View:
    """Ask whether a reflection is to be deleted."""
    text = desk.slack_words["delete_text"].format(day=day_of(reflection.started_at))
    return _dialog(desk, DELETE, reflection.id, "delete_title", "delete_yes", paragraphs(text))


def unlink_dialog(desk: Desk) -> View:
    """Ask whether Slack is to be untied from the account."""
    text = paragraphs(desk.slack_words["unlink_text"])
    return _dialog(desk, UNLINK, "", "unlink_title", "unlink_yes", text)


def share_dialog(desk: Desk, reflection: Reflection, supervisors: Sequence[Account]) -> View:
    """Ask with whom a summary is shared, and say what that means."""
    words, settings = desk.slack_words, desk.settings
    text = words["share_text"].format(
        day=day_of(reflection.started_at), days=settings.share_days, address=settings.address
    )
    whom = {
        "type": "input",
        "block_id": FIELD,
        "label": plain(words["share_whom"]),
        "element": {
            "type": "static_select",
            "action_id": ENTRY,
            "options": [
                {"text": plain(clipped(one.name, BUTTON)), "value": one.id}
                for one in supervisors[:_MOST_OPTIONS]
            ],
        },
    }
    return _dialog(
        desk, SHARE, reflection.id, "share_title", "share_yes", [*paragraphs(text), whom]
    )


def told_dialog(desk: Desk, text: str) -> View:
    """Say in the place of a dialog what came of it."""
    words = desk.slack_words
    return {
        "type": "modal",
        "callback_id": "told",
        "title": plain(words["home_title"]),
        "close": plain(words["done"]),
        "blocks": paragraphs(text),
    }


def _dialog(
    desk: Desk, callback_id: str, about: str, title: str, submit: str, blocks: list[Block]
) -> View:
    words = desk.slack_words
    return {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": about,
        "title": plain(clipped(words[title], _TITLE)),
        "submit": plain(clipped(words[submit], _TITLE)),
        "close": plain(clipped(words["cancel"], _TITLE)),
        "blocks": blocks,
    }
