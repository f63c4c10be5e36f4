"""The use cases that join the domain to the database and to the bot.

Take a turn, answer it, start and end a reflection, share, delete, sign in.
"""
