"""Measures how well the detectors hear, so that anybody can see it again: `make eval`."""
