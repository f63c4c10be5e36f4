"""Figures of a team: counted once a month with consent, withheld where few would be seen."""
