"""What an author has separately said yes to, and may take back at any time."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.conversation.slack.linking import leave_slack
from bot.conversation.trends.taking_back import take_back_figures
from bot.storage.audit import Event, record
from bot.storage.holding import hold_account
from bot.storage.models import Account, Consent
from bot.storage.states import Purpose


async def is_given(desk: Desk, account: Account, purpose: Purpose) -> bool:
    """Say whether the account consents to `purpose` now."""
    async with desk.sessions() as session:
        return await _current(session, account, purpose) is not None


async def consent_history(desk: Desk, account: Account) -> list[dict[str, str | None]]:
    """Give every yes of an account, the newest first: for what, since when, until when."""
    async with desk.sessions() as session:
        mine = select(Consent).where(Consent.account_id == account.id)
        found = list(await session.scalars(mine.order_by(Consent.given_at.desc(), Consent.id)))
    return [
        {
            "purpose": consent.purpose.value,
            "given_at": consent.given_at.isoformat(),
            "withdrawn_at": consent.withdrawn_at.isoformat() if consent.withdrawn_at else None,
        }
        for consent in found
    ]


async def set_consent(desk: Desk, account: Account, purpose: Purpose, *, given: bool) -> None:
    """Note a yes, or that it is withdrawn; saying the same again changes nothing."""
    now = desk.clock()
    async with desk.sessions.begin() as session:
        await hold_account(session, account.id)
        current = await _current(session, account, purpose)
        if given and current is None:
            session.add(Consent(account_id=account.id, purpose=purpose, given_at=now))
            event = Event.CONSENT_GIVEN
        elif not given and current is not None:
            standing = _standing(account, purpose)
            await session.execute(update(Consent).where(standing).values(withdrawn_at=now))
            event = Event.CONSENT_WITHDRAWN
        else:
            return
        if not given and purpose is Purpose.SLACK:
            await leave_slack(session, account.id)
        await record(
            session, event, now, by=account.id, account=account.id, details={"purpose": purpose}
        )
        if not given and purpose is Purpose.TEAM_TRENDS:
            # After the record, for which whoever counts now makes this wait.
            await take_back_figures(desk, session, account.id)


async def _current(session: AsyncSession, account: Account, purpose: Purpose) -> Consent | None:
    found: Consent | None = await session.scalar(select(Consent).where(_standing(account, purpose)))
    return found


def _standing(account: Account, purpose: Purpose) -> ColumnElement[bool]:
    return and_(
        Consent.account_id == account.id,
        Consent.purpose == purpose,
        Consent.withdrawn_at.is_(None),
    )
