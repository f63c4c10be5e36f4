"""Which reflections are told in Slack now, and by which of their turns."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.access import stands
from bot.storage.models import Account, Consent, Reflection
from bot.storage.slack_tables import SlackIdentity, SlackLine
from bot.storage.states import Purpose

# What a reflection's turns from Slack are called by: one that was written on the web never goes
# there. Each names an event, a post or a dialog.
EVENT, PRESS, VIEW = "slack-event-", "slack-press-", "slack-view-"
FROM_SLACK = "slack-"


async def deliverable(session: AsyncSession, reflection_id: str) -> SlackLine | None:
    """Give the line on which a reflection's turns go to Slack now.

    None where there is none, the account was closed or untied, or the consent was taken back.
    """
    consents = (
        select(Consent.id)
        .where(
            Consent.account_id == SlackLine.account_id,
            Consent.purpose == Purpose.SLACK,
            Consent.withdrawn_at.is_(None),
        )
        .exists()
    )
    found: SlackLine | None = await session.scalar(
        select(SlackLine)
        .join(Account, Account.id == SlackLine.account_id)
        .join(SlackIdentity, SlackIdentity.account_id == SlackLine.account_id)
        .join(Reflection, Reflection.id == SlackLine.reflection_id)
        .where(
            SlackLine.reflection_id == reflection_id,
            Account.disabled_at.is_(None),
            consents,
            stands(),
        )
    )
    return found
