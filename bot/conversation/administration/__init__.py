"""What an administrator's pages show and change. Nothing here reads a reflection."""
