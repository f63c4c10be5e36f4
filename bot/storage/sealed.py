"""Private attributes of a row: plain in memory, and in the database only sealed.

    class Turn(SealedRow, Base):
        text = Sealed[str]()

All private attributes of a row lie together in its column `sealed`, as JSON inside one envelope
(`bot/privacy/sealing/envelope.py`) made with the key of its reflection. They are sealed when
the row is written and opened when one of them is first read, with the keyring that
`sessions_of` gave the session, also after the session is closed. SQL sees bytes: there is no
asking the database for a row by what is sealed in it, and trying to is an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from sqlalchemy import Dialect, LargeBinary, TypeDecorator, event
from sqlalchemy.orm import Mapped, Mapper, QueryContext, Session, mapped_column, object_session

from bot.privacy.sealing.envelope import Place
from bot.privacy.sealing.keyring import Keyring
from bot.storage.columns import new_id

T = TypeVar("T")

# Under this name a session's `info` holds the keyring.
KEYRING = "keyring"
_COLUMN = "sealed"


class ToSeal:
    """What a row's column holds until it is written: values in plain, refused by the database."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        """Take a row's private attributes."""
        self.values = values


class SealedBytes(TypeDecorator[Any]):
    """A column of sealed bytes, which takes nothing that was not sealed."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Refuse anything but bytes."""
        if value is not None and not isinstance(value, bytes):
            raise TypeError("Only sealed bytes can be stored here.")
        return value


class SealedRow:
    """A row of a reflection with `Sealed` attributes."""

    if TYPE_CHECKING:  # every model declares its own
        __tablename__: str
        id: Mapped[str]
        reflection_id: Mapped[str]
    sealed: Mapped[Any] = mapped_column(SealedBytes, nullable=False)

    # The values that `sealed` was seen to hold, beside the very bytes they came from.
    _seen: tuple[Any, Mapping[str, Any]] | None = None
    _keyring: Keyring | None = None

    @property
    def sealed_for(self) -> str:
        """The reflection with whose key the row is sealed."""
        return self.reflection_id


class Sealed(Generic[T]):
    """One private attribute. Its values are those of JSON, or enums read by `read`."""

    def __init__(
        self, read: Callable[[Any], T] | None = None, *, default: Callable[[], T] | None = None
    ) -> None:
        """Take how a value is read from JSON unless as it is, and what is there when nothing is."""
        self._read, self._default = read, default

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, row: None, owner: type) -> Sealed[T]: ...
    @overload
    def __get__(self, row: SealedRow, owner: type) -> T: ...
    def __get__(self, row: SealedRow | None, owner: type) -> Sealed[T] | T:
        if row is None:
            return self
        return self.of(_values(row))

    def __set__(self, row: SealedRow, value: T) -> None:
        # Always a new object, so that SQLAlchemy sees a change.
        row.sealed = ToSeal({**_values(row), self.name: value})

    def of(self, values: Mapping[str, Any]) -> T:
        """Give this attribute out of a row's opened values."""
        if self.name not in values and self._default:
            return self._default()
        value: T = values[self.name]
        return self._read(value) if self._read and value is not None else value

    def __eq__(self, other: object) -> bool:
        raise TypeError(f"`{self.name}` is sealed: SQL cannot compare it.")

    __hash__ = object.__hash__


def sealed_attributes(row: type) -> dict[str, Sealed[Any]]:
    """Give the private attributes of a model by their names."""
    return {name: item for name, item in vars(row).items() if isinstance(item, Sealed)}


def _values(row: SealedRow) -> Mapping[str, Any]:
    held = row.sealed
    if held is None:
        return {}  # not yet written, and nothing set
    if isinstance(held, ToSeal):
        return held.values
    if row._seen is None or row._seen[0] is not held:  # noqa: SLF001 - a row's own
        row._seen = (held, json.loads(_keyring_of(row).open(held, _place(row))))  # noqa: SLF001
    return row._seen[1]  # noqa: SLF001


def _seal(row: SealedRow) -> None:
    held = row.sealed
    if not isinstance(held, ToSeal):
        if held is None:
            raise ValueError("A row of a reflection cannot be written without its contents.")
        return
    row.id = row.id or new_id()
    values = {name: item.of(held.values) for name, item in sealed_attributes(type(row)).items()}
    plain = json.dumps(values, separators=(",", ":")).encode()
    row.sealed = sealed = _keyring_of(row).seal(plain, _place(row))
    row._seen = (sealed, values)  # noqa: SLF001 - a row's own


def _place(row: SealedRow) -> Place:
    return Place(row.__tablename__, _COLUMN, row.id, row.sealed_for)


def _keyring_of(row: SealedRow) -> Keyring:
    if row._keyring is None:  # noqa: SLF001 - a row's own
        _take_keyring(row, object_session(row))
    assert row._keyring is not None  # noqa: S101, SLF001 - it was just taken
    return row._keyring  # noqa: SLF001


def _take_keyring(row: SealedRow, session: Session | None) -> None:
    if session is None or KEYRING not in session.info:
        raise LookupError("These sessions were made without a keyring (`sessions_of`).")
    row._keyring = session.info[KEYRING]  # noqa: SLF001 - a row's own


@event.listens_for(SealedRow, "load", propagate=True)
def _when_loaded(row: SealedRow, context: QueryContext) -> None:
    # Kept with the row: it is read long after its session is closed.
    _take_keyring(row, context.session)


@event.listens_for(SealedRow, "before_insert", propagate=True)
@event.listens_for(SealedRow, "before_update", propagate=True)
def _before_it_is_written(mapper: Mapper[Any], connection: Any, row: SealedRow) -> None:
    _seal(row)
