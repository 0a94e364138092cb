"""What is traded, when, and at what cost."""
