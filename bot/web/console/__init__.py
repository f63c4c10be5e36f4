"""The supervisor's door: what therapists have shared with them."""
