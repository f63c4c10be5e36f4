"""What a message may be about: the taxonomy, and findings with the words that led to them.

Plain Python with scikit-learn; nothing here talks to a network, a database or Rasa.
"""
