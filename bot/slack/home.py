"""The Home tab: go on, my reflections, what is kept, share, delete, link and unlink.

In doorbell mode it is made of constant sentences alone.
"""

from __future__ import annotations

from typing import Any

from bot.conversation.desk import Desk
from bot.conversation.slack.lines import may_reflect_here
from bot.conversation.slack.linking import SlackPerson, link_for
from bot.slack.blocks import Block, button, paragraphs, plain
from bot.slack.occasions import OPEN, day_of, sentence_of
from bot.storage.access import own_reflections
from bot.storage.models import Account, Reflection
from bot.storage.states import ReflectionState, SlackOccasion

GO_ON, SHARE, DELETE, UNLINK = "home-go-on", "home-share", "home-delete", "home-unlink"
AGREE, TAKE_BACK = "home-agree", "home-take-back"
FULL, SHORT = "home-full", "home-short"
# A Home tab has room for a hundred blocks.
MOST_LISTED = 20


async def home_of_stranger(
    desk: Desk, person: SlackPerson, occasion: SlackOccasion, channel: str
) -> Block:
    """Give the Home tab of somebody who is not tied to an account, or is kept out."""
    words = desk.slack_words
    if occasion is not SlackOccasion.NOT_LINKED:
        return _home(paragraphs(sentence_of(desk, occasion)))
    url = await link_for(desk, person, channel)
    linking = [button(words, OPEN, "not_linked_button", url=url)]
    return _home([*paragraphs(words["home_not_linked"]), _actions("home-link", linking)])


async def home_of(desk: Desk, account: Account) -> Block:
    """Give the Home tab of an account."""
    words, settings = desk.slack_words, desk.settings
    blocks = [_heading(words["home_title"])]
    if await may_reflect_here(desk, account):
        blocks += await _of_full_mode(desk, account)
    elif settings.slack_mode == "full":
        agree = [
            button(words, AGREE, "consent_yes", style="primary"),
            button(words, OPEN, "open_button", url=settings.address),
        ]
        blocks += [*paragraphs(words["consent"]), _actions("home-consent", agree)]
    else:
        ring = [button(words, OPEN, "open_button", url=settings.address)]
        blocks += [_actions("home-open", ring), *_kept(desk, "home_kept_ring")]
    unlinking = _actions("home-unlinking", [button(words, UNLINK, "home_unlink")])
    return _home([*blocks, {"type": "divider"}, unlinking])


async def _of_full_mode(desk: Desk, account: Account) -> list[Block]:
    words, settings = desk.slack_words, desk.settings
    async with desk.sessions() as session:
        mine = await own_reflections(session, account)
    begin = [
        button(words, FULL, "start_full", style="primary"),
        button(words, SHORT, "start_short"),
        button(words, OPEN, "open_button", url=settings.address),
    ]
    listed = [block for one in mine[:MOST_LISTED] for block in _line(desk, one)]
    if len(mine) > MOST_LISTED:
        listed += paragraphs(words["home_more"].format(count=MOST_LISTED))
    return [
        _actions("home-begin", begin),
        _heading(words["home_mine"]),
        *(listed or paragraphs(words["home_none"])),
        *_kept(desk, "home_kept_full"),
        *paragraphs(words["home_full_reason"].format(reason=settings.slack_full_reason)),
        *paragraphs(words["home_consent_back_about"]),
        _actions("home-consent", [button(words, TAKE_BACK, "home_consent_back")]),
    ]


def _line(desk: Desk, reflection: Reflection) -> list[Block]:
    words, address = desk.slack_words, desk.settings.address
    state = words[f"state_{reflection.state}"]
    name = words["home_day"].format(day=day_of(reflection.started_at), state=state)
    one = reflection.id
    # No name of a button may be there twice on a tab.
    elements = [
        button(words, f"{SHARE}:{one}", "home_share", value=one),
        button(words, f"{DELETE}:{one}", "home_delete", value=one, style="danger"),
        button(words, f"{OPEN}:{one}", "home_open", url=f"{address}/reflections/{one}"),
    ]
    if reflection.state is not ReflectionState.CLOSED:
        elements.insert(0, button(words, f"{GO_ON}:{one}", "home_continue", value=one))
    return [*paragraphs(name), _actions(f"home-{one}", elements)]


def _kept(desk: Desk, what: str) -> list[Block]:
    words = desk.slack_words
    return [_heading(words["home_kept"]), *paragraphs(words[what])]


def _heading(text: str) -> Block:
    return {"type": "header", "text": plain(text)}


def _actions(block_id: str, elements: list[Block]) -> Block:
    return {"type": "actions", "block_id": block_id, "elements": elements}


def _home(blocks: list[Block]) -> dict[str, Any]:
    return {"type": "home", "blocks": blocks}
