"""Sign-in links for somebody who may read the database."""

from __future__ import annotations

from bot.app import open_desk
from bot.conversation.accounts import make_demonstration_accounts, make_link
from bot.conversation.bot import AbsentBot
from bot.settings import Settings


async def demonstration_link(settings: Settings, who: str) -> str:
    """Give a new one-time link for the demonstration therapist or supervisor."""
    async with open_desk(settings, lambda _: AbsentBot()) as (desk, _):
        therapist, supervisor = await make_demonstration_accounts(desk)
        token = await make_link(desk, therapist if who == "therapist" else supervisor)
    return f"{settings.address}/sign-in#{token}"
