from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from assay.features import variation
from assay.features.inputs import Inputs
from assay.features.params.memory import VariationParams

from .conftest import ohlcv

ENTRIES = {entry.name: entry for entry in variation.features(VariationParams())}


@pytest.fixture(scope="module")
def dollar_bars(shared, instrument, hours):
    """1,000 dollar bars of E-mini, January 2015."""
    return Inputs(ohlcv(pl.read_csv(shared / "mlfinpy" / "dollar_bar_sample.csv").drop("date_time")), instrument, hours)


def closes(prices, instrument, hours):
    """Bars of nothing but closes."""
    flat = pl.DataFrame(dict.fromkeys(("open", "high", "low", "close"), np.asarray(prices, np.float64)))
    return Inputs(ohlcv(flat), instrument.model_copy(update={"tick_size": 1e-6}), hours)


def test_yang_zhang_of_dollar_bars_is_the_right_one(dollar_bars, shared):
    """Yang, Zhang 2000 with the variances' means taken off; mlfinpy leaves them in and starts from another price."""
    found = variation.yang_zhang(dollar_bars, 20)
    assert found[-1] == pytest.approx(0.001552977, abs=5e-10)
    theirs = pl.read_csv(shared / "mlfinpy" / "expected" / "dollar_range_vols_w20.csv")["yang_zhang"][-1]
    assert abs(theirs / found[-1] - 1.0) > 1e-3


@pytest.mark.parametrize("n", [24, 120])
def test_every_entry_equals_its_definition(n, quotes, instrument, hours):
    x = Inputs(quotes, instrument, hours)
    o, h, l, c = (np.log(x[name][-n:]) for name in ("open", "high", "low", "close"))
    before = np.log(x["close"][-n - 1 : -1])
    k = 0.34 / (1.34 + (n + 1) / (n - 1))
    ranged = np.mean((h - c) * (h - o) + (l - c) * (l - o))
    together = np.var(o - before, ddof=1) + k * np.var(c - o, ddof=1) + (1 - k) * ranged
    r = np.diff(np.log(x["close"][-n - 2 :]))
    bipower, squares = np.pi / 2 * np.mean(np.abs(r[1:] * r[:-1])), r[1:] ** 2
    rises, falls = squares[r[1:] > 0].sum(), squares[r[1:] < 0].sum()
    expected = {
        f"yang_zhang_{n}": together**0.5,
        f"bipower_{n}": bipower**0.5,
        f"jump_share_{n}": 1 - bipower / squares.mean(),
        f"downside_{n}": (falls / n) ** 0.5,
        f"variance_balance_{n}": (rises - falls) / (rises + falls),
    }
    found = {name: entry.function(x)[-1] for name, entry in ENTRIES.items() if name.endswith(f"_{n}")}
    assert found == pytest.approx(expected, rel=1e-9)


def test_parts_of_variance_by_hand(instrument, hours):
    """Log returns .01, -.02, .03, -.01."""
    x = closes(100 * np.exp(np.cumsum([0.0, 0.01, -0.02, 0.03, -0.01])), instrument, hours)
    assert variation.side(x, 4, 1.0)[-1] == pytest.approx((1 + 9) * 1e-4 / 4, rel=1e-5)
    assert variation.side(x, 4, -1.0)[-1] == pytest.approx((4 + 1) * 1e-4 / 4, rel=1e-5)
    assert variation.balance(x, 4)[-1] == pytest.approx(5 / 15, rel=1e-5)
    assert variation.bipower(x, 3)[-1] == pytest.approx(np.pi / 2 * (2 + 6 + 3) * 1e-4 / 3, rel=1e-5)
    assert variation.jump_share(x, 3)[-1] == pytest.approx(1 - np.pi / 2 * 11 / 14, rel=1e-5)


def test_jumps_are_found_where_they_are(instrument, hours):
    """Barndorff-Nielsen, Shephard 2004: without jumps bipower is the variance, one jump hardly reaches it."""
    returns = 0.001 * np.random.default_rng(11).standard_normal(40_000)
    share = variation.jump_share(closes(100 * np.exp(np.cumsum(returns)), instrument, hours), 39_000)[-1]
    assert share == pytest.approx(0.0, abs=0.02)
    jump = returns[-39_000:].std() * 39_000**0.5
    returns[-20_000] += jump
    share = variation.jump_share(closes(100 * np.exp(np.cumsum(returns)), instrument, hours), 39_000)[-1]
    assert share == pytest.approx(0.5, abs=0.02)


def test_what_stands_still_has_no_parts(instrument, hours):
    x = closes(np.full(200, 50.0), instrument, hours)
    found = {name: float(entry.function(x)[-1]) for name, entry in ENTRIES.items()}
    undefined = {name for name, value in found.items() if np.isnan(value)}
    assert undefined == {name for name in ENTRIES if name.startswith(("jump_share", "variance_balance"))}
    assert all(value == 0.0 for name, value in found.items() if name not in undefined)
