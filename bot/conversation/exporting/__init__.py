"""What is taken away as a file: one paper for all forms, and tables without words."""
