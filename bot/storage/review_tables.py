"""The tables of reviewing: by what a share is found, and what a supervisor and its author do.

What they write is sealed with the key of the reflection that it is about.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.columns import new_id
from bot.storage.models import Base
from bot.storage.sealed import Sealed, SealedRow
from bot.storage.states import Opinion, ReviewDeed, ReviewState
from bot.themes.findings import Theme

_Id = String(32)


class ShareFacet(Base):
    """By what a share is found in the queue: a code that says nothing without the key."""

    __tablename__ = "share_facets"
    # What has a facet is read from the newest share on.
    __table_args__ = (Index("ix_share_facets_queue", "code", "shared_at", "share_id"),)
    share_id: Mapped[str] = mapped_column(ForeignKey("shares.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    shared_at: Mapped[datetime]


class SearchEntry(SealedRow, Base):
    """The words that a share shows, as they are searched; its id is the share's."""

    __tablename__ = "search_entries"
    id: Mapped[str] = mapped_column(ForeignKey("shares.id"), primary_key=True)
    reflection_id: Mapped[str] = mapped_column(ForeignKey("reflections.id"), index=True)

    text = Sealed[str]()


class SavedView(Base):
    """A filter of the queue that a supervisor keeps under a name. It holds no words of others."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("account_id", "name"),)
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str] = mapped_column(String(60))
    # As it stands behind the question mark in the queue's address.
    query: Mapped[str] = mapped_column(String(600))


class Review(Base):
    """Where a supervisor stands with a reflection; what was before is in `review_changes`."""

    __tablename__ = "reviews"
    reflection_id: Mapped[str] = mapped_column(ForeignKey("reflections.id"), primary_key=True)
    supervisor_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    state: Mapped[ReviewState]
    # A share that is younger than this is new to them again.
    changed_at: Mapped[datetime]


class ReviewChange(Base):
    """One step of a review, for its history. Rows are added, never rewritten."""

    __tablename__ = "review_changes"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    reflection_id: Mapped[str] = mapped_column(ForeignKey("reflections.id"), index=True)
    supervisor_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    deed: Mapped[ReviewDeed]
    at: Mapped[datetime]


class Comment(SealedRow, Base):
    """What a therapist and a supervisor write to each other in a review.

    It is on a turn, on a passage of one, or on the whole; or it is a reply. Rows are added,
    never rewritten.
    """

    __tablename__ = "comments"
    __table_args__ = (
        # The same form sent twice makes one comment.
        UniqueConstraint("author_id", "client_id"),
        Index("ix_comments_review", "reflection_id", "supervisor_id"),
    )
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    reflection_id: Mapped[str] = mapped_column(ForeignKey("reflections.id"))
    # Whose review it belongs to: the reflection's author reads it and this supervisor.
    supervisor_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    author_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    client_id: Mapped[str] = mapped_column(String(64))
    # The comment that a reply belongs under; replies have none of their own.
    root_id: Mapped[str | None] = mapped_column(ForeignKey("comments.id"))
    turn_id: Mapped[str | None] = mapped_column(ForeignKey("turns.id"))
    written_at: Mapped[datetime]
    # When it was first on a page of the other one of the two.
    read_at: Mapped[datetime | None]
    # Another supervisor whom the author drew in: they read this and all under the same root.
    mentioned_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    mention_read_at: Mapped[datetime | None]

    text = Sealed[str]()
    # {"start", "end", "text"} in characters of the turn's text.
    passage = Sealed[dict[str, Any] | None](default=lambda: None)


class Label(SealedRow, Base):
    """A supervisor's opinion of a finding, beside the therapist's verdict.

    The newest of one supervisor counts. Rows are added, never rewritten.
    """

    __tablename__ = "labels"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    reflection_id: Mapped[str] = mapped_column(ForeignKey("reflections.id"), index=True)
    finding_id: Mapped[str] = mapped_column(ForeignKey("findings.id"))
    supervisor_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    said_at: Mapped[datetime]

    opinion = Sealed(Opinion)
    # What it is instead, where it was relabelled.
    theme = Sealed[Theme | None](Theme, default=lambda: None)
    subtheme = Sealed[str | None](default=lambda: None)
