"""By what a share is found: its facets in the queue, its words in a search.

Both are taken from what the share shows and from nothing else, and written with whatever
changes that.
"""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.conversation.review.facets import codes_for, facets_of
from bot.conversation.shared_view import SharedView, Terms, shared_view
from bot.storage.access import turns_of, unless_erased
from bot.storage.holding import hold_reflection
from bot.storage.models import Account, Reflection
from bot.storage.queue import shares_without_index
from bot.storage.review_tables import SearchEntry, ShareFacet
from bot.storage.shares import unclosed_shares

_WORDS = re.compile(r"\w+")


async def keep_index(desk: Desk, session: AsyncSession, reflection: Reflection) -> None:
    """Write by what all shares of a reflection that nobody closed are found, in place of the old.

    To be called with whatever changes what they show: a new share, a verdict.
    """
    shares = await unclosed_shares(session, reflection.id)
    if not shares:
        return
    turns = await turns_of(session, reflection)
    therapist = await session.get_one(Account, reflection.therapist_id)
    for share in shares:
        view = shared_view(desk, reflection, therapist, turns, Terms.of(share))
        codes = codes_for(desk, share.supervisor_id)
        await session.execute(delete(ShareFacet).where(ShareFacet.share_id == share.id))
        await session.execute(delete(SearchEntry).where(SearchEntry.id == share.id))
        session.add_all(
            ShareFacet(share_id=share.id, code=codes[facet], shared_at=share.shared_at)
            for facet in facets_of(view) & codes.keys()
        )
        session.add(SearchEntry(id=share.id, reflection_id=reflection.id, text=words_shown(view)))
        await session.flush()


def words_shown(view: SharedView) -> str:
    """Give all that a therapist wrote and a share shows, as it is searched.

    Each part is a line, so that no phrase is found over the end of one; a space begins each word.
    """
    parts = [view.note, *(told["text"] for told in view.told)]
    if view.summary:
        summary = view.summary
        parts += [summary.supervision_question, summary.plan, summary.follow_up]
        parts += [step["adapted"] for step in summary.steps]
    return "\n".join(f" {plain(part)}" for part in dict.fromkeys(parts) if part)


def plain(text: str) -> str:
    """Give the words of a text in small letters, without accents, with one space between two."""
    letters = text.casefold()
    if not letters.isascii():
        parts = unicodedata.normalize("NFKD", letters)
        letters = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return " ".join(_WORDS.findall(letters))


async def keep_missing_index(desk: Desk) -> None:
    """Write by what older shares are found."""
    async with desk.sessions() as session:
        missing = await shares_without_index(session)
    for reflection_id in missing:
        async with desk.sessions.begin() as session:
            await hold_reflection(session, reflection_id)
            reflection = await unless_erased(session, reflection_id)
            if reflection is not None and desk.keyring.has(reflection_id):
                await keep_index(desk, session, reflection)
