"""Tie an account to who its owner is in Slack, by a link that works once, and untie it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.accounts.challenges import keep_challenge, take_challenge
from bot.conversation.accounts.refused import SignInRefused
from bot.conversation.accounts.tokens import hash_of, new_token
from bot.conversation.desk import Desk
from bot.conversation.slack.saying import ToSay, plan_to_say
from bot.storage.audit import Event, record
from bot.storage.holding import hold_account
from bot.storage.models import Account
from bot.storage.slack_tables import SlackIdentity, SlackLine, SlackPost
from bot.storage.states import ChallengePurpose, Role, SlackOccasion, SlackPostState

LASTS = timedelta(minutes=10)
PAGE = "/slack/link"


@dataclass(frozen=True)
class SlackPerson:
    """Somebody in Slack: their workspace, and their id there."""

    team_id: str
    slack_user_id: str


async def link_for(desk: Desk, person: SlackPerson, channel: str) -> str:
    """Give an address that ties `person` to whoever signs in and presses there, once.

    `channel` is where the app and the person write to each other.
    """
    token = new_token()
    data = {"team": person.team_id, "user": person.slack_user_id, "channel": channel}
    await keep_challenge(desk, ChallengePurpose.LINK_SLACK, token, data=data, lasts=LASTS)
    # Behind `#`, as in every link that opens something: browsers never send that.
    return f"{desk.settings.address}{PAGE}#{token}"


async def link(desk: Desk, account: Account, token: str) -> SlackPerson:
    """Use up a link for an account; an earlier tie of the account goes.

    Raises `SignInRefused` when the link is over, the account is no therapist's, or somebody else
    here is tied to that person of Slack already.
    """
    if account.role is not Role.THERAPIST:
        raise SignInRefused("slack_therapists")
    told = (await take_challenge(desk, ChallengePurpose.LINK_SLACK, token)).data
    person = SlackPerson(told["team"], told["user"])
    now = desk.clock()
    try:
        async with desk.sessions.begin() as session:
            await hold_account(session, account.id)
            await _untie(session, account.id)
            tie = SlackIdentity(
                account_id=account.id,
                team_id=person.team_id,
                slack_user_id=person.slack_user_id,
                linked_at=now,
            )
            session.add(tie)
            await session.flush()
            await record(session, Event.SLACK_LINKED, now, by=account.id, account=account.id)
    except IntegrityError:
        raise SignInRefused("slack_taken") from None
    await plan_to_say(
        desk,
        ToSay(
            SlackOccasion.LINKED,
            told["channel"],
            f"linked-{hash_of(token)}",
            account_id=account.id,
        ),
    )
    return person


async def unlink(desk: Desk, account: Account) -> None:
    """Untie an account from Slack: nothing more goes there. Harmless when there is no tie."""
    async with desk.sessions.begin() as session:
        await unlink_in(desk, session, account.id, by=account.id)


async def unlink_in(desk: Desk, session: AsyncSession, account_id: str, *, by: str) -> None:
    """Untie an account in the caller's transaction; to be called late in it, as an audit entry."""
    now = desk.clock()
    if await _untie(session, account_id):
        await record(session, Event.SLACK_UNLINKED, now, by=by, account=account_id)


async def _untie(session: AsyncSession, account_id: str) -> bool:
    await leave_slack(session, account_id)
    tie = delete(SlackIdentity).where(SlackIdentity.account_id == account_id)
    gone = await session.execute(tie)
    return bool(gone.rowcount)  # type: ignore[attr-defined]


async def leave_slack(session: AsyncSession, account_id: str) -> None:
    """End every line of an account in Slack; what was not posted yet never will be."""
    await session.execute(delete(SlackLine).where(SlackLine.account_id == account_id))
    planned = delete(SlackPost).where(
        SlackPost.account_id == account_id, SlackPost.state == SlackPostState.PLANNED
    )
    await session.execute(planned)


async def account_in_slack(desk: Desk, person: SlackPerson) -> Account | None:
    """Give whose account is tied to somebody in Slack, closed ones too, or None."""
    async with desk.sessions() as session:
        found: Account | None = await session.scalar(
            select(Account)
            .join(SlackIdentity, SlackIdentity.account_id == Account.id)
            .where(
                SlackIdentity.team_id == person.team_id,
                SlackIdentity.slack_user_id == person.slack_user_id,
            )
        )
    return found


async def identity_of(desk: Desk, account: Account) -> SlackIdentity | None:
    """Give who an account is in Slack, or None."""
    async with desk.sessions() as session:
        return await session.get(SlackIdentity, account.id)
