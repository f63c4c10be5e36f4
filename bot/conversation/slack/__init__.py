"""The use cases of the team's own Slack. Nothing here speaks to Slack: `bot/slack/` does."""
