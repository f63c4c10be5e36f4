"""Moderation steps: what a therapist may try, why it may help, where the idea is from.

Plain Python; nothing here talks to a network, a database or Rasa.
"""
