"""What comes from Slack: messages, presses, dialogs, the command and the Home tab.

Everything is kept first and acknowledged then. What could not be kept in time is not
acknowledged: Slack comes again, and the same thing twice has one effect. No answer is given
here but to a command; `delivering.py` says them from the journal.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck

from bot.conversation.answering import Answering
from bot.conversation.desk import Desk
from bot.conversation.slack import taking
from bot.conversation.slack.lines import Opening, current_line, go_on, may_reflect_here
from bot.conversation.slack.saying import ToSay
from bot.conversation.turns import MessageTooLong, NotOffered
from bot.slack import dialogs, occasions
from bot.slack.blocks import CHOICE, SCALE, TURN, WRITE
from bot.slack.calls import NotClear, Refused, SlackCalls
from bot.slack.delivering import Delivering
from bot.slack.who import Caller, teams_in_event, teams_of_person, who_calls
from bot.storage.access import NotFound
from bot.storage.models import Account
from bot.storage.states import SlackOccasion, TurnState

log = structlog.get_logger()

# Slack waits three seconds for an answer.
IN_TIME_SECONDS = 2.5
# What a person did to a message of theirs, or what is no words: nothing is taken from it.
_NO_WORDS = frozenset({"file_share"})
# <https://clinic.example|the clinic>, <mailto:...|...>, <#C1|general>, <@U1>
_LINK = re.compile(r"<(?P<target>[^<>|]{1,2000})(?:\|(?P<label>[^<>]{0,2000}))?>")

Body = dict[str, Any]


class NotInTime(Exception):
    """It is not known yet whether it is kept; Slack is to come again."""


@dataclass(frozen=True)
class Ear:
    """All that hearing needs. `team` and `bot_user` are ours, as Slack told at the start."""

    desk: Desk
    answering: Answering
    delivering: Delivering
    calls: SlackCalls
    team: str
    bot_user: str
    allows: Callable[[str], Awaitable[bool]]
    on_erased: Callable[[], None]
    on_echo: Callable[[str], None]

    async def who(self, user: str, teams: set[str]) -> Caller:
        """Find out who somebody in Slack is."""
        return await who_calls(self.desk, self.team, user, teams)

    async def say(
        self, occasion: SlackOccasion, channel: str, answers: str, caller: Caller
    ) -> None:
        """Say the sentence of an occasion, once for what it answers."""
        await self.delivering.say(
            ToSay(
                occasion,
                channel,
                answers,
                slack_user_id=caller.person.slack_user_id,
                account_id=caller.account.id if caller.account else None,
            )
        )

    async def say_for_a_moment(self, name: str, channel: str, user: str) -> None:
        """Say a sentence of `data/library/slack.yml` to one person, without the journal."""
        try:
            there = channel or await self.calls.direct_channel(user)
            await self.calls.post_for_a_moment(there, user, self.desk.slack_words[name])
        except (NotClear, Refused) as fault:
            log.warning("slack.not_told", kind=type(fault).__name__)

    async def open_dialog(self, body: Body, view: dialogs.View, channel: str = "") -> None:
        """Open a dialog in front of whoever pressed, or say that Slack did not open it."""
        try:
            await self.calls.open_view(str(body["trigger_id"]), view)
        except (NotClear, Refused) as fault:
            log.warning("slack.not_opened", kind=type(fault).__name__)
            await self.say_for_a_moment("not_opened", channel, str(body["user"]["id"]))

    async def answered(self, taken: taking.Taken, channel: str) -> None:
        """See to the answer of what was kept."""
        reflection_id = taken.turn.reflection_id
        self.delivering.opened(reflection_id, channel)
        if taken.has_begun or taken.turn.state is TurnState.KEPT:
            self.answering.see_to(reflection_id)


async def in_time(work: Awaitable[None]) -> None:
    """Wait for work as long as Slack waits; it goes on after that. Raises `NotInTime`."""
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=IN_TIME_SECONDS)
    if not done:
        task.add_done_callback(note_late)
        raise NotInTime
    task.result()


def note_late(task: asyncio.Future[None]) -> None:
    """Note what became of work that nobody waits for any more."""
    if not task.cancelled() and (fault := task.exception()):
        log.warning("slack.late_fault", kind=type(fault).__name__)


async def hear_message(ear: Ear, body: Body) -> None:
    """Take a message: in the direct channel what was said, elsewhere how to reach us."""
    event = body["event"]
    if event.get("bot_id") or event.get("user") == ear.bot_user:
        ear.on_echo(str(event.get("ts")))
        return
    subtype = event.get("subtype")
    if subtype and subtype not in _NO_WORDS:
        return
    caller = await ear.who(str(event.get("user") or ""), teams_in_event(body))
    channel, name = str(event["channel"]), taking.name_of_event(str(body["event_id"]))
    if event.get("channel_type") != "im":
        await ear.say(SlackOccasion.ELSEWHERE, channel, name, caller)
    elif caller.account is None:
        await ear.say(caller.kept_out or SlackOccasion.NOT_LINKED, channel, name, caller)
    elif ear.desk.settings.slack_mode != "full":
        await ear.say(SlackOccasion.RING, channel, name, caller)
    elif not await may_reflect_here(ear.desk, caller.account):
        await ear.say(SlackOccasion.CONSENT, channel, name, caller)
    elif subtype in _NO_WORDS:
        await ear.say(SlackOccasion.NO_FILES, channel, name, caller)
    else:
        await _take_words(ear, caller, caller.account, body)


async def _take_words(ear: Ear, caller: Caller, account: Account, body: Body) -> None:
    event, event_id = body["event"], str(body["event_id"])
    channel, name = str(event["channel"]), taking.name_of_event(event_id)
    if not await ear.allows(account.id):
        await ear.say(SlackOccasion.TOO_FAST, channel, name, caller)
        return
    text = written(str(event.get("text") or ""))
    try:
        taken = await taking.take_words(ear.desk, account, channel, event_id, text)
    except taking.Answered:
        return
    except taking.NothingOpen:
        await ear.say(SlackOccasion.START_NOT_KEPT, channel, name, caller)
    except MessageTooLong:
        await ear.say(SlackOccasion.TOO_LONG, channel, name, caller)
    except NotFound:
        return  # of a reflection that was deleted since it came first
    else:
        await ear.answered(taken, channel)


def written(text: str) -> str:
    """Give a message as it was typed: Slack escapes three characters, and wraps what it links."""
    text = _LINK.sub(lambda match: match["label"] or match["target"], text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


async def hear_press(ear: Ear, body: Body) -> None:
    """Take what was pressed under a message of ours."""
    action = body["actions"][0]
    kind, _, rest = str(action.get("block_id", "")).partition(":")
    post_id = rest.partition(":")[0]
    caller, channel = await presser(ear, body)
    if caller.account is None:
        name = f"refused-{action.get('action_ts', '')}-{caller.person.slack_user_id}"[:80]
        await ear.say(caller.kept_out or SlackOccasion.NOT_LINKED, channel, name, caller)
        return
    try:
        if kind == TURN:
            await _press_in_turn(ear, caller.account, channel, post_id, body)
        elif kind == occasions.OCCASION:
            await _press_in_occasion(ear, caller, caller.account, channel, post_id, action)
    except (NotOffered, NotFound):
        name = f"stale-{action.get('action_ts', '')}-{post_id}"[:80]
        await ear.say(SlackOccasion.NOT_OFFERED, channel, name, caller)


async def presser(ear: Ear, body: Body) -> tuple[Caller, str]:
    """Give who pressed, and in which channel; none on the Home tab."""
    user = body.get("user") or {}
    caller = await ear.who(str(user.get("id") or ""), teams_of_person(body))
    container = body.get("container") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id") or ""
    return caller, str(channel)


async def _press_in_turn(
    ear: Ear, account: Account, channel: str, post_id: str, body: Body
) -> None:
    desk, action = ear.desk, body["actions"][0]
    if not await may_reflect_here(desk, account):
        raise NotOffered
    which = str(action.get("action_id", ""))
    if which == WRITE:
        if not await taking.may_still_answer(desk, account, post_id):
            raise NotOffered
        await ear.open_dialog(body, dialogs.write_dialog(desk, post_id), channel)
        return
    if which == SCALE:
        number = str((action.get("selected_option") or {}).get("value", ""))
        taken = await taking.take_press(desk, account, post_id, text=number)
    elif which.startswith(CHOICE):
        choice = str(action.get("value", ""))
        taken = await taking.take_press(desk, account, post_id, choice=choice)
    else:
        raise NotOffered
    await ear.answered(taken, channel)


async def _press_in_occasion(
    ear: Ear, caller: Caller, account: Account, channel: str, post_id: str, action: Body
) -> None:
    desk, which = ear.desk, str(action.get("action_id", ""))
    if which in (occasions.YES, occasions.NO) and desk.settings.slack_mode == "full":
        is_yes = which == occasions.YES
        if await taking.take_consent(desk, account, post_id, is_given=is_yes):
            then = SlackOccasion.START if is_yes else SlackOccasion.DECLINED
            await ear.say(then, channel, f"after-{post_id}", caller)
    elif which == occasions.OPEN:
        return
    elif await may_reflect_here(desk, account):
        is_going_on = which.startswith(occasions.GO_ON)
        chosen = occasions.GO_ON if is_going_on else which
        if chosen not in (occasions.GO_ON, occasions.FULL, occasions.SHORT):
            raise NotOffered
        old = str(action.get("value", "")) if is_going_on else None
        reflection_id = await taking.take_start(desk, account, post_id, chosen, old)
        ear.delivering.opened(reflection_id, channel)
        ear.answering.see_to(reflection_id)
        ear.delivering.see_to(channel)
    else:
        raise NotOffered
    ear.delivering.see_to(channel)


async def hear_command(ear: Ear, body: Body, ack: AsyncAck) -> None:
    """Answer `/reflect` for whoever typed it alone; what stands behind it is not read."""
    words = ear.desk.slack_words
    user = str(body.get("user_id") or "")
    caller = await ear.who(user, teams_of_person(body))
    name = f"command-{body.get('trigger_id') or ''}"[:80]
    if caller.kept_out is SlackOccasion.EXTERNAL:
        await ack(text=words[SlackOccasion.EXTERNAL], response_type="ephemeral")
        return
    try:
        channel = await ear.calls.direct_channel(user)
    except (NotClear, Refused):
        await ack(text=words[SlackOccasion.NOT_KEPT], response_type="ephemeral")
        return
    await _next_step(ear, caller, channel, name)
    if body.get("channel_id") != channel:
        await ack(text=words[SlackOccasion.ELSEWHERE], response_type="ephemeral")
    else:
        await ack()


async def _next_step(ear: Ear, caller: Caller, channel: str, name: str) -> None:
    desk, account = ear.desk, caller.account
    if account is None:
        occasion = caller.kept_out or SlackOccasion.NOT_LINKED
    elif desk.settings.slack_mode != "full":
        occasion = SlackOccasion.RING
    elif not await may_reflect_here(desk, account):
        occasion = SlackOccasion.CONSENT
    elif line := await current_line(desk, account):
        # What was asked last is shown again, with its buttons.
        await go_on(desk, account, line.reflection_id, Opening(channel, name))
        ear.delivering.opened(line.reflection_id, channel)
        return
    else:
        occasion = SlackOccasion.START
    await ear.say(occasion, channel, name, caller)


async def hear_long_answer(ear: Ear, body: Body) -> None:
    """Keep what was written in a dialog. Raises `NotOffered` or `MessageTooLong`."""
    view = body["view"]
    caller, _ = await presser(ear, body)
    account = caller.account
    if account is None or not await may_reflect_here(ear.desk, account):
        raise NotOffered
    field = view["state"]["values"][dialogs.FIELD][dialogs.ENTRY]
    post_id = str(view.get("private_metadata") or "")
    try:
        taken = await taking.take_long_answer(
            ear.desk, account, post_id, str(view["id"]), str(field.get("value") or "")
        )
    except NotFound:
        raise NotOffered from None
    channel = ear.delivering.channel_of(taken.turn.reflection_id)
    if channel is not None:
        await ear.answered(taken, channel)
