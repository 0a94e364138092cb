"""Markets with known answers."""
