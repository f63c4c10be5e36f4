"""Rasa's table of sealed conversations, for whoever moves it without loading Rasa.

Rasa makes and fills it (`bot/nlu/stores/sealed.py`); a test sees that the two are the same.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

SEALED_EVENTS = Table(
    "sealed_events",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("sender_id", String(255), nullable=False),
    Column("number", Integer, nullable=False),
    Column("type_name", String(255), nullable=False),
    Column("timestamp", Double),
    Column("data", LargeBinary, nullable=False),
    Index("ix_sealed_events_lookup", "sender_id", "type_name", "timestamp"),
    UniqueConstraint("sender_id", "number"),
)
