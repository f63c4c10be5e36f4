"""Search the words of what is shared with a supervisor: opened in memory, looked through, let go.

Nothing on the disk tells which words there are (docs/decisions/0019). So it goes through the
newest shares first, a bounded number for each request, and says how far it came.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.conversation.desk import Desk
from bot.conversation.review.facets import codes_for
from bot.conversation.review.index import plain
from bot.conversation.review.queue import QueueWish, filter_of, line_views, mark_of
from bot.privacy.sealing.problems import KeyGone
from bot.storage.audit import Event, record
from bot.storage.models import Account
from bot.storage.queue import Filter, queue_lines, search_entries, therapists_in_queue
from bot.storage.review_tables import SearchEntry

# Opening and looking through a share takes a fraction of a millisecond.
LOOK_THROUGH, MOST_FOUND = 2000, 50
_TERMS = re.compile(r'"([^"]*)"|(\S+)')


class NothingToSearch(Exception):
    """What was typed holds no word."""


@dataclass(frozen=True)
class SearchWish:
    """What a supervisor looks for, and among what; see `QueueWish` for all but `words`."""

    words: str
    therapist: str | None = None
    since: date | None = None
    until: date | None = None
    after: str | None = None


@dataclass(frozen=True)
class Found:
    """Lines of the queue, how many shares were looked through for them, and where to go on."""

    lines: list[dict[str, Any]]
    looked_through: int
    next: str | None


async def search(desk: Desk, supervisor: Account, wish: SearchWish) -> Found:
    """Find the shares that show all the words. Raises `NothingToSearch` or `UnknownFilter`.

    Words are found at their beginning, in any order; words between quotation marks as they stand.
    Capitals and accents make no difference. That somebody searched stands in the audit, not for
    what.
    """
    terms = _terms(wish.words)
    if not terms:
        raise NothingToSearch
    now, codes = desk.clock(), codes_for(desk, supervisor.id)
    wanted = filter_of(codes, _as_queue_wish(wish))
    async with desk.sessions.begin() as session:
        entries = await search_entries(session, supervisor, now, wanted, LOOK_THROUGH + 1)
        looked, more = entries[:LOOK_THROUGH], entries[LOOK_THROUGH:]
        # In a thread: it may take a second, and others are waiting.
        found, reached = await asyncio.to_thread(_matching, [one for one, _ in looked], terms)
        lines = []
        if found:
            lines = await queue_lines(session, supervisor, now, Filter(only=found), len(found))
        await record(session, Event.SEARCHED, now, by=supervisor.id)
    is_more = bool(more) or reached < len(looked)
    last = looked[reached - 1] if reached else None
    return Found(
        lines=line_views(desk, codes, lines),
        looked_through=reached,
        next=mark_of(last[1], last[0].id) if is_more and last else None,
    )


async def searchable_therapists(desk: Desk, supervisor: Account) -> list[Account]:
    """Give those who share something with a supervisor now, by name."""
    async with desk.sessions() as session:
        return await therapists_in_queue(session, supervisor, desk.clock())


def _as_queue_wish(wish: SearchWish) -> QueueWish:
    return QueueWish(therapist=wish.therapist, since=wish.since, until=wish.until, after=wish.after)


def _matching(entries: Sequence[SearchEntry], terms: Sequence[str]) -> tuple[list[str], int]:
    """Give the ids of the shares with all terms, and how many were looked through for them."""
    found: list[str] = []
    for number, entry in enumerate(entries, start=1):
        try:
            text = entry.text
        except KeyGone:
            continue
        if all(f" {term}" in text for term in terms):
            found.append(entry.id)
            if len(found) == MOST_FOUND:
                return found, number
    return found, len(entries)


def _terms(typed: str) -> list[str]:
    return [term for quoted, word in _TERMS.findall(typed) if (term := plain(quoted or word))]
