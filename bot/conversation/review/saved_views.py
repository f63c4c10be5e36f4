"""Filters of the queue that a supervisor keeps under a name."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from bot.conversation.desk import Desk
from bot.conversation.hearing import writable
from bot.conversation.refused import Refused
from bot.storage.holding import hold_account
from bot.storage.models import Account
from bot.storage.review_tables import SavedView

LONGEST_NAME, MOST = 60, 20


class NotSaved(Refused):
    """A view cannot be kept; `notice` says why."""


async def saved_views(desk: Desk, supervisor: Account) -> list[SavedView]:
    """Give a supervisor's views, by name."""
    query = select(SavedView).where(SavedView.account_id == supervisor.id)
    async with desk.sessions() as session:
        return list(await session.scalars(query.order_by(SavedView.name)))


async def save_view(desk: Desk, supervisor: Account, name: str, query: str) -> None:
    """Keep a filter; one of that name is replaced. Raises `NotSaved`."""
    name = " ".join(writable(name).split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise NotSaved("view_name")
    own = SavedView.account_id == supervisor.id
    async with desk.sessions.begin() as session:
        await hold_account(session, supervisor.id)
        await session.execute(delete(SavedView).where(own, SavedView.name == name))
        if (await session.scalar(select(func.count()).where(own)) or 0) >= MOST:
            raise NotSaved("too_many_views")
        session.add(SavedView(account_id=supervisor.id, name=name, query=query))


async def remove_view(desk: Desk, supervisor: Account, view_id: str) -> None:
    """Forget a view of one's own; one that is not there is no fault."""
    own = SavedView.account_id == supervisor.id
    async with desk.sessions.begin() as session:
        await session.execute(delete(SavedView).where(own, SavedView.id == view_id))
