"""`ballast slack check`: what the app on the team's own Slack has, and what is missing."""

from __future__ import annotations

from rich.console import Console

from bot.settings import Settings
from bot.slack.checking import check_all


async def check_app(settings: Settings, console: Console) -> bool:
    """Print one sentence for each thing that is checked; say whether all is well."""
    if not settings.has_slack_app:
        console.print("Slack is not set up: BALLAST_SLACK_BOT_TOKEN is empty.")
        return False
    is_well = True
    async for finding in check_all(settings):
        mark = "ok  " if finding.is_well else "FIX "
        console.print(f"{mark} {finding.sentence}", soft_wrap=True, markup=False, highlight=False)
        is_well &= finding.is_well
    return is_well
