"""The tables of the team's own Slack: who is who there, what goes on there, what was posted there.

Ids and places only. What a message in Slack says is made anew from the journal when it is sent.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.columns import new_id, words_of
from bot.storage.models import Base
from bot.storage.states import SlackOccasion, SlackPostState

_Id = String(32)
# Slack's own ids: they say of themselves only that they are text.
_SlackId = String(40)


class SlackIdentity(Base):
    """Who an account is in the team's workspace."""

    __tablename__ = "slack_identities"
    __table_args__ = (UniqueConstraint("team_id", "slack_user_id"),)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    team_id: Mapped[str] = mapped_column(_SlackId)
    slack_user_id: Mapped[str] = mapped_column(_SlackId)
    linked_at: Mapped[datetime]


class SlackLine(Base):
    """That a reflection goes on in its author's direct channel with the app.

    An account is on one of its lines at most. One that was left still tells what was said on
    it; all go when the account is untied or takes its consent back.
    """

    __tablename__ = "slack_lines"
    reflection_id: Mapped[str] = mapped_column(ForeignKey("reflections.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    channel: Mapped[str] = mapped_column(_SlackId)
    # The press or the message by which it was opened: the same one again opens nothing.
    opened_by: Mapped[str] = mapped_column(String(80), unique=True)
    # How often it was opened, and which turn was shown first then.
    round: Mapped[int] = mapped_column(default=1)
    from_turn: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class SlackPost(Base):
    """One message of the app: planned, being sent, or posted at a place. Never what it says.

    It belongs to a turn, or answers something that made no turn (`occasion`). No foreign key to
    a reflection: it is needed until the message is gone from Slack, when the rest is gone.
    """

    __tablename__ = "slack_posts"
    __table_args__ = (
        UniqueConstraint("turn_id", "round", "first", "part"),
        Index("ix_slack_posts_waiting", "state", "channel"),
    )
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    channel: Mapped[str] = mapped_column(_SlackId)
    # In which order they come within a channel.
    number: Mapped[int]
    state: Mapped[SlackPostState] = mapped_column(words_of(SlackPostState))
    # Where it stands: Slack's time of the message, which is its name in the channel.
    ts: Mapped[str | None] = mapped_column(String(40))
    made_at: Mapped[datetime]

    occasion: Mapped[SlackOccasion | None] = mapped_column(words_of(SlackOccasion))
    # What it answers: the same event or press again is answered by the same row.
    answers: Mapped[str | None] = mapped_column(String(80), unique=True)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    slack_user_id: Mapped[str | None] = mapped_column(_SlackId)

    reflection_id: Mapped[str | None] = mapped_column(_Id, index=True)
    turn_id: Mapped[str | None] = mapped_column(_Id)
    # Which messages of its turn it says (from, up to but not), and which part of how many.
    round: Mapped[int] = mapped_column(default=0)
    first: Mapped[int] = mapped_column(default=0)
    last: Mapped[int] = mapped_column(default=0)
    part: Mapped[int] = mapped_column(default=0)
    parts: Mapped[int] = mapped_column(default=1)
    is_answer: Mapped[bool] = mapped_column(default=False)
    # Whether something can still be pressed in it.
    is_open: Mapped[bool] = mapped_column(default=False)
    # What was pressed in one that is no turn; the first press counts.
    chosen: Mapped[str | None] = mapped_column(String(40))
