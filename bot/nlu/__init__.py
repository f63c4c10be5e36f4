"""Rasa, boxed in: graph components, the channel, and the few overrides of Rasa.

The only code that imports rasa.
"""
