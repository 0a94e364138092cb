"""The stage of the Monte Carlo draws from a stream of its own."""

import numpy as np
import polars as pl
import pytest

from assay import store
from assay.simulate.fan import run
from assay.simulate.params import MonteCarloParams
from assay.tables.book import ROUND_TRIPS
from assay.tables.fan import FAN
from stages.montecarlo import main


@pytest.fixture
def trips():
    """Forty round trips of the signals book with results of both signs."""
    n = np.arange(40)
    given = {"book": ["signals"] * 40, "symbol": ["ES"] * 40, "reason": ["tp"] * 40, "net": (n * 7 % 11 - 4.5) * 10}
    given |= {"decided": 3 * n, "entered": 3 * n + 1, "exited": 3 * n + 2}
    fill = np.zeros(40)
    return pl.DataFrame([pl.Series(k, given.get(k, fill)).cast(c.dtype) for k, c in ROUND_TRIPS.columns.items()])


def test_the_stage_draws_from_a_child_of_the_seed(tmp_path, monkeypatch, trips):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("seed: 7\nmontecarlo: {}\n")
    store.write_table(tmp_path / "data/trades.parquet", trips, ROUND_TRIPS)
    main()
    own = np.random.SeedSequence(7, spawn_key=(2, 0, 0)).generate_state(1)[0] >> 1
    fan = store.read_table(tmp_path / "data/fan.parquet", FAN)
    assert fan.equals(run(trips, MonteCarloParams(), np.random.default_rng(int(own)))[0])
    assert not fan.equals(run(trips, MonteCarloParams(), np.random.default_rng(7))[0])
