"""`ballast doctor`: looks at everything that goes wrong in practice. Changes nothing."""
