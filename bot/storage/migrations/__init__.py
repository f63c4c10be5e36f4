"""The migrations, run by `bot.storage.database`."""
