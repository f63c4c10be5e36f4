"""Send what is in the outbox, however often that has to be tried, and remind of what waits.

A message is marked as handed over after a server took it: when the gateway dies in between it is
sent again. Each is looked at anew just before it is sent: what was withdrawn is not told of.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import structlog
from aiohttp import ClientSession
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bot.conversation.channels import NotTaken, post_to_slack, send_mail
from bot.conversation.desk import Desk
from bot.conversation.notifications import remind, text_of
from bot.conversation.review.watching import OPEN, watch_codes
from bot.storage.audit import GATEWAY, Event, record
from bot.storage.concern_tables import Notification
from bot.storage.concerns import stop_watching
from bot.storage.holding import hold_account
from bot.storage.models import Account, Share
from bot.storage.notifications import due, is_still_to_tell, mail_address
from bot.storage.states import Channel, NotificationState, Role

log = structlog.get_logger()

# After the first try, and each one more: about ten hours in all.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))
_AT_ONCE = 20
_LOOK_EVERY_SECONDS = 5.0
_REMIND_EVERY_SECONDS = 60.0


class Notifying:
    """The tasks that send: one for each channel, so that none waits for another, and a reminder."""

    def __init__(self, desk: Desk, http: ClientSession) -> None:
        """Begin with nothing to do."""
        self._desk, self._http = desk, http
        self._wanted = {channel: asyncio.Event() for channel in Channel}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Go on with what was left, and then wait for more."""
        self.see_to()
        self._tasks = [
            *(asyncio.create_task(self._send_on(channel)) for channel in Channel),
            asyncio.create_task(self._remind()),
        ]

    def see_to(self) -> None:
        """Send what was put into the outbox just now."""
        for wanted in self._wanted.values():
            wanted.set()

    async def stop(self) -> None:
        """Stop; what is left stays in the outbox."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task

    async def _send_on(self, channel: Channel) -> None:
        wanted = self._wanted[channel]
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(wanted.wait(), _LOOK_EVERY_SECONDS)
            wanted.clear()
            with _what_passes():
                async with self._desk.copies.hold(f"notifying:{channel}"):
                    await send_due(self._desk, self._http, channel)

    async def _remind(self) -> None:
        while True:
            with _what_passes():
                async with self._desk.copies.hold("reminding"):
                    await remind_all(self._desk)
            await asyncio.sleep(_REMIND_EVERY_SECONDS)


@contextmanager
def _what_passes() -> Iterator[None]:
    """Let a fault of the database pass: everything is tried again soon."""
    try:
        yield
    except (SQLAlchemyError, OSError) as fault:
        log.warning("notifying.waits", kind=type(fault).__name__)


async def remind_all(desk: Desk) -> None:
    """Put reminders into the outbox for every supervisor with something open too long."""
    async with desk.sessions.begin() as session:
        await stop_watching(session, desk.clock())
        is_reader = (Account.role == Role.SUPERVISOR) & Account.disabled_at.is_(None)
        supervisors = list(await session.scalars(select(Account).where(is_reader)))
    for supervisor in supervisors:
        async with desk.sessions.begin() as session:
            await hold_account(session, supervisor.id)
            await remind(desk, session, supervisor)


async def send_due(desk: Desk, http: ClientSession, channel: Channel) -> None:
    """Try everything that is due now on a channel, once."""
    async with desk.sessions() as session:
        waiting = await due(session, channel, desk.clock(), _AT_ONCE)
    for message in waiting:
        await _send(desk, http, message)


async def _send(desk: Desk, http: ClientSession, message: Notification) -> None:
    to = await _still_to(desk, message)
    if to is None:
        await _end(desk, message, NotificationState.NOT_SENT)
        return
    message.tries += 1
    try:
        text = text_of(desk, message.occasion)
        if message.channel is Channel.EMAIL:
            await send_mail(desk, to, text, message.id)
        else:
            await post_to_slack(desk, http, text)
    except NotTaken as fault:
        log.warning("notification.not_taken", channel=message.channel, kind=fault.kind)
        await _try_again(desk, message)
    else:
        await _end(desk, message, NotificationState.HANDED_OVER)


async def _still_to(desk: Desk, message: Notification) -> str | None:
    """Give where a message goes now; None when there is nothing to tell, or nowhere to."""
    async with desk.sessions() as session:
        if message.share_id is not None:
            codes = watch_codes(desk, message.supervisor_id)
            still_open = [codes[which] for which in OPEN]
            if not await is_still_to_tell(session, message, still_open, desk.clock()):
                return None
        if message.channel is Channel.SLACK:
            return "" if desk.settings.slack_webhook else None
        found = await mail_address(session, message.supervisor_id)
        return found.address if found and desk.settings.smtp_host else None


async def _try_again(desk: Desk, message: Notification) -> None:
    if message.tries > len(PAUSES):
        await _end(desk, message, NotificationState.NOT_DELIVERED)
        return
    async with desk.sessions.begin() as session:
        kept = await session.get(Notification, message.id)
        if kept is not None:  # erased with its reflection otherwise
            kept.tries = message.tries
            kept.try_at = desk.clock() + PAUSES[message.tries - 1]


async def _end(desk: Desk, message: Notification, state: NotificationState) -> None:
    now = desk.clock()
    async with desk.sessions.begin() as session:
        kept = await session.get(Notification, message.id)
        if kept is None:
            return
        kept.tries, kept.state, kept.try_at = message.tries, state, now
        share = await session.get(Share, kept.share_id) if kept.share_id else None
        await session.flush()
        await record(
            session,
            Event.NOTIFICATION_ENDED,
            now,
            by=GATEWAY,
            reflection=share.reflection_id if share else None,
            account=kept.supervisor_id,
            details={
                "channel": kept.channel,
                "occasion": kept.occasion,
                "state": state,
                "tries": kept.tries,
            },
        )
