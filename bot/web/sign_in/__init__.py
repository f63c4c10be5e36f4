"""Signing in over HTTP: thin handlers before `bot.conversation.accounts`."""
