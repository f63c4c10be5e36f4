"""What is done on the Home tab and in its dialogs: go on, share, delete, unlink, consent."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog
from slack_bolt.async_app import AsyncAck

from bot.conversation.consents import set_consent
from bot.conversation.reflections import delete_reflection
from bot.conversation.refused import Refused as NotDone
from bot.conversation.shared_view import last_day
from bot.conversation.sharing import (
    ShareRefused,
    ShareWish,
    default_last_day,
    share,
    supervisors_of,
)
from bot.conversation.slack import lines
from bot.conversation.slack.lines import Opening, may_reflect_here
from bot.conversation.slack.linking import unlink
from bot.conversation.turns import MessageTooLong, NotOffered
from bot.reflection.stages import Path
from bot.slack import dialogs, home
from bot.slack.calls import NotClear, Refused
from bot.slack.hearing import Body, Ear, hear_long_answer, note_late, presser
from bot.slack.who import Caller, teams_in_event
from bot.storage.access import NotFound, own_reflection
from bot.storage.erasing import Held
from bot.storage.models import Account
from bot.storage.states import Purpose, SlackOccasion

log = structlog.get_logger()

_LONGEST_NAME = 80
_DRAWN_SECONDS = 0.5


async def hear_home_opened(ear: Ear, body: Body) -> None:
    """Show the Home tab to whoever opened it."""
    event = body["event"]
    if event.get("tab", "home") == "home":
        caller = await ear.who(str(event.get("user") or ""), teams_in_event(body))
        await show_home(ear, caller)


async def show_home(ear: Ear, caller: Caller) -> None:
    """Draw somebody's Home tab anew; one that cannot be drawn now is drawn when it is opened."""
    user = caller.person.slack_user_id
    try:
        if caller.account is not None:
            view = await home.home_of(ear.desk, caller.account)
        else:
            why = caller.kept_out or SlackOccasion.NOT_LINKED
            is_new = why is SlackOccasion.NOT_LINKED
            channel = await ear.calls.direct_channel(user) if is_new else ""
            view = await home.home_of_stranger(ear.desk, caller.person, why, channel)
        await ear.calls.publish_home(user, view)
    except (NotClear, Refused) as fault:
        log.warning("slack.home_not_drawn", kind=type(fault).__name__)


async def hear_home_press(ear: Ear, body: Body) -> None:
    """Do what was pressed on the Home tab."""
    caller, _ = await presser(ear, body)
    if caller.account is not None:
        # Where it was deleted or closed meanwhile, the tab shows so now.
        with suppress(NotFound, NotOffered):
            await _do(ear, caller, caller.account, body)
    # Slack may let it be drawn later only; the press is acknowledged before.
    drawing = asyncio.ensure_future(show_home(ear, caller))
    drawing.add_done_callback(note_late)
    await asyncio.wait({drawing}, timeout=_DRAWN_SECONDS)


async def _do(ear: Ear, caller: Caller, account: Account, body: Body) -> None:
    desk, action = ear.desk, body["actions"][0]
    which = str(action.get("action_id", "")).partition(":")[0]
    about = str(action.get("value") or "")
    if which == home.UNLINK:
        await ear.open_dialog(body, dialogs.unlink_dialog(desk))
        return
    if desk.settings.slack_mode != "full":
        raise NotOffered
    if which in (home.AGREE, home.TAKE_BACK):
        await set_consent(desk, account, Purpose.SLACK, given=which == home.AGREE)
        return
    if not await may_reflect_here(desk, account):
        raise NotOffered
    if which in (home.FULL, home.SHORT, home.GO_ON):
        await _open(ear, account, caller, which, about, body)
    elif which in (home.SHARE, home.DELETE):
        await ear.open_dialog(body, await _asking(ear, account, which, about))


async def _open(
    ear: Ear, account: Account, caller: Caller, which: str, about: str, body: Body
) -> None:
    channel = await ear.calls.direct_channel(caller.person.slack_user_id)
    # A tab that was not drawn anew in between was pressed twice.
    drawn = (body.get("view") or {}).get("hash") or body["actions"][0].get("action_ts", "")
    opening = Opening(channel, f"home-{drawn}-{which}-{about}"[:_LONGEST_NAME])
    if which == home.GO_ON:
        await lines.go_on(ear.desk, account, about, opening)
        reflection_id = about
    else:
        path = Path.FULL if which == home.FULL else Path.SHORT
        reflection_id = await lines.begin(ear.desk, account, path, opening)
    ear.delivering.opened(reflection_id, channel)
    ear.answering.see_to(reflection_id)


async def _asking(ear: Ear, account: Account, which: str, about: str) -> dialogs.View:
    desk = ear.desk
    async with desk.sessions() as session:
        reflection = await own_reflection(session, account, about)
        supervisors = await supervisors_of(session, account.id, desk.clock())
    if which == home.DELETE:
        return dialogs.delete_dialog(desk, reflection)
    if not supervisors:
        return dialogs.told_dialog(desk, desk.notices["share_nobody"])
    return dialogs.share_dialog(desk, reflection, supervisors)


async def hear_dialog(ear: Ear, body: Body, ack: AsyncAck) -> None:
    """Do what was asked in a dialog, and say in its place what came of it."""
    which = body["view"].get("callback_id")
    if which == dialogs.WRITE:
        await _take_long_answer(ear, body, ack)
        return
    caller, _ = await presser(ear, body)
    about = str(body["view"].get("private_metadata") or "")
    told = ear.desk.notices["not_found"]
    if caller.account is not None:
        try:
            told = await _finish(ear, caller, caller.account, str(which), about, body)
        except NotFound:
            pass  # as for whatever is not there
        except NotDone as refused:
            told = ear.desk.notices[refused.notice]
    view = dialogs.told_dialog(ear.desk, told)
    await ack(response_action="update", view=view)
    caller, _ = await presser(ear, body)
    await show_home(ear, caller)


async def _take_long_answer(ear: Ear, body: Body, ack: AsyncAck) -> None:
    desk, words = ear.desk, ear.desk.slack_words
    try:
        await hear_long_answer(ear, body)
    except NotOffered:
        told = words[SlackOccasion.NOT_OFFERED]
        await ack(response_action="errors", errors={dialogs.FIELD: told})
    except MessageTooLong:
        told = words[SlackOccasion.TOO_LONG].format(
            limit=desk.settings.longest_message, address=desk.settings.address
        )
        await ack(response_action="errors", errors={dialogs.FIELD: told})
    else:
        await ack()


async def _finish(
    ear: Ear, caller: Caller, account: Account, which: str, about: str, body: Body
) -> str:
    desk = ear.desk
    if which == dialogs.UNLINK:
        channel = await ear.calls.direct_channel(caller.person.slack_user_id)
        await unlink(desk, account)
        stranger = Caller(caller.person, None)
        name = f"unlinked-{body['view']['id']}"[:_LONGEST_NAME]
        await ear.say(SlackOccasion.UNLINKED, channel, name, stranger)
        return desk.slack_words[SlackOccasion.UNLINKED]
    if not await may_reflect_here(desk, account):
        raise NotFound
    if which == dialogs.DELETE:
        try:
            await delete_reflection(desk, account, about)
        except Held:
            return desk.notices["held"]
        ear.on_erased()
        return desk.slack_words[SlackOccasion.DELETED]
    if which == dialogs.SHARE:
        return await _share(ear, account, about, body)
    raise NotFound


async def _share(ear: Ear, account: Account, about: str, body: Body) -> str:
    desk = ear.desk
    field = body["view"]["state"]["values"][dialogs.FIELD][dialogs.ENTRY]
    chosen = (field.get("selected_option") or {}).get("value")
    if not chosen:
        raise ShareRefused("share_whom")
    wish = ShareWish(supervisor=str(chosen), last_day=default_last_day(desk))
    made = await share(desk, account, about, wish)
    day = last_day(made.terms.until)
    return desk.notices["shared_until"].format(name=made.supervisor.name, day=day)
