"""The tables of a team's figures: what was counted of a month, and by what it is taken back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.models import Base

_Id = String(32)
# As 2026-02.
_Month = String(7)


class TeamTrend(Base):
    """What was decided of a team's month, once: figures, or none where they are withheld.

    It is never counted again; figures only ever go.
    """

    __tablename__ = "team_trends"
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    month: Mapped[str] = mapped_column(_Month, primary_key=True)
    decided_at: Mapped[datetime]
    # JSON: how many reflections, and how many with each theme, rounded.
    figures: Mapped[str | None] = mapped_column(String(500))


class TeamTrendMark(Base):
    """Who and what was counted in figures that stand, as codes made with a key: to take it back."""

    __tablename__ = "team_trend_marks"
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    month: Mapped[str] = mapped_column(_Month, primary_key=True)
    code: Mapped[str] = mapped_column(_Id, primary_key=True)
