"""What of the audit an administrator's page lists, and the check of all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.conversation.administration.roster import names_of
from bot.conversation.desk import Desk
from bot.storage import audit
from bot.storage.audit import COMMAND, GATEWAY, Event, Head, Verified
from bot.storage.keeping import AuditEntry

# What is listed. The other entries stand in the chain and are not shown here: with names beside
# them they would tell an administrator who shares how much with whom, who reads and answers it,
# who deletes and who consents to what: just what therapists fear of such a record. Whoever asks is
# asked for no reason here; on the server, where the database lies, `ballast audit list` tells all.
LISTED = (
    Event.SIGNED_IN,
    Event.SIGN_IN_REFUSED,
    Event.SIGNED_OUT,
    Event.SIGN_IN_METHOD_CHANGED,
    Event.ACCOUNT_MADE,
    Event.ACCOUNT_CHANGED,
    Event.ACCOUNT_DISABLED,
    Event.ACCOUNT_ENABLED,
    Event.SUPERVISION_CHANGED,
    Event.LINK_MADE,
    Event.MAIL_ADDRESS_CHANGED,
    Event.CORRECTIONS_EXPORTED,
    Event.HOLD_PLACED,
    Event.HOLD_RELEASED,
    Event.RETENTION_RUN,
    Event.BACKUP_MADE,
    Event.RESTORED,
    Event.KEYS_COPIED,
    Event.MASTER_KEY_CHANGED,
    Event.SETTINGS_CHANGED,
)
MOST = 50


class UnknownEvent(Exception):
    """No event that is listed has this name."""


@dataclass(frozen=True)
class Line:
    """An entry: when, who, what, and about whom or which id.

    Without its number: from the gaps between two of one person's it could be read how much they
    did that is not listed.
    """

    at: datetime
    who: str
    # Nobody was signed in: `who` is which program acted, and nobody's name.
    is_program: bool
    event: str
    about: str


@dataclass(frozen=True)
class AuditSeen:
    """The chain's head, when its last entry was written, and the last lines of what is listed."""

    head: Head
    last_at: datetime | None
    lines: list[Line]


async def read_audit(desk: Desk, event: str) -> AuditSeen:
    """Give the last lines, of one event or (empty) of all listed ones. Raises `UnknownEvent`."""
    wanted = [one for one in LISTED if event in ("", one.value)]
    if not wanted:
        raise UnknownEvent
    async with desk.sessions() as session:
        head = await audit.head_of(session)
        last = await session.get(AuditEntry, head.number)
        found = await audit.latest(session, wanted, MOST)
        ids = {one for entry in found for one in (entry.actor, entry.account_id) if one}
        names = await names_of(session, ids)
    return AuditSeen(head, last.at if last else None, [_line(entry, names) for entry in found])


async def verify_audit(desk: Desk, saved: Head | None) -> Verified:
    """Follow the whole chain, and hold it against a head that was written down earlier."""
    async with desk.sessions() as session:
        return await audit.verify(session, saved)


def _line(entry: AuditEntry, names: dict[str, str]) -> Line:
    about = entry.reflection_id or entry.account_id or ""
    return Line(
        at=entry.at,
        who=names.get(entry.actor, entry.actor),
        is_program=entry.actor in (COMMAND, GATEWAY),
        event=entry.event,
        about=names.get(about, about),
    )
