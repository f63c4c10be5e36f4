"""The door to the team's own Slack: an app of Bolt within the gateway's process."""
