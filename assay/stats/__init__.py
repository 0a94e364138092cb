"""Streaming and rolling statistics that the other packages share, the same bits on every processor."""
