"""Custom actions: where the dialogue meets the domain.

Each is thin: read the conversation, ask the domain, say and record. The action server
has no database; what it knows of a therapist comes with the conversation (`context`),
and what it wants kept leaves as records beside its words (`bot/conversation/records.py`).
"""
