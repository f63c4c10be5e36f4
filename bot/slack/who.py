"""Who is it: tied to an account, not yet, closed, or of another workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.conversation.desk import Desk
from bot.conversation.slack.linking import SlackPerson, account_in_slack
from bot.storage.models import Account
from bot.storage.states import SlackOccasion


@dataclass(frozen=True)
class Caller:
    """Somebody in Slack; without an account there is an occasion to say why."""

    person: SlackPerson
    account: Account | None
    kept_out: SlackOccasion | None = None


async def who_calls(desk: Desk, our_team: str, user: str, teams: set[str]) -> Caller:
    """Find out who it is. `teams` are all workspaces that Slack names for the person."""
    person = SlackPerson(our_team, user)
    # Slack Connect: whoever is named with another workspace at all is not of the team.
    if not user or teams - {our_team}:
        return Caller(person, None, SlackOccasion.EXTERNAL)
    account = await account_in_slack(desk, person)
    if account is None:
        return Caller(person, None, SlackOccasion.NOT_LINKED)
    if account.disabled_at is not None:
        return Caller(person, None, SlackOccasion.CLOSED_ACCOUNT)
    return Caller(person, account)


def teams_in_event(body: Mapping[str, Any]) -> set[str]:
    """Give the workspaces that an event names for who wrote."""
    event = body.get("event") or {}
    named = _named({event.get("user_team"), event.get("source_team"), event.get("team")})
    if not named and body.get("is_ext_shared_channel"):
        return {"another"}
    return named or _named({body.get("team_id")})


def teams_of_person(body: Mapping[str, Any]) -> set[str]:
    """Give the workspaces that a press, a dialog or a command names for who did it."""
    user = body.get("user")
    user_team = user.get("team_id") if isinstance(user, dict) else None
    return _named({user_team}) or _named({(body.get("team") or {}).get("id"), body.get("team_id")})


def _named(teams: set[str | None]) -> set[str]:
    return {team for team in teams if team}
