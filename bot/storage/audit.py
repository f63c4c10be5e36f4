"""The audit: who did what to which record and when, as a chain that shows any change. No words.

Each entry's code is an HMAC, with a key of its own, over the code before it and the entry. So an
edit, a removal or another order breaks the chain at its place; a tail that was cut off is seen
against a head that was saved elsewhere (`ballast audit head`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.privacy.sealing.keyring import Keyring
from bot.storage.keeping import AuditEntry, AuditHead
from bot.storage.sealed import KEYRING

# Who acts when nobody is signed in.
GATEWAY, COMMAND = "gateway", "command"
_LABEL = "audit"
_PAGE = 1000

# What stands in details: figures, and words that an enum of the program fixes.
Detail = int | StrEnum | Sequence[StrEnum]


class Event(StrEnum):
    """Everything that the audit tells of."""

    # Signing in
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    SIGN_IN_METHOD_CHANGED = "sign_in_method_changed"
    SLACK_LINKED = "slack_linked"
    SLACK_UNLINKED = "slack_unlinked"
    # Accounts
    ACCOUNT_MADE = "account_made"
    ACCOUNT_CHANGED = "account_changed"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    SUPERVISION_CHANGED = "supervision_changed"
    LINK_MADE = "link_made"
    # Who sees what
    SHARE_GIVEN = "share_given"
    SHARE_WITHDRAWN = "share_withdrawn"
    SHARE_ENDED = "share_ended"
    VIEWED = "viewed"
    SEARCHED = "searched"
    REVIEWED = "reviewed"
    COMMENTED = "commented"
    LABELLED = "labelled"
    DOUBLE_READING_BEGUN = "double_reading_begun"
    DOUBLE_READING_TAKEN_BACK = "double_reading_taken_back"
    DOUBLE_READING_DONE = "double_reading_done"
    DOUBLE_READING_SETTLED = "double_reading_settled"
    DOUBLE_READING_EXPORTED = "double_reading_exported"
    CONCERN_ACKNOWLEDGED = "concern_acknowledged"
    CONCERN_DONE = "concern_done"
    NOTIFICATION_ENDED = "notification_ended"
    MAIL_ADDRESS_CHANGED = "mail_address_changed"
    EXPORTED = "exported"
    CONSENT_GIVEN = "consent_given"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CORRECTIONS_EXPORTED = "corrections_exported"
    TRENDS_DECIDED = "trends_decided"
    # Keeping and forgetting
    ERASE_ASKED = "erase_asked"
    ERASE_HELD = "erase_held"
    ERASED = "erased"
    HOLD_PLACED = "hold_placed"
    HOLD_RELEASED = "hold_released"
    RETENTION_RUN = "retention_run"
    # The installation
    BACKUP_MADE = "backup_made"
    RESTORED = "restored"
    KEYS_COPIED = "keys_copied"
    MASTER_KEY_CHANGED = "master_key_changed"
    SETTINGS_CHANGED = "settings_changed"


@dataclass(frozen=True)
class Head:
    """The audit's last number and its code; number 0 is before the first entry."""

    number: int
    code: str


@dataclass(frozen=True)
class Verified:
    """What a check of the chain found: how far it holds, and a sentence when it does not."""

    head: Head
    fault: str | None


async def record(
    session: AsyncSession,
    event: Event,
    at: datetime,
    *,
    by: str,
    reflection: str | None = None,
    account: str | None = None,
    details: dict[str, Detail] | None = None,
) -> None:
    """Add an entry in the caller's transaction: it is there exactly if what it tells of is.

    `by` is an account's id, `GATEWAY` or `COMMAND`. Call it last in a transaction: until the
    end of that everybody else who records waits.
    """
    # A write first: in SQLite it takes the one lock, in PostgreSQL that of the row, so that no
    # two entries can follow the same one.
    await session.execute(
        update(AuditHead)
        .where(AuditHead.id == 1)
        .values(number=AuditHead.number + 1)
        .execution_options(synchronize_session=False)
    )
    number, before = (await session.execute(select(AuditHead.number, AuditHead.mac))).one()
    entry = AuditEntry(
        number=number,
        at=at.astimezone(UTC),
        actor=by,
        event=event.value,
        reflection_id=reflection,
        account_id=account,
        details=_details(details or {}),
    )
    entry.mac = _code(audit_key(session.info[KEYRING]), before, entry)
    session.add(entry)
    await session.execute(
        update(AuditHead).values(mac=entry.mac).execution_options(synchronize_session=False)
    )
    await session.flush()


def audit_key(keyring: Keyring) -> bytes:
    """Give the key of the chain."""
    return keyring.sub_key(_LABEL)


async def head_of(session: AsyncSession) -> Head:
    """Give the last number and code, to be saved where nobody who may write the database can."""
    number, code = (await session.execute(select(AuditHead.number, AuditHead.mac))).one()
    return Head(number, code)


def head_as_text(head: Head) -> str:
    """Give a head as it is written down."""
    return json.dumps({"number": head.number, "code": head.code})


def head_from_text(text: str) -> Head:
    """Read what `head_as_text` gave. Raises `ValueError`."""
    try:
        content = json.loads(text)
        head = Head(int(content["number"]), str(content["code"]))
    except (KeyError, TypeError, RecursionError, OverflowError):
        raise ValueError("no head") from None
    if head.number < 0:
        raise ValueError("no head")
    return head


async def latest(session: AsyncSession, events: Iterable[Event], most: int) -> list[AuditEntry]:
    """Give the last entries of these events, the newest first; at most `most`."""
    query = select(AuditEntry).where(AuditEntry.event.in_([event.value for event in events]))
    return list(await session.scalars(query.order_by(AuditEntry.number.desc()).limit(most)))


async def entries(session: AsyncSession, after: int = 0) -> AsyncIterator[AuditEntry]:
    """Give the entries in the order of their numbers."""
    while True:
        query = select(AuditEntry).where(AuditEntry.number > after)
        found = list(await session.scalars(query.order_by(AuditEntry.number).limit(_PAGE)))
        for entry in found:
            yield entry
        if len(found) < _PAGE:
            return
        after = found[-1].number
        session.expunge_all()


async def verify(session: AsyncSession, saved: Head | None = None) -> Verified:
    """Follow the chain from its beginning, and see that it still holds `saved` and its own head."""
    head = Head(0, "")
    while True:
        # Read before the rest of the chain, on and on until nobody recorded in between: an entry
        # that comes while the chain is followed is no fault of it.
        own = await head_of(session)
        followed = await _follow(session, head, saved)
        if followed.fault or followed.head == head:
            break
        head = followed.head
    if followed.fault:
        return followed
    if saved and saved.number > head.number:
        return Verified(
            head,
            f"The saved head is number {saved.number}, and the last entry is number {head.number}: "
            "the end was cut off, or an older backup was restored.",
        )
    if own != head:
        return Verified(
            head, f"The head says number {own.number}, the last entry is number {head.number}."
        )
    return Verified(head, None)


async def _follow(session: AsyncSession, head: Head, saved: Head | None) -> Verified:
    """Follow the chain from `head` on, as far as it goes."""
    key = audit_key(session.info[KEYRING])
    async for entry in entries(session, head.number):
        if entry.number != head.number + 1:
            return Verified(head, f"Entry {head.number + 1} is not there: it was removed.")
        code = _code(key, head.code, entry)
        if not hmac.compare_digest(code, entry.mac):
            return Verified(
                head, f"Entry {entry.number} is not as it was written, or not in its place."
            )
        head = Head(entry.number, code)
        if saved and saved.number == head.number and saved.code != head.code:
            return Verified(head, f"Entry {head.number} is another one than in the saved head.")
    return Verified(head, None)


def _details(details: dict[str, Detail]) -> str:
    for name, value in details.items():
        values = [value] if isinstance(value, int | StrEnum) else list(value)
        # A type, not a wish: words that somebody told are `str` and come to no enum.
        if not all(isinstance(one, int | StrEnum) for one in values):
            raise TypeError(f"The detail {name} is neither a figure nor a word of the program.")
    return json.dumps(details, sort_keys=True, separators=(",", ":"))


def _code(key: bytes, before: str, entry: AuditEntry) -> str:
    row = [
        before,
        entry.number,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor,
        entry.event,
        entry.reflection_id,
        entry.account_id,
        entry.details,
    ]
    return hmac.new(key, json.dumps(row).encode(), hashlib.sha256).hexdigest()
