"""What of the audit an administrator's page lists, and the check of all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.conversation.administration.roster import names_of
from bot.conversation.desk import Desk
from bot.storage import audit
from bot.storage.audit import COMMAND, GATEWAY, Event, Head, Verified
from bot.storage.keeping import AuditEntry

# What stands in the chain and is not listed. With names beside them these entries would tell an
# administrator who shares how much with whom, who reads it, who deletes and who consents to what:
# just what therapists fear of such a record. Whoever asks is not asked for a reason here, so it
# is not shown here; on the server, where the database lies, `ballast audit list` tells all.
UNLISTED = frozenset(
    {
        Event.SHARE_GIVEN,
        Event.SHARE_WITHDRAWN,
        Event.SHARE_ENDED,
        Event.VIEWED,
        Event.CONSENT_GIVEN,
        Event.CONSENT_WITHDRAWN,
        Event.ERASE_ASKED,
        Event.ERASE_HELD,
        Event.ERASED,
    }
)
LISTED = tuple(event for event in Event if event not in UNLISTED)
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
