"""Who is notified of what, and by which channels: what goes into the outbox, and what is shown.

A message says that something asks for attention, and where. Never what, never of whom. That a
server took it is known; that anybody read it is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.conversation.refused import Refused
from bot.conversation.review.watching import (
    OPEN,
    OPEN_DANGER,
    done_in,
    shown_by,
    watch_codes,
)
from bot.settings import MAIL_ADDRESS
from bot.storage import concerns
from bot.storage.audit import Event, record
from bot.storage.concern_tables import MailAddress, Notification
from bot.storage.holding import hold_account
from bot.storage.models import Account, Share
from bot.storage.notifications import last_messages, mail_address, put_out
from bot.storage.states import Channel, Occasion

LAST = 20
BETWEEN_TESTS = timedelta(minutes=1)


class CannotNotify(Refused):
    """What was asked for is not possible; `notice` says why."""


@dataclass(frozen=True)
class HowNotified:
    """By which channels a supervisor is notified now, and what is set up here at all."""

    has_email: bool
    has_slack: bool
    notifies: str
    address: MailAddress | None

    @property
    def channels(self) -> list[Channel]:
        """Give those that reach the supervisor, as far as is known."""
        by_email = [Channel.EMAIL] if self.has_email and self.address else []
        return [*by_email, *([Channel.SLACK] if self.has_slack else [])]

    @property
    def is_on(self) -> bool:
        """Say whether this deployment notifies anybody of anything."""
        return (self.has_email or self.has_slack) and self.notifies != "nothing"


async def how_notified(desk: Desk, session: AsyncSession, supervisor_id: str) -> HowNotified:
    """Give how a supervisor is notified."""
    settings = desk.settings
    return HowNotified(
        has_email=settings.smtp_host is not None,
        has_slack=settings.slack_webhook is not None,
        notifies=settings.notify,
        address=await mail_address(session, supervisor_id),
    )


async def tell_of_share(desk: Desk, session: AsyncSession, share: Share) -> None:
    """Put a message about a new share into the outbox, if it shows a concern that is new.

    To be called in the commit of the share, after it is watched.
    """
    how = await how_notified(desk, session, share.supervisor_id)
    if how.is_on and await _shows_news(desk, session, share):
        channels = how.channels
        now = desk.clock()
        await put_out(session, share.supervisor_id, share.id, Occasion.SHARED, channels, now)


async def _shows_news(desk: Desk, session: AsyncSession, share: Share) -> bool:
    """Say whether a share shows something open that the ones before it did not show."""
    reflections = [share.reflection_id]
    raised = await concerns.concerns_in(session, reflections)
    if not raised:
        return False
    shares = await concerns.shares_of(session, reflections)
    done = done_in(await concerns.reviews_of(session, reflections), share.supervisor_id)
    this = next(one for one in shares if one.id == share.id)
    return any(
        one.first.id == share.id
        and one.concern.id not in done
        and (one.concern.level.stops or desk.settings.notify == "concern")
        for one in shown_by(this, shares, raised)
    )


async def remind(desk: Desk, session: AsyncSession, supervisor: Account) -> None:
    """Put a reminder into the outbox for each share with something open too long, once."""
    how = await how_notified(desk, session, supervisor.id)
    if not how.is_on or not how.channels:
        return
    now = desk.clock()
    codes = watch_codes(desk, supervisor.id)
    wanted = [codes[which] for which in (OPEN if how.notifies == "concern" else (OPEN_DANGER,))]
    before = now - timedelta(hours=desk.settings.concern_hours)
    for share, watch in await concerns.late_shares(session, supervisor, now, wanted, before):
        watch.reminded_at = now
        await put_out(session, supervisor.id, share.id, Occasion.REMINDER, how.channels, now)


async def read_notifications(
    desk: Desk, supervisor: Account
) -> tuple[HowNotified, Sequence[Notification]]:
    """Give how a supervisor is notified, and the last messages with what became of them."""
    async with desk.sessions() as session:
        how = await how_notified(desk, session, supervisor.id)
        return how, await last_messages(session, supervisor, LAST)


async def set_mail_address(desk: Desk, supervisor: Account, typed: str) -> None:
    """Keep where a supervisor wants to be written to; empty takes it away.

    Raises `CannotNotify` for what is no address.
    """
    address = typed.strip()
    if address and not re.fullmatch(MAIL_ADDRESS, address):
        raise CannotNotify("no_mail_address")
    now = desk.clock()
    async with desk.sessions.begin() as session:
        await hold_account(session, supervisor.id)
        before = await mail_address(session, supervisor.id)
        if address == (before.address if before else ""):
            return
        if address:
            made = MailAddress(account_id=supervisor.id, address=address, set_at=now)
            await session.merge(made)
        elif before:
            await session.delete(before)
        event = Event.MAIL_ADDRESS_CHANGED
        await record(session, event, now, by=supervisor.id, account=supervisor.id)


async def send_test(desk: Desk, supervisor: Account) -> None:
    """Put a test into the outbox for every channel that reaches a supervisor.

    Raises `CannotNotify` where there is none, or when the last test was a moment ago.
    """
    now = desk.clock()
    async with desk.sessions.begin() as session:
        await hold_account(session, supervisor.id)
        how = await how_notified(desk, session, supervisor.id)
        if not how.channels:
            raise CannotNotify("nowhere_to_notify")
        last = await last_messages(session, supervisor, LAST)
        if any(one.occasion is Occasion.TEST and one.made_at > now - BETWEEN_TESTS for one in last):
            raise CannotNotify("tested_just_now")
        await put_out(session, supervisor.id, None, Occasion.TEST, how.channels, now)


def text_of(desk: Desk, occasion: Occasion) -> str:
    """Give what a message says. Nothing of it comes from what anybody wrote."""
    said = {
        Occasion.SHARED: desk.notices["notify_shared"],
        Occasion.REMINDER: desk.notices["notify_reminder"],
        Occasion.TEST: desk.notices["notify_test"],
    }[occasion]
    hours = f"{desk.settings.concern_hours:g}"
    first = said.format(hours=hours)
    rest = desk.notices["notify_where"].format(address=f"{desk.settings.address}/console/concerns")
    return f"{first}\n\n{rest}\n\n{desk.notices['notify_nobody_else']}\n"


def message_view(message: Notification) -> dict[str, Any]:
    """Give what became of a message, for its page and for the therapist's."""
    return {
        "channel": message.channel.value,
        "occasion": message.occasion.value,
        "state": message.state.value,
        "tries": message.tries,
        "made_at": message.made_at.isoformat(),
        "at": message.try_at.isoformat(),
    }
