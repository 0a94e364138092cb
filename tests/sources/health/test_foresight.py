"""What is looked at, and how: ticks by seconds and by rows, stretches of long tables, the wanted range."""

from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from assay.sources.decode.chunk import Chunk
from assay.sources.health import foresight
from assay.sources.health.foresight import Foresight, told
from assay.sources.health.look_ahead import LAGS
from assay.sources.params import FeedParams
from assay.sources.venue import Feed
from assay.tables.kinds import TABLES
from tests.sources.files.loaded import load
from tests.sources.health.ahead import SECOND, N, ahead, found, market, named, table

BARS = market()
CLOSE = BARS["close"]


def quotes(n=20_000, seed=1):
    """Return a mid on a grid whose next step the sizes tell in two cases of three, as real ones do."""
    draw = np.random.default_rng(seed)
    tilt = draw.uniform(-1, 1, n)
    up = np.where(draw.uniform(size=n) < 2 / 3, np.sign(tilt), draw.choice([-1.0, 1.0], n))
    mid = 50_000.0 + np.append(0.0, np.cumsum(up * (draw.uniform(size=n) < 0.3)))[:-1]
    return {"bid": mid - 0.5, "ask": mid + 0.5, "bid_size": 1.0 + tilt, "ask_size": 1.0 - tilt}


def trades(n=20_000, seed=2):
    """Return prices that bounce from bid to ask, with the sides that a buyer and a seller took."""
    draw = np.random.default_rng(seed)
    side = draw.choice([-1, 1], n)
    return {"price": 5_000.0 + np.cumsum(draw.normal(0, 0.2, n)) + 0.5 * side, "side": side}


TICKS = {
    "quotes": (quotes(), lambda one: 0.5 * (one["bid"] + one["ask"])),
    "trades": (trades(), lambda one: one["price"]),
}


@pytest.mark.parametrize("kind", TICKS)
@pytest.mark.parametrize(
    ("knows", "words"),
    [
        (lambda mid: ahead(mid) - mid, "1 row later"),
        (lambda mid: ahead(mid, 2), "2 rows later"),
        (lambda mid: ahead(mid, 5) - mid, "over the next 5 rows"),
        (lambda mid: ahead(mid, 60) - mid, "60 s later"),
        (lambda mid: ahead(mid, 100) - mid, "over the next 100 s"),
    ],
)
def test_a_column_beside_ticks_that_knows_later_ones_is_found(kind, knows, words):
    columns, mid = TICKS[kind]
    (one,) = found(kind, table(kind, columns), pl.DataFrame({"signal": knows(mid(columns))}))
    assert one.column == "signal"
    assert one.ahead == words


def test_a_column_beside_books_that_knows_later_ones_is_found():
    mid = quotes(2_000)["bid"] + 0.5
    rows = table("book", {"bid_prices": [[p - 0.5] for p in mid], "ask_prices": [[p + 0.5] for p in mid]})
    assert named("book", rows, {"signal": ahead(mid) - mid, "seq": np.arange(2_000)}) == ["signal"]


def test_what_sizes_sides_and_the_bounce_honestly_tell_of_the_next_tick_is_no_fault():
    one = quotes()
    told_by_sizes = {"tilt": one["bid_size"] - one["ask_size"], "micro": one["bid"] + 0.5 * one["bid_size"]}
    assert named("quotes", table("quotes", one), told_by_sizes) == []
    one = trades()
    last = np.append(0.0, np.diff(one["price"]))
    assert named("trades", table("trades", one), {"buyer": one["side"], "last": last}) == []


@pytest.mark.parametrize("kind", ["quotes", "trades", "book", "liquidations"])
def test_of_ticks_without_further_columns_nothing_is_gathered(kind):
    looking = Foresight(Feed(FeedParams(source="files", path="x"), kind, "X", "X", None, Path(), None, None))
    looking.look_at(Chunk("a", "a", "", TABLES[kind].empty()))
    assert looking.findings() == []
    assert vars(looking)["_seen"] == []


def test_pieces_order_and_range_change_nothing_but_what_is_looked_at():
    frame, extra = table("ohlcv", BARS), pl.DataFrame({"signal": ahead(CLOSE) - CLOSE})
    whole = found("ohlcv", frame, extra)
    assert found("ohlcv", frame, extra, cuts=(1, 700, 701)) == whole
    assert found("ohlcv", frame[::-1], extra[::-1]) == whole
    assert found("ohlcv", frame, extra, end_ns=99 * SECOND) == []
    late = pl.DataFrame({"signal": np.where(np.arange(N) < 1_500, ahead(CLOSE) - CLOSE, 0.0)})
    assert found("ohlcv", frame, late, start_ns=1_500 * SECOND) == []
    assert len(found("ohlcv", frame, late, end_ns=1_500 * SECOND)) == 1


@pytest.mark.parametrize(("rows", "numbers"), [(1_500, 1 << 24), (N, 1_500 * 10)])
def test_no_more_is_gathered_than_memory_may_hold(monkeypatch, rows, numbers):
    """A column that knows the future only beyond that is not seen; one that does before it is."""
    monkeypatch.setattr(foresight, "MOST_ROWS", rows)
    monkeypatch.setattr(foresight, "MOST_NUMBERS", numbers)
    frame, first = table("ohlcv", BARS), np.arange(N) < 1_500
    for early, expected in ((first, 1), (~first, 0)):
        signal = pl.DataFrame({"signal": np.where(early, ahead(CLOSE) - CLOSE, 0.0)})
        assert len(found("ohlcv", frame, signal, cuts=(700, 1_499, 1_600))) == expected


def test_of_long_tables_stretches_are_looked_at_that_no_lag_joins(monkeypatch):
    monkeypatch.setattr(foresight, "WINDOW", 10)
    kept = foresight.stretches({"x": np.arange(100.0)})["x"]
    expected = [*range(10), *range(30, 40), *range(60, 70), *range(90, 100)]
    assert kept[np.isfinite(kept)].tolist() == expected
    assert np.diff(np.flatnonzero(np.isfinite(kept))).max() == max(LAGS) + 2
    assert foresight.stretches({"x": np.arange(40.0)})["x"].size == 40


def test_a_finding_is_one_sentence():
    (one,) = found("ohlcv", table("ohlcv", {**BARS, "buy_volume": ahead(BARS["buy_volume"])}))
    assert told(one) == (
        f"look-ahead: the change of buy_volume has a rank correlation of {one.correlation:.2f} with the move of volume "
        f"1 row later, of {one.past:.2f} at most with those before"
    )
    assert one.correlation > 0.6
    assert abs(one.past) < 0.3


REAL = partial(pytest.param, marks=pytest.mark.slow)


@pytest.mark.parametrize(
    ("path", "params"),
    [
        REAL("binance_um_oi/BTCUSDT_5m_oi.parquet", {}),
        REAL("binance_um_oi/BTCUSDT_5m_oi.parquet", {"kind": "open_interest"}),
        REAL("bitmex/XBTUSD_1m_2018.parquet", {}),
        ("bitfinex/bitfinex-1h-btc-usd.csv", {}),
        ("equity_daily/backtrader_orcl-1995-2014.txt", {}),
        ("freqtrade/XRP_ETH-1m.feather", {}),
        ("freqtrade/XRP_ETH-trades.feather", {}),
        ("binance_lob/trades_btc_fut_2026-02-16_04.parquet", {"columns": {"time": "exch_ts_ms"}}),
        ("binance_lob/lobdeep_btc_fut_2026-02-16_04.parquet", {"columns": {"time": "exch_ts_ms"}, "kind": "book"}),
    ],
)
def test_real_data_is_honest(shared, path, params):
    loaded = load(shared / path, **params)
    assert found(loaded.kind, loaded.frame, loaded.extra) == []
