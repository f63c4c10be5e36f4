"""What a message in Slack says, made anew from the journal each time that it is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.conversation.slack.posts import Piece
from bot.conversation.views import finding_view, masked_notice, offer_view
from bot.reflection.stages import Kind, kind_of, theme_judged_by
from bot.slack import occasions
from bot.slack.blocks import Said, controls, messages_of, outcome, paragraphs
from bot.slack.calls import Blocks
from bot.storage.access import turn_after, unless_erased, whole_turn
from bot.storage.models import Account, FoundTheme, Turn
from bot.storage.slack import VIEW
from bot.storage.slack_tables import SlackPost


@dataclass(frozen=True)
class Content:
    """The blocks of a message, whether something can be pressed in it, and its one sentence."""

    blocks: Blocks
    is_open: bool
    sentence: str = ""

    def instead(self, desk: Desk) -> Blocks:
        """Give what is said where Slack takes the blocks for too much: where to read it."""
        text = desk.slack_words["on_the_web"].format(address=desk.settings.address)
        pressed = [block for block in self.blocks if block["type"] == "actions"]
        return [*paragraphs(text), *pressed]


def _said_of(desk: Desk, piece: Piece) -> Said:
    """Give what is said of a turn at once, but for what was heard in earlier ones."""
    turn = piece.turn
    messages = turn.messages[piece.first : piece.last]
    kind = kind_of(turn.asked).value if turn.asked and piece.is_answer else None
    return Said(
        texts=[message.text for message in messages if message.text],
        notice=masked_notice(desk, turn.masked) if piece.first == 0 else None,
        steps=[offer_view(desk, offer) for offer in turn.step_offers] if piece.is_answer else (),
        choices=[choice for message in messages for choice in message.choices],
        kind=kind if kind in (Kind.SCALE, Kind.FREE) else None,
    )


async def contents_of(desk: Desk, post: SlackPost, team: str) -> Content | None:
    """Give what a message says now; None where there is nothing to say any more."""
    if post.occasion is not None:
        sentence = occasions.sentence_of(desk, post.occasion)
        if post.occasion.is_for_a_moment:
            return Content([], is_open=False, sentence=sentence)
        account = await _account_of(desk, post)
        blocks = await occasions.blocks_of(desk, post, account, team)
        return Content(blocks, occasions.has_choices(post), sentence)
    found = await _turn_of(desk, post)
    if found is None:
        return None
    said, later = found
    blocks, is_last = _part_of(desk, post, said)
    if later is not None or not is_last:
        return Content(blocks, is_open=False) if blocks else None
    pressed = controls(desk.slack_words, said, post.id)
    return Content([*blocks, *pressed], bool(pressed))


async def contents_once_used(desk: Desk, post: SlackPost) -> Blocks | None:
    """Give what a message says when nothing can be pressed in it any more."""
    if post.occasion is not None:
        return occasions.blocks_once_used(desk, post)
    found = await _turn_of(desk, post)
    if found is None:
        return None
    said, later = found
    blocks, _ = _part_of(desk, post, said)
    answer, is_long = (later.text, later.client_id.startswith(VIEW)) if later else (None, False)
    told = outcome(desk.slack_words, said, answer, is_long=is_long)
    # A message has to say something.
    return [*blocks, *told] or paragraphs(desk.slack_words["notification"])


async def whole_said(desk: Desk, session: AsyncSession, piece: Piece) -> Said:
    """Give what is said of a turn at once, with one's words in which a theme was heard."""
    turn = piece.turn
    theme = theme_judged_by(turn.asked) if turn.asked and piece.is_answer else None
    said = _said_of(desk, piece)
    if theme is None:
        return said
    query = select(FoundTheme).where(FoundTheme.reflection_id == turn.reflection_id)
    found = await session.scalars(query.order_by(FoundTheme.turn_id, FoundTheme.position))
    return replace(
        said, findings=[finding_view(desk, one) for one in found if one.theme.value == theme]
    )


def _part_of(desk: Desk, post: SlackPost, said: Said) -> tuple[Blocks, bool]:
    messages = messages_of(desk.slack_words, said)
    is_last = post.part >= post.parts - 1
    # Should there be more of them than were planned, the last one has the rest.
    until = len(messages) if is_last else post.part + 1
    return [block for blocks in messages[post.part : until] for block in blocks], is_last


async def _account_of(desk: Desk, post: SlackPost) -> Account | None:
    if post.account_id is None:
        return None
    async with desk.sessions() as session:
        return await session.get(Account, post.account_id)


async def _turn_of(desk: Desk, post: SlackPost) -> tuple[Said, Turn | None] | None:
    """Give what is said of a message's turn, and the turn after it, unless it is deleted."""
    async with desk.sessions() as session:
        if await unless_erased(session, post.reflection_id or "") is None:
            return None
        turn = await whole_turn(session, post.turn_id or "")
        if turn is None:
            return None
        piece = Piece(turn, post.first, post.last, post.is_answer)
        return await whole_said(desk, session, piece), await turn_after(session, turn)
