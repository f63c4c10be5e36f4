"""What the app says that is no turn: one constant sentence an occasion, and its buttons.

Nothing of a reflection is in any of them but, in full mode, the day on which it was begun.
"""

from __future__ import annotations

from datetime import datetime

from bot.conversation.desk import Desk
from bot.conversation.shared_view import day_in_words
from bot.conversation.slack.lines import open_reflections
from bot.conversation.slack.linking import SlackPerson, link_for
from bot.slack.blocks import Block, button, outcome_line, paragraphs, plain
from bot.slack.calls import Blocks
from bot.storage.models import Account
from bot.storage.slack_tables import SlackPost
from bot.storage.states import SlackOccasion

OCCASION = "occasion"
YES, NO, FULL, SHORT, GO_ON, OPEN = "yes", "no", "full", "short", "go_on", "open"
_MOST_TO_GO_ON = 3
_STARTS = (SlackOccasion.START, SlackOccasion.START_NOT_KEPT)
_WITH_A_LINK = (SlackOccasion.RING, SlackOccasion.RING_ANSWER, SlackOccasion.DECLINED)


def sentence_of(desk: Desk, occasion: SlackOccasion) -> str:
    """Give the sentence of an occasion."""
    settings = desk.settings
    return desk.slack_words[occasion].format(
        limit=settings.longest_message, address=settings.address
    )


async def blocks_of(desk: Desk, post: SlackPost, account: Account | None, team: str) -> Blocks:
    """Give what is said on an occasion, with what can be pressed; `team` is our workspace."""
    assert post.occasion is not None  # noqa: S101 - asked only of such
    elements = await _elements(desk, post, account, team)
    blocks: Blocks = paragraphs(sentence_of(desk, post.occasion))
    if elements:
        blocks.append(
            {"type": "actions", "block_id": f"{OCCASION}:{post.id}", "elements": elements}
        )
    return blocks


def blocks_once_used(desk: Desk, post: SlackPost) -> Blocks:
    """Give the same without its buttons, and what was pressed."""
    assert post.occasion is not None  # noqa: S101 - asked only of such
    words = desk.slack_words
    labels = {
        YES: words["consent_yes"],
        NO: words["consent_no"],
        FULL: words["start_full"],
        SHORT: words["start_short"],
        GO_ON: words["home_continue"],
    }
    return [
        *paragraphs(sentence_of(desk, post.occasion)),
        *outcome_line(words, labels.get(post.chosen or "")),
    ]


def has_choices(post: SlackPost) -> bool:
    """Say whether its buttons are answers, which are there once."""
    return post.occasion in (SlackOccasion.CONSENT, *_STARTS)


def day_of(at: datetime) -> str:
    """Give a day as the buttons and lists name it."""
    return day_in_words(at.date())


async def _elements(desk: Desk, post: SlackPost, account: Account | None, team: str) -> list[Block]:
    words, settings = desk.slack_words, desk.settings
    match post.occasion:
        case SlackOccasion.NOT_LINKED if post.slack_user_id:
            url = await link_for(desk, SlackPerson(team, post.slack_user_id), post.channel)
            return [button(words, OPEN, "not_linked_button", url=url)]
        case SlackOccasion.CONSENT:
            return [
                button(words, YES, "consent_yes", value=YES, style="primary"),
                button(words, NO, "consent_no", value=NO),
            ]
        case SlackOccasion.START | SlackOccasion.START_NOT_KEPT if account is not None:
            return [
                button(words, FULL, "start_full", value=FULL),
                button(words, SHORT, "start_short", value=SHORT),
                *(
                    {
                        "type": "button",
                        "action_id": f"{GO_ON}-{number}",
                        "text": plain(words["start_continue"].format(day=day_of(one.started_at))),
                        "value": one.id,
                    }
                    for number, one in enumerate(
                        await open_reflections(desk, account, _MOST_TO_GO_ON)
                    )
                ),
            ]
        case occasion if occasion in _WITH_A_LINK:
            return [button(words, OPEN, "open_button", url=settings.address)]
    return []
