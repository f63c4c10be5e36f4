"""Say in Slack what the journal holds: in order, once, and however often that has to be tried.

One task a channel. A message is noted as being sent before Slack is asked; when nobody knows
what became of it, be it by a line that broke or a gateway that fell, the channel's history is
looked through for our own id before anything is said again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.conversation.slack import posts
from bot.conversation.slack.lines import all_lines
from bot.conversation.slack.posts import Piece
from bot.conversation.slack.saying import ToSay, plan_to_say
from bot.privacy.sealing.problems import KeyGone
from bot.slack.blocks import messages_of
from bot.slack.calls import NotClear, Refused, Shut, SlackCalls
from bot.slack.contents import Content, contents_of, contents_once_used, whole_said
from bot.storage.slack_tables import SlackPost
from bot.storage.states import SlackPostState

log = structlog.get_logger()

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0
# Slack allows about one message a second in a channel.
PACE_SECONDS = 1.05
# What was missed, by a fault or by another process, is found so often.
LOOK_EVERY_SECONDS = 30.0
_TOO_MUCH = ("invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long")


class Delivering:
    """The tasks that post, update and take away: at most one for each channel."""

    def __init__(
        self, desk: Desk, calls: SlackCalls, team: str, on_posted: Callable[[str], None]
    ) -> None:
        """Begin with nothing to do; `on_posted` is told the `ts` of each message posted."""
        self._desk, self._calls, self._team = desk, calls, team
        self._on_posted = on_posted
        self._lines: dict[str, str] = {}
        self._changed: dict[str, set[str]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._posted_at: dict[str, float] = {}
        self._looking: asyncio.Task[None] | None = None
        self._is_stopped = False

    async def start(self) -> None:
        """Go on with what an earlier gateway left, and look for more now and then."""
        await self.look()
        self._looking = asyncio.create_task(self._keep_looking())

    async def stop(self) -> None:
        """Stop; what was not said stays in the journal."""
        self._is_stopped = True
        tasks = [*self._tasks.values(), *([self._looking] if self._looking else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def say(self, what: ToSay) -> None:
        """Say something that is no turn, once for what it answers."""
        await plan_to_say(self._desk, what)
        self.see_to(what.channel)

    def opened(self, reflection_id: str, channel: str) -> None:
        """Say from now on in `channel` what is answered in a reflection."""
        self._lines[reflection_id] = channel
        self.changed(reflection_id)

    def changed(self, reflection_id: str) -> None:
        """See whether something is to be said of a reflection, if it is told in Slack at all."""
        channel = self._lines.get(reflection_id)
        if channel is not None:
            self._changed.setdefault(channel, set()).add(reflection_id)
            self.see_to(channel)

    def channel_of(self, reflection_id: str) -> str | None:
        """Give where a reflection is told, or None."""
        return self._lines.get(reflection_id)

    def see_to(self, channel: str) -> None:
        """Say whatever waits for a channel, soon."""
        if self._is_stopped:
            return
        if channel in self._tasks:
            self._again.add(channel)
            return
        task = asyncio.create_task(self._serve(channel))
        self._tasks[channel] = task
        task.add_done_callback(lambda done: self._finished(channel, done))

    async def look(self) -> None:
        """Look through the journal for whatever waits."""
        self._lines = await all_lines(self._desk)
        for reflection_id in self._lines:
            self.changed(reflection_id)
        for channel in await posts.channels_with_something(self._desk):
            self.see_to(channel)
        await posts.forget_answered(self._desk)

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            try:
                await self.look()
            except (SQLAlchemyError, OSError) as fault:
                log.warning("slack.journal_not_read", kind=type(fault).__name__)

    def _finished(self, channel: str, task: asyncio.Task[None]) -> None:
        del self._tasks[channel]
        if task.cancelled():
            return
        if fault := task.exception():
            log.error("slack.delivering_failed", kind=type(fault).__name__)
        if channel in self._again:
            self._again.discard(channel)
            self.see_to(channel)

    async def _serve(self, channel: str) -> None:
        wait = FIRST_WAIT_SECONDS
        while True:
            try:
                await self._do_all(channel)
            except (NotClear, Shut, SQLAlchemyError, OSError) as fault:
                log.warning("slack.waits", kind=type(fault).__name__, seconds=wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT_SECONDS)
            else:
                return

    async def _do_all(self, channel: str) -> None:
        desk = self._desk
        while True:
            await self._plan(channel)
            if post := await posts.first_waiting(desk, channel):
                await self._say(post)
                continue
            for post in await posts.to_close(desk, channel):
                await self._close(post)
            if not await self._take_away(channel):
                return

    async def _plan(self, channel: str) -> None:
        changed = self._changed.get(channel, set())
        while changed:
            reflection_id = changed.pop()
            try:
                await posts.plan_turns(self._desk, reflection_id, self._count_parts)
            except KeyGone:
                pass  # deleted in this moment: there is nothing to say of it
            except (SQLAlchemyError, OSError):
                changed.add(reflection_id)
                raise

    async def _count_parts(self, session: AsyncSession, piece: Piece) -> int:
        said = await whole_said(self._desk, session, piece)
        count = len(messages_of(self._desk.slack_words, said))
        return count or int(said.can_be_pressed)

    async def _say(self, post: SlackPost) -> None:
        desk = self._desk
        if post.state is SlackPostState.SENDING and not _is_for_a_moment(post):
            ts = await self._find(post)
            if ts is not None:
                # Taken for open, whatever it was: to close one that has no buttons is harmless.
                await posts.note_state(desk, post, SlackPostState.POSTED, ts=ts, is_open=True)
                return
        content = await contents_of(desk, post, self._team)
        if content is None:
            await posts.note_state(desk, post, SlackPostState.NOT_TAKEN)
            return
        if _is_for_a_moment(post):
            await self._say_for_a_moment(post, content)
            return
        await posts.note_state(desk, post, SlackPostState.SENDING)
        await self._keep_pace(post.channel)
        try:
            ts = await self._post(post, content)
        except Shut:
            raise
        except Refused as refused:
            log.error("slack.post_refused", post=post.id, code=refused.code)
            await posts.note_state(desk, post, SlackPostState.NOT_TAKEN)
            return
        finally:
            self._posted_at[post.channel] = _now()
        self._on_posted(ts)
        await posts.note_state(desk, post, SlackPostState.POSTED, ts=ts, is_open=content.is_open)
        log.info("slack.posted", post=post.id)

    async def _post(self, post: SlackPost, content: Content) -> str:
        words = self._desk.slack_words
        try:
            return await self._calls.post(
                post.channel, post.id, words["notification"], content.blocks
            )
        except Refused as refused:
            if refused.code not in _TOO_MUCH:
                raise
            log.error("slack.post_refused", post=post.id, code=refused.code)
            blocks = content.instead(self._desk)
            return await self._calls.post(post.channel, post.id, words["notification"], blocks)

    async def _say_for_a_moment(self, post: SlackPost, content: Content) -> None:
        # At most once: nobody can look whether it arrived.
        await posts.note_state(self._desk, post, SlackPostState.POSTED)
        try:
            await self._calls.post_for_a_moment(
                post.channel, post.slack_user_id or "", content.sentence
            )
        except (NotClear, Refused) as fault:
            log.warning("slack.not_shown", post=post.id, kind=type(fault).__name__)

    async def _find(self, post: SlackPost) -> str | None:
        try:
            return await self._calls.find(post.channel, post.id)
        except Shut:
            raise
        except Refused:
            return None

    async def _keep_pace(self, channel: str) -> None:
        since = _now() - self._posted_at.get(channel, float("-inf"))
        if since < PACE_SECONDS:
            await asyncio.sleep(PACE_SECONDS - since)

    async def _close(self, post: SlackPost) -> None:
        """Put what was answered in the place of the buttons; to do it again is harmless."""
        desk = self._desk
        blocks = await contents_once_used(desk, post)
        if blocks and post.ts:
            try:
                await self._calls.update(
                    post.channel, post.ts, desk.slack_words["notification"], blocks
                )
            except Shut:
                raise
            except Refused as refused:
                log.warning("slack.not_updated", post=post.id, code=refused.code)
        await posts.note_state(desk, post, post.state, ts=post.ts)

    async def _take_away(self, channel: str) -> bool:
        """Take the messages of deleted reflections out of Slack; say whether there were any."""
        desk = self._desk
        gone = await posts.to_take_away(desk, channel)
        for post in gone:
            ts = await self._find(post) if post.state is SlackPostState.SENDING else post.ts
            if ts is None:
                continue
            try:
                await self._calls.delete(channel, ts)
            except Shut:
                raise
            except Refused as refused:
                log.warning("slack.not_deleted", post=post.id, code=refused.code)
        for reflection_id in {post.reflection_id for post in gone if post.reflection_id}:
            await posts.note_taken_away(desk, reflection_id)
        return bool(gone)


def _is_for_a_moment(post: SlackPost) -> bool:
    return post.occasion is not None and post.occasion.is_for_a_moment


def _now() -> float:
    return asyncio.get_running_loop().time()
