"""The tables of double readings: who reads twice, which labels count, what was settled, exports.

The labels themselves are those of `review_tables.py`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.storage.columns import new_id
from bot.storage.models import Base
from bot.storage.sealed import Sealed, SealedRow
from bot.themes.findings import Theme

_Id = String(32)


class DoubleReading(Base):
    """That a therapist lets two supervisors label a reflection without seeing each other.

    Whether it still stands is decided by `bot.storage.double_readings.standing_reading`: it may
    have ended with a share of one of the two.
    """

    __tablename__ = "double_readings"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    reflection_id: Mapped[str] = mapped_column(ForeignKey("reflections.id"), index=True)
    begun_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    # Whether its labels may go into an approved study.
    for_study: Mapped[bool]

    readers: Mapped[list[DoubleReader]] = relationship(
        order_by="DoubleReader.supervisor_id", lazy="raise"
    )


class DoubleReader(Base):
    """One of the two of a double reading, and when they were done with it."""

    __tablename__ = "double_readers"
    reading_id: Mapped[str] = mapped_column(ForeignKey("double_readings.id"), primary_key=True)
    supervisor_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id"), primary_key=True, index=True
    )
    done_at: Mapped[datetime | None]


class CountedLabel(Base):
    """A label that was a reader's last word when they were done: the agreement is of these."""

    __tablename__ = "counted_labels"
    label_id: Mapped[str] = mapped_column(ForeignKey("labels.id"), primary_key=True)
    reading_id: Mapped[str] = mapped_column(ForeignKey("double_readings.id"), index=True)


class Settlement(SealedRow, Base):
    """What one of the two would settle on for a finding; settled is what both said last.

    Rows are added, never rewritten.
    """

    __tablename__ = "settlements"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    reading_id: Mapped[str] = mapped_column(ForeignKey("double_readings.id"), index=True)
    reflection_id: Mapped[str] = mapped_column(ForeignKey("reflections.id"), index=True)
    supervisor_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    said_at: Mapped[datetime]

    # Sealed, so that the tables do not tell on which findings the two differed.
    finding_id = Sealed[str]()
    # Without a theme: none fits.
    theme = Sealed[Theme | None](Theme, default=lambda: None)
    subtheme = Sealed[str | None](default=lambda: None)


class StudyExport(Base):
    """That a reader took labels along for an approved study, and what they gave as its approval."""

    __tablename__ = "study_exports"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    supervisor_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    made_at: Mapped[datetime]
    approval: Mapped[str] = mapped_column(String(200))


class ExportedReading(Base):
    """A double reading that went into an export, for the reflection's author to see."""

    __tablename__ = "exported_readings"
    export_id: Mapped[str] = mapped_column(ForeignKey("study_exports.id"), primary_key=True)
    reading_id: Mapped[str] = mapped_column(
        ForeignKey("double_readings.id"), primary_key=True, index=True
    )
