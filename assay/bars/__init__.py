"""Ticks to bars: time, tick, volume and dollar bars, in one pass and one tick at a time alike."""
