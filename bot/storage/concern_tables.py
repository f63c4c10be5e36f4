"""The tables of what supervisors do about concerns, and of the messages that tell them to look."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.columns import new_id, words_of
from bot.storage.models import Base
from bot.storage.sealed import Sealed, SealedRow
from bot.storage.states import Channel, ConcernStep, NotificationState, Occasion

_Id = String(32)


class ConcernReview(SealedRow, Base):
    """What a supervisor did about a concern. Rows are added, never rewritten."""

    __tablename__ = "concern_reviews"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    reflection_id: Mapped[str] = mapped_column(ForeignKey("reflections.id"), index=True)
    supervisor_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    step: Mapped[ConcernStep] = mapped_column(words_of(ConcernStep))
    at: Mapped[datetime]

    # Sealed, so that nobody learns from the tables which concern was shown and which was not.
    concern_id = Sealed[str]()
    # What was done, in a sentence, masked. None where it was only seen.
    text = Sealed[str | None](default=lambda: None)


class ConcernWatch(Base):
    """By what a share is found among the concerns that are open, or done.

    Every share of a reflection with concerns has one, whether it shows them or not: what it is
    found by is a code that says nothing without the key (`bot/conversation/review/watching.py`).
    """

    __tablename__ = "concern_watches"
    # What is open is read from the longest open on.
    __table_args__ = (Index("ix_concern_watches_open", "code", "since", "share_id"),)
    share_id: Mapped[str] = mapped_column(ForeignKey("shares.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(32))
    # Since when what is open could be seen; where all is done, since when it is.
    since: Mapped[datetime]
    # When a reminder was put into the outbox, or when none is to come any more.
    reminded_at: Mapped[datetime | None]


class Notification(Base):
    """A message of ours that says to look into the console: to whom, and what became of it."""

    __tablename__ = "notifications"
    # The outbox is read from what has been due longest on.
    __table_args__ = (Index("ix_notifications_due", "state", "try_at"),)
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    supervisor_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    # None for a test.
    share_id: Mapped[str | None] = mapped_column(ForeignKey("shares.id"), index=True)
    channel: Mapped[Channel] = mapped_column(words_of(Channel))
    occasion: Mapped[Occasion] = mapped_column(words_of(Occasion))
    state: Mapped[NotificationState] = mapped_column(words_of(NotificationState))
    tries: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    # When it is tried next; once nothing is tried any more, when that came about.
    try_at: Mapped[datetime]


class MailAddress(Base):
    """Where a supervisor wants to be written to."""

    __tablename__ = "mail_addresses"
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(254))
    set_at: Mapped[datetime]
