"""Bars as others publish them: AFML's definitions run by mlfinlab and mlfinpy, exchanges' and brokers' own candles."""

import json
import lzma
import math

import numpy as np
import polars as pl
import pytest

from assay.bars.build import build
from assay.tables.bars import BARS
from tests.bars.mlfinpy import COLUMNS

DAY_NS, SECOND_NS = 86_400 * 10**9, 10**9


def uncut(ticks, kind, threshold):
    """Build bars in one endless session: the references know no sessions."""
    bars = build(ticks, kind, threshold, np.zeros(ticks.height, np.int64), "TEST")
    return BARS.check(bars, "test")


@pytest.mark.parametrize(
    ("file", "kind", "threshold"),
    [
        ("tick_bars_2500", "tick", 2500),
        ("volume_bars_10000", "volume", 10_000),
        ("dollar_bars_20000000", "dollar", 2e7),
    ],
)
def test_mlfinpy_0_1_2_bars_of_500000_emini_trades(shared, es_trades, file, kind, threshold):
    expected = pl.read_csv(shared / "mlfinpy" / "expected" / f"es_{file}.csv", try_parse_dates=True)
    bars = uncut(es_trades, kind, threshold)
    for theirs, ours in COLUMNS.items():
        assert bars[ours].cast(pl.Float64).equals(expected[theirs].cast(pl.Float64), check_names=False), theirs
    assert bars["closed_at"].dt.replace_time_zone(None).cast(pl.Datetime("us")).equals(expected["date_time"])
    assert bars["n_ticks"].cum_sum().equals(expected["tick_num"], check_names=False)


@pytest.mark.parametrize(("file", "seconds"), [("MIN5", 300), ("H1", 3600)])
def test_mlfinpy_0_1_2_time_bars_of_500000_emini_trades(shared, es_trades, file, seconds):
    """The same bars; mlfinpy stamps them with the end of the period and counts the tick after it in ``tick_num``."""
    expected = pl.read_csv(shared / "mlfinpy" / "expected" / f"es_time_bars_{file}.csv")
    bars = uncut(es_trades, "time", seconds)
    for theirs, ours in COLUMNS.items():
        assert bars[ours].cast(pl.Float64).equals(expected[theirs].cast(pl.Float64), check_names=False), theirs
    period_end = (bars["closed_at"].dt.timestamp("ns") // (seconds * SECOND_NS) + 1) * seconds
    assert period_end.equals(expected["date_time"], check_names=False)
    assert (bars["n_ticks"].cum_sum() + 1).equals(expected["tick_num"], check_names=False)


def test_emini_sample_100_tick_bars(es_trades):
    """Prototype: 4,999 bars, their move .85 ticks in standard deviation; the last tick here fills one more."""
    bars = uncut(es_trades, "tick", 100)
    assert bars.height in (4_999, 5_000)
    assert bars["close"].diff().std() / 0.25 == pytest.approx(0.85, abs=0.005)


@pytest.mark.parametrize(
    ("kind", "threshold", "n_bars", "n_first", "volume"),
    [
        ("tick", 10, 695, 10, None),
        ("tick", 100, 69, 100, 953),
        ("volume", 100, 257, 17, 100),
        ("dollar", 1e5, 320, 15, 97),
    ],
)
def test_mlfinlab_bars_of_the_imbalance_sample(emini_2011, kind, threshold, n_bars, n_first, volume):
    bars = uncut(emini_2011, kind, threshold)
    assert (bars.height, bars["n_ticks"][0]) == (n_bars, n_first)
    assert bars.select("open", "high", "low", "close").row(0) == (1306.0,) * 4
    assert volume is None or bars["volume"][0] == volume


@pytest.mark.parametrize(("kind", "threshold"), [("dollar", 100_000), ("volume", 30), ("tick", 10)])
def test_mlfinpy_tests_of_100_toy_ticks(shared, trades, kind, threshold):
    told = json.loads((shared / "mlfinpy" / "expected" / "asserted_values.json").read_text())
    rows = pl.read_csv(shared / "mlfinpy" / "test_tick_data.csv")
    bars = uncut(trades(range(rows.height), rows["Price"], rows["Volume"]), kind, threshold)
    row = bars.row(0, named=True)
    asserted = told["standard_bars on test_tick_data.csv"][f"{kind} threshold {threshold}, first bar"]
    assert {name: row[name] for name in asserted} == asserted


def test_mlfinlab_tick_rule_of_the_imbalance_sample(emini_2011):
    bars = uncut(emini_2011, "tick", 1)
    n_buys, n_sells = bars["n_buys"].sum(), bars["n_sells"].sum()
    assert (n_buys, n_sells, bars.height - n_buys - n_sells) == (3_299, 3_246, 410)


def test_afml_2_3_tick_rule_vector(trades):
    bars = uncut(trades(range(8), [10, 10, 10.1, 10.1, 10, 10, 10.2, 10.1]), "tick", 1)
    assert (bars["n_buys"] - bars["n_sells"]).to_list() == [0, 0, 1, 1, -1, -1, 1, -1]


@pytest.mark.parametrize(("c_over_sigma", "accuracy"), [(0.5, 0.6707), (1.0, 0.7386)])
def test_roll_1984_tick_rule_is_right_as_often_as_its_closed_form(trades, c_over_sigma, accuracy):
    """Roll's trades are ``m + c q``: the tick rule finds ``q`` with probability ``1/4 + Phi(2c/sigma)/2``."""
    n = 200_000
    generator = np.random.default_rng(1984)
    q = generator.choice([-1, 1], n)
    bars = uncut(trades(range(n), 1e4 + np.cumsum(generator.standard_normal(n)) + c_over_sigma * q), "tick", 1)
    found = np.mean((bars["n_buys"] - bars["n_sells"]).to_numpy() == q)
    assert 0.25 + 0.25 * (1 + math.erf(2 * c_over_sigma / math.sqrt(2))) == pytest.approx(accuracy, abs=5e-5)
    assert found == pytest.approx(accuracy, abs=5 * math.sqrt(0.25 / n))


@pytest.mark.parametrize(("file", "seconds"), [("1m", 60), ("5m", 300)])
def test_freqtrade_candles_of_binance_xrp_eth_trades(shared, trades, file, seconds):
    """All of freqtrade's candles but the last, whose period had not ended."""
    rows = pl.read_ipc(shared / "freqtrade" / "XRP_ETH-trades.feather")
    side = rows["side"].replace_strict({"buy": 1, "sell": -1}, return_dtype=pl.Int8)
    bars = uncut(trades(rows["timestamp"] * 1_000_000, rows["price"], rows["amount"], side), "time", seconds)
    expected = pl.read_ipc(shared / "freqtrade" / f"XRP_ETH-{file}.feather")[:-1]
    for name in ("open", "high", "low", "close", "volume"):
        assert bars[name].equals(expected[name]), name
    start = bars["opened_at"].dt.truncate(f"{seconds}s")
    assert start.equals(expected["date"], check_names=False)


@pytest.mark.parametrize("day", ["04", "05"])
def test_dukascopy_own_bid_candles_of_eurusd_ticks(shared, trades, day):
    """First, highest, lowest and last bid of every minute with ticks, as Dukascopy's own minute candles have them.

    A bid is taken for a trade, since bars of quotes are made of the mid.
    """
    folder = shared / "dukascopy" / "EURUSD" / "2019" / "01" / day
    record = np.dtype([("ms", ">u4"), ("ask", ">u4"), ("bid", ">u4"), ("ask_size", ">f4"), ("bid_size", ">f4")])
    hours = [np.frombuffer(lzma.decompress((folder / f"{h:02}h_ticks.bi5").read_bytes()), record) for h in range(24)]
    time_ns = np.concatenate([h * 3_600_000 + rows["ms"].astype(np.int64) for h, rows in enumerate(hours)]) * 1_000_000
    rows = np.concatenate(hours)
    ticks = trades(np.append(time_ns, DAY_NS), np.append(rows["bid"] / 1e5, 1), np.append(rows["bid_size"], 1))
    bars = uncut(ticks, "time", 60)
    layout = np.dtype([(name, ">u4") for name in ("second", "open", "close", "low", "high")] + [("volume", ">f4")])
    candles = np.frombuffer(lzma.decompress((folder / "BID_candles_min_1.bi5").read_bytes()), layout)
    candles = candles[np.isin(candles["second"], bars["opened_at"].dt.timestamp("ns") // (60 * SECOND_NS) * 60)]
    assert candles.size == bars.height > 1_400
    for name in ("open", "high", "low", "close"):
        assert (bars[name] * 1e5).round().cast(pl.Int64).to_list() == candles[name].tolist(), name
    assert bars["volume"].to_numpy() == pytest.approx(candles["volume"], rel=1e-4)
