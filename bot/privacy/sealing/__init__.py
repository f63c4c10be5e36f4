"""Keys and envelopes: what makes stored words unreadable without the master key.

Plain Python over files and bytes; which columns are sealed is `bot/storage/models.py`'s part.
"""
