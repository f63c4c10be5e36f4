"""Safety: signs of danger in a therapist's words, and what is said when one is found.

Rules only: nothing here needs a model, a network or a database to be up.
"""
