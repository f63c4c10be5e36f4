"""Find and mask identifiers in what a therapist writes. Knows no theme, concern or store."""
