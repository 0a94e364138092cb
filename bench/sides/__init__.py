"""Sides: one script for each way to do a work, run by the Python of its own environment."""
