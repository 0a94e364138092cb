"""Ticks of the archives: row counts, clocks and quirks of the real files, and rows made by hand."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from assay.errors import DataError
from assay.sources.lean.consolidated import consolidated
from assay.tables.flags import Flag, flagged
from assay.tables.ticks import QUOTES, TRADES
from tests.sources.lean.conftest import decoded, lean, loaded, zipped

QUOTE_FILE = "equity/usa/tick/aig/20131007_quote.zip"


def forex(shared, venue):
    return loaded(lean("quotes", "EURUSD", shared / "lean", market=f"forex/{venue}"))


def test_fxcm_has_the_rows_the_clock_and_the_crossed_quotes_of_the_readme(shared):
    frame, counts = forex(shared, "fxcm")
    assert frame.schema == QUOTES.empty().schema
    assert frame.height == 1_144_807
    assert counts == {"days_without_file": 2}
    assert frame.filter(pl.col("ask") < pl.col("bid")).height == 116_871
    assert frame.filter(pl.col("ask") == pl.col("bid")).height == 142_462
    assert frame["time"][0] == datetime(2014, 5, 1, 5, 0, 1, 787_000, UTC)
    assert frame["time"].diff().max().total_seconds() // 3600 == 46


def test_oanda_has_the_rows_and_the_equal_times_of_the_readme(shared):
    frame, _ = forex(shared, "oanda")
    assert frame.height == 532_903
    assert (frame["time"].diff().dt.total_nanoseconds() == 0).sum() == 4_494
    assert frame.height - frame.n_unique() == 12
    assert frame.filter(pl.col("ask") < pl.col("bid")).height == 0
    assert frame.select((pl.col("ask") - pl.col("bid")).median()).item() == pytest.approx(1.1e-4)


def minute_returns(frame):
    mid = frame.group_by_dynamic("time", every="1m").agg(((pl.col("bid") + pl.col("ask")) / 2).last().alias("mid"))
    return mid.select("time", (pl.col("mid") / pl.col("mid").shift(1) - 1).alias("return"))


def test_fxcm_and_oanda_move_together_at_no_other_shift_than_the_declared_clock(shared):
    ours, theirs = (minute_returns(forex(shared, venue)[0]) for venue in ("fxcm", "oanda"))
    for hours in (-5, -1, 0, 1):
        moved = ours.with_columns(pl.col("time") + pl.duration(hours=hours, time_unit="ns"))
        correlation = moved.join(theirs, on="time").select(pl.corr("return", "return_right")).item()
        assert correlation > 0.97 if hours == 0 else abs(correlation) < 0.05


@pytest.mark.parametrize(
    ("symbol", "n_rows", "n_flagged"), [("AIG", 206_337, 0), ("BAC", 573_620, 0), ("SPY", 1_887_460, 10)]
)
def test_trades_have_the_rows_of_the_readme_and_the_suspicious_ones_that_awk_counts(shared, symbol, n_rows, n_flagged):
    frame, _ = loaded(lean("trades", symbol, shared / "lean", market="equity/usa"))
    assert frame.schema == TRADES.empty().schema
    assert frame.height == n_rows
    assert frame.filter(flagged(Flag.VENUE)).height == n_flagged
    assert frame["time"].diff().dt.total_nanoseconds().min() >= 0
    hours = frame["time"].dt.convert_time_zone("America/New_York").dt.hour()
    assert (hours.min(), hours.max()) == (4, 19)
    assert frame["side"].unique().to_list() == [0]


def one_day(shared, symbol, day):
    midnight = datetime.fromisoformat(day)
    bounds = {"start": f"{midnight:%Y-%m-%d}T05:00:00", "end": f"{midnight:%Y-%m-%d}T23:00:00"}
    return loaded(lean("quotes", symbol, shared / "lean", **bounds, market="equity/usa"))


def test_best_quotes_of_bac_are_a_market_with_trades_inside_it(shared):
    """The tape against the consolidated quotes: an independent witness of the rule by which old quotes are gone."""
    quotes, counts = one_day(shared, "BAC", "2013-10-07")
    assert quotes.height + counts["quotes_without_both_sides"] == 476_855
    assert quotes.filter(pl.col("bid") >= pl.col("ask")).height == 0
    open_hours = pl.col("time").dt.convert_time_zone("America/New_York").dt.hour().is_between(10, 15)
    assert quotes.filter(open_hours).select((pl.col("ask") - pl.col("bid")).median()).item() == pytest.approx(0.01)
    trades, _ = loaded(lean("trades", "BAC", shared / "lean", market="equity/usa"))
    tape = trades.filter(open_hours, pl.col("time") < quotes["time"][-1], pl.col("size") >= 100)
    joined = tape.join_asof(quotes, on="time", strategy="backward")
    inside = pl.col("price").is_between(pl.col("bid") - 0.0101, pl.col("ask") + 0.0101)
    assert joined.select(inside.mean()).item() > 0.97


@pytest.mark.slow
@pytest.mark.parametrize(("symbol", "n_rows", "n_flagged"), [("AIG", 6_147_113, 1), ("BAC", 2_751_147, 0)])
def test_every_quote_of_the_readme_is_delivered_or_counted(shared, symbol, n_rows, n_flagged):
    frame, counts = loaded(lean("quotes", symbol, shared / "lean", market="equity/usa"))
    assert frame.height + counts["quotes_without_both_sides"] == n_rows
    assert frame.filter(pl.col("bid") >= pl.col("ask")).height == 0
    assert frame.filter(flagged(Flag.VENUE)).height == n_flagged


def brute_force(rows, n_exchanges):
    """Last quotes of every exchange in dictionaries; what a newer quote meets or passes is deleted."""
    bids, asks, best = {}, {}, []
    for who, bid, bid_size, ask, ask_size in rows:
        if bid:
            bids[who] = (bid, bid_size)
            asks = {k: v for k, v in asks.items() if v[0] > bid}
        if ask:
            asks[who] = (ask, ask_size)
            bids = {k: v for k, v in bids.items() if v[0] < ask}
        top, low = max((b for b, _ in bids.values()), default=0), min((a for a, _ in asks.values()), default=np.inf)
        sizes = (sum(s for b, s in bids.values() if b == top), sum(s for a, s in asks.values() if a == low))
        best.append((top, sizes[0], low, sizes[1]))
    return best


def test_consolidated_against_brute_force():
    generator = np.random.default_rng(3)
    n = 2_000
    is_bid = generator.random(n) < 0.5
    price = generator.integers(95, 106, n) + np.where(is_bid, -1.0, 1.0)
    size = generator.integers(1, 9, n) * 100.0
    who = generator.integers(0, 5, n)
    columns = [
        np.where(is_bid, price, 0),
        np.where(is_bid, size, 0),
        np.where(is_bid, 0, price),
        np.where(is_bid, 0, size),
    ]
    best, both = consolidated(who, *columns, 5)
    expected = np.array(brute_force(list(zip(who, *columns, strict=True)), 5))
    assert both.tolist() == ((expected[:, 0] > 0) & (expected[:, 2] < np.inf)).tolist()
    assert best[both].tolist() == expected[both].tolist()


def test_best_quotes_by_hand():
    rows = [
        "34200000,494100,300,0,0,P,1,0",
        "34200000,0,0,494300,200,P,1,0",
        "34200001,494100,500,0,0,Q,1,0",
        "34200002,494200,100,0,0,N,1,0",
        "34200003,494300,700,0,0,Q,1,1",
        "34200004,0,0,494400,100,N,1,1",
    ]
    frame, counts = decoded(zipped("\n".join(rows), "20131007_aig_Quote_Tick.csv"), "quotes", path=QUOTE_FILE)
    assert frame.select("bid", "bid_size", "ask", "ask_size", "flags").rows() == [
        (49.41, 300.0, 49.43, 200.0, 0),
        (49.41, 800.0, 49.43, 200.0, 0),
        (49.42, 100.0, 49.43, 200.0, 0),
        (49.43, 700.0, 49.44, 100.0, int(Flag.VENUE)),
    ]
    assert counts == {"quotes_without_both_sides": 2}
    assert frame["time"][0] == datetime(2013, 10, 7, 13, 30, tzinfo=UTC)


def test_a_suspicious_trade_is_flagged():
    frame, _ = decoded(zipped("14400688,491800,300,P,2000,0\r\n14581540,488700,2000,Q,20002020,1"))
    assert frame["flags"].to_list() == [0, int(Flag.VENUE)]
    assert frame["price"].to_list() == [49.18, 48.87]
    assert frame["time"][0] == datetime(2013, 10, 7, 8, 0, 0, 688_000, UTC)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"no zip", "must be a whole zip"),
        (zipped("1,2", more=("b.csv",)), "must hold one file"),
        (zipped("1,2,3,P"), r"suspicious|rows hold|must be there"),
        (zipped("1,two,3,P,2000,0"), "rows hold ms, price"),
        (zipped("86400000,2,3,P,2000,0"), "row 1: milliseconds lie inside the day; found 86400000 "),
        (zipped("1,2,,P,2000,0"), "row 1: size must be there"),
        (zipped("1,2,nan,P,2000,0"), "row 1: size must be there"),
        (zipped("\0" * 100), "must be text"),
        (zipped(b"\0" * 300_000_000), "must unpack to"),
        (zipped("1,2,3,P,2000,0")[:-30], "must be a whole zip"),
    ],
)
def test_damaged_archives_are_refused_in_one_line(raw, message):
    with pytest.raises(DataError, match=message) as refused:
        decoded(raw)
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith("equity/usa/tick/aig/20131007_trade.zip")


def test_a_wrong_checksum_inside_the_zip_is_refused():
    raw = bytearray(zipped("14400688,491800,300,P,2000,0\n" * 50))
    raw[60] ^= 1
    with pytest.raises(DataError, match="must be a whole zip"):
        decoded(bytes(raw))


def test_more_exchanges_than_there_are_is_refused():
    rows = "\n".join(f"{k},1,1,0,0,X{k},1,0" for k in range(65))
    with pytest.raises(DataError, match="64 exchanges"):
        decoded(zipped(rows), "quotes", path=QUOTE_FILE)


def test_a_day_without_a_file_is_counted():
    frame, counts = decoded(b"")
    assert frame.height == 0
    assert counts == {"days_without_file": 1}
