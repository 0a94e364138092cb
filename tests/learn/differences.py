"""Columns of fractional differences for small markets."""

from __future__ import annotations

import numpy as np
import polars as pl

from assay.stats.fractional import difference

ORDERS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
NAMES = [f"ffd_{round(100 * each)}" for each in ORDERS]
N_BARS = 900
NOISE = np.random.default_rng(11).standard_normal(N_BARS)
WALK = np.cumsum(NOISE)


def differences(price, threshold=1e-2):
    """Return the columns of the group memory for a log price."""
    columns = {name: difference(price, each, threshold) for name, each in zip(NAMES, ORDERS, strict=True)}
    return pl.DataFrame(columns).cast(pl.Float32)


def with_differences(market, price):
    return type(market)(market.features.hstack(differences(price)), market.labels)
