"""The administrator's door: people, supervision, contacts, keeping, health, audit."""
