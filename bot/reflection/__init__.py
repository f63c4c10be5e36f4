"""How a reflection walks: its stages, its questions, what comes next, the summary.

Plain Python; nothing here talks to a network, a database or Rasa.
"""
