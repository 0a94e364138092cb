"""Another market of the same feed, from its prices to the features of the main one: by what was known, by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from ruamel.yaml import YAML

from assay import store
from assay.errors import DataError, ParamsError
from assay.tables.bars import BARS
from assay.tables.features import FEATURES
from assay.tables.table import TIME
from assay.tables.ticks import TRADES
from stages import bars, features

SECOND_NS, HOUR_NS = 10**9, 3_600 * 10**9
TABLE = {
    "WALK": {"kind": "crypto", "tick_size": 0.25, "weekend_trading": True},
    "OTHER": {"kind": "crypto", "tick_size": 0.5, "weekend_trading": True},
}
WINDOW = 5


def trades(seed, n, first, tick_size):
    rng = np.random.default_rng(seed)
    time = 1_704_067_200 * SECOND_NS + np.cumsum(rng.integers(1, 90, n)) * SECOND_NS
    price = first + tick_size * np.cumsum(rng.integers(-2, 3, n))
    columns = {"time": time, "price": price, "size": np.ones(n), "side": np.zeros(n), "flags": np.zeros(n)}
    return TRADES.check(pl.DataFrame(columns).cast(dict(TRADES.empty().schema)), "made")


@pytest.fixture
def pipeline(tmp_path, monkeypatch):
    """Return a function that makes bars of both markets and the features of WALK that look at some symbols."""
    monkeypatch.chdir(tmp_path)

    def run(*symbols, other=None, fetched=("WALK", "OTHER")):
        blocks = {
            "instrument": {"symbol": "WALK", "table": TABLE},
            "session": {},
            "bars": {"types": {"tick": 4}, "main": "tick", "roll": {"contracts": {}}},
            "features": {
                "cross": {
                    "enabled": True,
                    "symbols": [*symbols],
                    "correlation_windows": [WINDOW],
                    "ratio_window": WINDOW,
                }
            },
        }
        YAML().dump(blocks, tmp_path / "params.yaml")
        feeds = [{"source": "files", "symbol": name, "kind": "trades"} for name in fetched]
        store.write_json(tmp_path / "data/manifest.json", {"feeds": feeds})
        given = {"WALK": trades(1, 800, 2000.0, 0.25), "OTHER": trades(2, 700, 300.0, 0.5) if other is None else other}
        for name, frame in given.items():
            store.write_table(tmp_path / f"data/ticks/files/{name}/2024-01.parquet", frame, TRADES)
        bars.main()
        features.main()
        return store.read_table(tmp_path / "data/features/WALK.parquet", FEATURES)

    return run


def closes(name):
    table = store.read_table(f"data/bars/tick/{name}.parquet", BARS)
    return list(zip(table["closed_at"].to_physical().to_list(), table["close"].to_list(), strict=True))


def joined():
    """Return by hand, for each close of WALK: its instant, its price, and instant and price of OTHER's last bar.

    A tick bar is known a nanosecond after its last tick, so one that closes at the same instant is not known yet.
    """
    others = closes("OTHER")
    found = [[other for other in others if other[0] < at] for at, _ in closes("WALK")]
    return [
        (at, price, *(seen[-1] if seen else (math.nan,) * 2))
        for (at, price), seen in zip(closes("WALK"), found, strict=True)
    ]


def test_columns_of_another_market_equal_joins_by_hand(pipeline):
    table = pipeline("OTHER")
    rows = joined()
    own, other = np.array([row[1] for row in rows]), np.array([row[3] for row in rows])
    ages = [(row[0] - row[2]) / HOUR_NS for row in rows]
    assert np.isnan(other[0]) == np.isnan(ages[0])
    assert table["age_of_other"].to_list() == pytest.approx(ages, rel=1e-6, nan_ok=True)
    assert table["ratio_to_other"].to_list() == pytest.approx(own / other, rel=1e-6, nan_ok=True)
    mine, moves = (np.append(np.nan, np.diff(np.log(price))) for price in (own, other))
    assert table["log_return_1_of_other"].to_list() == pytest.approx(moves, rel=1e-5, abs=1e-9, nan_ok=True)
    lagged = np.append([np.nan] * 2, moves[:-2])
    assert table["log_return_1_lag_2_of_other"].to_list() == pytest.approx(lagged, rel=1e-5, abs=1e-9, nan_ok=True)
    for i in (50, 101, 150):
        last = slice(i - WINDOW + 1, i + 1)
        slope = np.polyfit(moves[last], mine[last], 1)[0]
        assert table[f"beta_{WINDOW}_to_other"][i] == pytest.approx(slope, rel=1e-4)
        together = np.corrcoef(moves[last], mine[last])[0, 1]
        assert table[f"correlation_{WINDOW}_with_other"][i] == pytest.approx(together, rel=1e-4)
    names = [one["name"] for one in store.read_json(Path("data/features/schema.json"))["features"]]
    assert {name for name in table.columns if "other" in name} <= {*names}


def test_prices_of_the_other_market_to_come_change_no_earlier_row(pipeline):
    before = pipeline("OTHER")
    at = before["closed_at"][120]
    ticks = trades(2, 700, 300.0, 0.5)
    price = pl.when(pl.col("time").cast(TIME) >= at).then(900.0).otherwise("price").alias("price")
    after = pipeline("OTHER", other=ticks.with_columns(price))
    assert after[:121].equals(before[:121], null_equal=True)
    assert not after["ratio_to_other"][121:].equals(before["ratio_to_other"][121:], null_equal=True)


def test_markets_that_are_fetched_in_another_order_have_the_same_bytes(pipeline, tmp_path):
    """Bars of every market, and features of the main one: the manifest lists feeds in the order of ``data.symbols``."""
    paths = ("data/features/WALK.parquet", *(f"data/bars/tick/{name}.parquet" for name in ("WALK", "OTHER")))
    found = []
    for fetched in (("WALK", "OTHER"), ("OTHER", "WALK")):
        pipeline("OTHER", fetched=fetched)
        found.append([(tmp_path / path).read_bytes() for path in paths])
    assert found[0] == found[1]


def test_a_market_that_has_no_bars_is_one_line_that_says_what_there_is(pipeline, tmp_path):
    with pytest.raises(
        DataError,
        match=r"features\.cross\.symbols: needs bars of FAR, NEAR; found those of OTHER, WALK; list it in "
        r"data\.symbols and fetch; why a market that was fetched has none stands in reports/bars\.json$",
    ):
        pipeline("FAR", "OTHER", "NEAR")
    with pytest.raises(DataError, match=r"needs bars of OTHER; found those of WALK; list it in data\.symbols"):
        pipeline("OTHER", fetched=["WALK"])
    assert not (tmp_path / "data/features").exists()


@pytest.mark.parametrize("name", ["WALK", "OTHER"])
def test_bars_that_say_they_are_of_another_market_are_refused(pipeline, name):
    pipeline("OTHER")
    path = Path(f"data/bars/tick/{name}.parquet")
    store.write_table(path, store.read_table(path, BARS).with_columns(symbol=pl.lit("GOLD")), BARS)
    with pytest.raises(DataError, match=f"bars of {name}: must be of this market alone; found GOLD; rerun the stage"):
        features.main()


def test_the_main_market_is_no_other_market(pipeline):
    with pytest.raises(ParamsError, match=r"must name other markets than instrument\.symbol; found WALK; take it out"):
        pipeline("WALK")
