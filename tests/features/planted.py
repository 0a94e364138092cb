"""A sound feature, and faults planted in it."""

from __future__ import annotations

from dataclasses import replace

from assay.features.feature import Feature


def planted(**fields) -> Feature:
    """Return the sound feature, some of its fields otherwise."""
    sound = Feature("own", "planted", "a fault", "none", 1, lambda x: x["high"] / x["low"], "none")
    return replace(sound, **fields)
