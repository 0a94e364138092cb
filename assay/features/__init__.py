"""Bars to features: causal columns, one group per file, one entry per feature, a catalogue built from params."""
