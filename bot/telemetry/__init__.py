"""What is measured of the work: times and counts, never words, nor who anybody is.

Imports nothing of Ballast. What measures (`metrics.py`, `traces.py`) is imported once it is on.
"""
