"""Months: the parts in which a history is kept, written whole and decoded once."""
