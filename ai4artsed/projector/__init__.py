"""The wall of a workshop."""
