"""The tables of forgetting and of the audit. None of them holds a word that anybody told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.storage.columns import new_id, words_of
from bot.storage.models import Base
from bot.storage.states import ErasedBecause

_Id = String(32)


class Erasure(Base):
    """A reflection that is to be erased, or was: the note of the intent, and then the receipt.

    From the commit that writes this row on nobody finds the reflection any more.
    """

    __tablename__ = "erasures"
    reflection_id: Mapped[str] = mapped_column(_Id, primary_key=True)
    # None for what was erased before receipts were kept.
    therapist_id: Mapped[str | None] = mapped_column(_Id, index=True)
    # By this its therapist knows which one it was.
    began_at: Mapped[datetime | None]
    because: Mapped[ErasedBecause] = mapped_column(words_of(ErasedBecause))
    asked_at: Mapped[datetime]
    # Set when every store has forgotten: then this is a receipt.
    done_at: Mapped[datetime | None] = mapped_column(index=True)

    stores: Mapped[list[ErasedStore]] = relationship(
        order_by="ErasedStore.position", lazy="selectin"
    )


class ErasedStore(Base):
    """One line of a receipt: how much of a reflection one store held, and when it was gone."""

    __tablename__ = "erased_stores"
    reflection_id: Mapped[str] = mapped_column(
        ForeignKey("erasures.reflection_id"), primary_key=True
    )
    store: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    # Counted before anything goes, so that a step done again after a crash does not say 0.
    held: Mapped[int]
    gone_at: Mapped[datetime | None]


class Hold(Base):
    """A legal hold on one reflection or on all of a therapist's: nothing of it is erased."""

    __tablename__ = "holds"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    # Exactly one of these two is set.
    reflection_id: Mapped[str | None] = mapped_column(_Id, index=True)
    therapist_id: Mapped[str | None] = mapped_column(_Id, index=True)
    reason: Mapped[str] = mapped_column(String(300))
    placed_at: Mapped[datetime]
    released_at: Mapped[datetime | None]


class Export(Base):
    """A file of candidate sentences that was written, so that erasing reaches into it."""

    __tablename__ = "exports"
    place: Mapped[str] = mapped_column(String(1000), primary_key=True)
    made_at: Mapped[datetime]


class AuditEntry(Base):
    """One event of the audit. Only ever added to: the database refuses changes."""

    __tablename__ = "audit"
    # An administrator's page asks for some events among very many others.
    __table_args__ = (Index("ix_audit_event", "event", "number"),)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    # An account's id, or `command` or `gateway`.
    actor: Mapped[str] = mapped_column(String(32))
    event: Mapped[str] = mapped_column(String(40))
    reflection_id: Mapped[str | None] = mapped_column(_Id)
    account_id: Mapped[str | None] = mapped_column(_Id)
    # Numbers and words of the program, as JSON.
    details: Mapped[str] = mapped_column(String(2000))
    mac: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The audit's last number and code: one row, which writers of the audit wait for."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    mac: Mapped[str] = mapped_column(String(64))


class SettingSeen(Base):
    """A keyed hash of a setting's value at the last start: it tells a change, never a value."""

    __tablename__ = "settings_seen"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    code: Mapped[str] = mapped_column(String(64))
