"""Presets for whole set-ups: each file holds what differs from the defaults, under a comment that says what it is."""
