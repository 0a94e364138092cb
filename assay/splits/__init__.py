"""Splits over label spans: purge, embargo, walk-forward, combinatorial, and the sealed hold-out."""
