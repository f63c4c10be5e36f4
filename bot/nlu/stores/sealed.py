"""Rasa's conversations, each event sealed with the key of its reflection.

Named in the endpoints file that `bot/run/processes.py` writes. One conversation is one
reflection, so when its key is destroyed the conversation cannot be read or gone on with.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore, create_engine_kwargs
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from bot.privacy.sealing.envelope import Place
from bot.privacy.sealing.keyring import Keyring
from bot.privacy.sealing.master_key import load_master_key
from bot.privacy.sealing.problems import KeyGone

_TABLE = "sealed_events"


class _Base(DeclarativeBase):
    """Rasa asks a store for its metadata by this."""


class SealedEvent(_Base):
    """One event of a conversation. In plain is only what Rasa looks events up by."""

    __tablename__ = _TABLE
    __table_args__ = (
        # As shipped, Rasa has an index on `sender_id` alone, and a turn slows down with the size
        # of the whole table.
        sa.Index("ix_sealed_events_lookup", "sender_id", "type_name", "timestamp"),
        # The same event saved twice is refused.
        sa.UniqueConstraint("sender_id", "number"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    sender_id: Mapped[str] = mapped_column(sa.String(255))
    number: Mapped[int]
    type_name: Mapped[str] = mapped_column(sa.String(255))
    timestamp: Mapped[float | None]
    data: Mapped[bytes]


class SealedTrackerStore(SQLTrackerStore):  # type: ignore[misc] # rasa is untyped
    """Rasa's SQL tracker store with nothing of what was said in plain."""

    Base = _Base
    SQLEvent = SealedEvent
    engine: sa.Engine

    def __init__(
        self, domain: Domain | None = None, *, keys: str, master_key_file: str, **kwargs: Any
    ) -> None:
        """Open the keys as the gateway does. Raises `KeyProblem`, and Rasa does not start."""
        value = os.environ.get("BALLAST_MASTER_KEY")
        self._keyring = Keyring(Path(keys), load_master_key(value, Path(master_key_file)))
        super().__init__(domain, **kwargs)
        if self.engine.dialect.name != "sqlite":
            self._open_with_care()
        with self.session_scope() as session:
            self._seal_what_was_plain(session)

    def _open_with_care(self) -> None:
        """Open the engine as the gateway does: Rasa lets nobody say how, but for the address."""
        url = self.engine.url
        self.engine.dispose()
        self.engine = sa.create_engine(
            url,
            # A row's bytes belong into no error, and a connection may have been cut meanwhile.
            hide_parameters=True,
            pool_pre_ping=True,
            **create_engine_kwargs(url.render_as_string(hide_password=False)),
        )
        self.sessionmaker = sessionmaker(bind=self.engine)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the new events. Raises `KeyGone` when the reflection was erased."""
        with self.session_scope() as session:
            new = list(self._additional_events(session, tracker))
            session.add_all(
                self._rows(session, tracker.sender_id, (_stored(event) for event in new))
            )
            session.commit()

    def _rows(
        self, session: Session, sender_id: str, events: Iterable[dict[str, Any]]
    ) -> Iterator[SealedEvent]:
        last = sa.select(sa.func.max(SealedEvent.number)).where(SealedEvent.sender_id == sender_id)
        known = session.scalar(last)
        for number, event in enumerate(events, start=0 if known is None else known + 1):
            yield SealedEvent(
                sender_id=sender_id,
                number=number,
                type_name=event["event"],
                timestamp=event.get("timestamp"),
                data=self._keyring.seal(json.dumps(event).encode(), _place(sender_id, number)),
            )

    async def _retrieve(
        self,
        sender_id: str,
        fetch_events_from_all_sessions: bool,  # noqa: FBT001 - Rasa's signature
    ) -> DialogueStateTracker | None:
        with self.session_scope() as session:
            rows = self._event_query(session, sender_id, fetch_events_from_all_sessions).all()
            events = [
                json.loads(self._keyring.open(row.data, _place(sender_id, row.number)))
                for row in rows
            ]
        if not events or not self.domain:
            return None
        return DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)

    def _seal_what_was_plain(self, session: Session) -> None:
        """Take over the events of a Ballast from before there was sealing, in one commit."""
        if not sa.inspect(session.connection()).has_table("events"):
            return
        is_sqlite = session.connection().dialect.name == "sqlite"
        if is_sqlite:
            # Python's driver begins by itself only before it writes rows, not before a DROP.
            session.execute(sa.text("PRAGMA secure_delete=ON"))
            session.execute(sa.text("BEGIN IMMEDIATE"))
        plain = session.execute(
            sa.text("SELECT sender_id, data FROM events ORDER BY sender_id, id")
        )
        for sender_id, rows in itertools.groupby(plain.all(), lambda row: str(row[0])):
            try:
                session.add_all(
                    list(self._rows(session, sender_id, (json.loads(row[1]) for row in rows)))
                )
            except (KeyGone, ValueError):
                continue  # of a reflection that was deleted, or no reflection's: it goes
            session.flush()
        session.execute(sa.text("DROP TABLE events"))
        session.commit()


def _stored(event: Event) -> dict[str, Any]:
    as_dict: dict[str, Any] = event.as_dict()
    return as_dict


def _place(sender_id: str, number: int) -> Place:
    return Place(_TABLE, "data", str(number), sender_id)
