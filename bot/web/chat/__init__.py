"""The therapist's door: the page, its API and its socket."""
