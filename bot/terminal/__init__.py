"""What the commands do that talk to a person or a program in a terminal."""
