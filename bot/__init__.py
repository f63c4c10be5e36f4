"""Ballast: a reflective supervision assistant for child-trauma therapists."""
