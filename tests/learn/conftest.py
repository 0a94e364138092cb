"""Small markets with a known answer: S1, a feature of planted correlation with the next return."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from assay.learn.fit import Recipe
from assay.learn.params import MetaParams, ModelParams
from assay.learn.rows import before_holdout
from assay.regimes.params import HmmParams, RegimeParams
from assay.tables.features import FEATURES
from assay.tables.labels import EXITS, LABELS
from assay.tables.table import TIME
from tests.learn.differences import WALK, with_differences

EMBARGO = 3
HORIZON = 2


@dataclass(frozen=True)
class Market:
    """Features and labels of one market, as the stages before leave them."""

    features: pl.DataFrame
    labels: pl.DataFrame

    def rows(self, holdout=0.0):
        return before_holdout(self.features, self.labels, "s1", holdout)[0]


def market(n_bars=900, rho=0.3, n_decoys=4, seed=1, scrambled_from=None):
    """Return r[t+1] = rho x[t] + sqrt(1 - rho²) e[t+1]; the label of bar t is the sign of r[t+1]."""
    rng = np.random.default_rng(seed)
    x, noise = rng.standard_normal(n_bars), rng.standard_normal((n_bars + HORIZON, n_decoys + 1))
    move = np.zeros(n_bars + HORIZON)
    move[1 : n_bars + 1] = rho * x + np.sqrt(1 - rho**2) * noise[1 : n_bars + 1, 0]
    volatility = np.abs(rng.standard_normal(n_bars)) + 0.1
    decoys = noise[:n_bars, 1:]
    if scrambled_from is not None:
        other = np.random.default_rng(seed + 1000)
        x, volatility, decoys, move = x.copy(), volatility.copy(), decoys.copy(), move.copy()
        for values in (x, volatility, decoys, move):
            values[scrambled_from:] = 3 * other.standard_normal(values[scrambled_from:].shape)
    at = pl.Series("closed_at", np.arange(n_bars + HORIZON) * 10**9).cast(TIME)
    columns = {"log_return_1": move[:n_bars], "rv_24": volatility, "x": x}
    columns |= {f"decoy_{i}": decoys[:, i] for i in range(n_decoys)}
    features = pl.DataFrame({"symbol": ["S1"] * n_bars, "ordinal": np.arange(n_bars), "closed_at": at[:n_bars]})
    features = features.with_columns(pl.Series(name, values.astype(np.float32)) for name, values in columns.items())
    return Market(FEATURES.check(features, "made"), LABELS.check(_labels(move, at, n_bars), "made"))


def _labels(move, at, n_bars):
    n = n_bars - HORIZON
    up, start = move[1 : n + 1] / 1000, np.arange(n)
    ones, spread = np.ones(n), np.full(n, 0.01)
    exits = pl.Series(["vertical"] * n).cast(EXITS)
    return pl.DataFrame(
        {
            "symbol": ["S1"] * n,
            "ordinal": start,
            "end_ordinal": start + HORIZON,
            "t0": at[:n],
            "t1": at[HORIZON : n + HORIZON],
            "price": 100 * ones,
            "spread": spread,
            "tp": 0.2 * ones,
            "sl": 0.1 * ones,
            "entry": 100 * ones,
            "label": np.sign(up).astype(np.int8),
            "long_return": up,
            "long_end": start + HORIZON,
            "long_exit": exits,
            "short_return": -up,
            "short_end": start + HORIZON,
            "short_exit": exits,
            "weight": ones / 2,
            "latest_ordinal": start + HORIZON,
        }
    )


def recipe(kind="rf_cpu", hmm=True, **meta):
    """Return small models: 20 trees, one regime model of two states."""
    size = {"type": kind, "n_estimators": 20, "min_samples_leaf": 10, "max_features": 0.5, "min_rows": 20}
    regime = RegimeParams(enabled=hmm, n_states=2, n_iterations=20)
    models, after = ModelParams(**size, max_depth=5, n_splits=3), MetaParams(**{**size, "max_depth": 3, **meta})
    return Recipe(models, after, HmmParams(macro=RegimeParams(enabled=False), micro=regime), EMBARGO, 7)


@pytest.fixture(scope="session")
def make_market():
    return market


@pytest.fixture(scope="session")
def make_recipe():
    return recipe


@pytest.fixture(scope="session")
def small():
    return market()


@pytest.fixture(scope="session")
def wandering(small):
    """Return the small market with fractional differences of a random walk among its features."""
    return with_differences(small, WALK)
