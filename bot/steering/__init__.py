"""Tell narrative from words that steer the conversation: skip, back, pause, a person.

Plain Python with scikit-learn; nothing here talks to a network, a database or Rasa.
"""
