"""Dukascopy's real files: counts and quirks of the README, and its candles against its own ticks."""

from datetime import UTC, datetime
from functools import cache

import polars as pl
import pytest

from assay.sources.dukascopy import VENUE
from assay.tables.flags import Flag, flagged
from assay.tables.ohlcv import OHLCV
from assay.tables.ticks import QUOTES
from tests.sources.feeds import feed

FOUR = ("open", "high", "low", "close")


def decoded(wanted, cached=None):
    """Decode the pieces of a feed from its raw cache."""
    pieces = VENUE.pieces(wanted)
    frames = [VENUE.decode((cached / piece.path).read_bytes(), piece, wanted) for piece in pieces]
    return pl.concat([frame for frame, _ in frames]), [rules for _, rules in frames]


@cache
def eurusd(shared):
    cached = shared / "dukascopy"
    return decoded(feed("dukascopy", "quotes", "EURUSD", "2019-02-04", "2019-02-06", root=cached), cached)[0]


def bars(shared, interval, start, end):
    cached = shared / "dukascopy"
    wanted = feed("dukascopy", "ohlcv", "EURUSD", start, end, root=cached, interval=interval)
    return OHLCV.check(decoded(wanted, cached)[0], "EURUSD")


def test_eurusd_has_the_266219_ticks_of_the_readme(shared):
    """README: 136,741 on the 4th and 129,478 on the 5th; no equal or falling times, no crossed quotes."""
    ticks = QUOTES.check(eurusd(shared), "EURUSD")
    by_day = ticks.group_by(pl.col("time").dt.day().alias("day")).len().sort("day")
    assert by_day.rows() == [(4, 136_741), (5, 129_478)]
    assert ticks.height == 266_219
    assert ticks["time"].diff().dt.total_nanoseconds().min() > 0
    assert not ticks.select((pl.col("bid") > pl.col("ask")).any()).item()


def test_gbpjpy_has_the_456_files_816421_ticks_and_142_empty_files_of_the_readme(shared):
    cached = shared / "dukascopy"
    frame, rules = decoded(feed("dukascopy", "quotes", "GBPJPY", root=cached), cached)
    assert (len(rules), sum(rule["closed_hours"] for rule in rules)) == (456, 142)
    assert frame.height == 816_421
    assert frame["bid"].is_between(128, 138).all()
    assert frame["time"].diff().dt.total_nanoseconds().min() > 0
    assert frame.filter(pl.col("bid") > pl.col("ask")).height == 0


def hour_of(path):
    """Return the hour that a path means: months count from 00."""
    year, month, day, name = path.parts[-4:]
    return datetime(int(year), int(month) + 1, int(day), int(name[:2]), tzinfo=UTC)


def test_empty_files_are_the_hours_of_the_weekend_and_no_others(shared):
    """README: Saturdays, Sundays before 22:00, Fridays from 22:00."""
    files = sorted((shared / "dukascopy" / "GBPJPY").rglob("*_ticks.bi5"))
    closed = {path for path in files if is_weekend(hour_of(path))}
    assert closed == {path for path in files if path.stat().st_size == 0}
    assert (shared / "dukascopy" / "empty.bi5").stat().st_size == 0


def is_weekend(hour):
    friday, saturday, sunday = 4, 5, 6
    late = hour.hour >= 22
    return hour.weekday() == saturday or (hour.weekday(), late) in {(friday, True), (sunday, False)}


@pytest.mark.parametrize("day", [4, 5])
def test_bid_minutes_equal_dukascopy_own_candles_in_1440_of_1440(shared, day):
    theirs = bars(shared, "1m", f"2019-02-0{day}", f"2019-02-0{day + 1}")
    bid = pl.col("bid")
    made = eurusd(shared).group_by(opened_at=pl.col("time").dt.truncate("1m"), maintain_order=True)
    ours = made.agg(
        bid.first().alias("open"), bid.max().alias("high"), bid.min().alias("low"), bid.last().alias("close")
    )
    both = theirs.join(ours, "opened_at", "left", suffix="_ours")
    last = pl.col("close_ours").forward_fill()
    equal = [pl.col(name) == pl.col(f"{name}_ours").fill_null(last) for name in FOUR]
    assert theirs.height == 1440
    assert both.select(pl.all_horizontal(equal).sum()).item() == 1440


def test_volume_of_a_candle_is_the_sum_of_the_bid_sizes(shared):
    theirs = bars(shared, "1m", "2019-02-04", "2019-02-05")["volume"]
    day = eurusd(shared).filter(pl.col("time").dt.day() == 4)
    ours = day.group_by(pl.col("time").dt.truncate("1m"), maintain_order=True).agg(pl.col("bid_size").sum())
    assert (theirs.filter(theirs > 0) / ours["bid_size"] - 1).abs().max() < 1e-6


@pytest.mark.parametrize(
    ("interval", "start", "end", "counts", "n_flat"),
    [("1h", "2019-01-01", "2019-03-01", [744, 672], 214 + 192), ("1d", "2018-01-01", "2020-01-01", [365, 365], 104)],
)
def test_longer_candles_have_the_rows_of_the_readme_and_flags_where_nothing_was_traded(
    shared, interval, start, end, counts, n_flat
):
    frame = bars(shared, interval, start, end)
    flat = frame.filter(flagged(Flag.FLAT))
    by_file = frame.group_by(pl.col("opened_at").dt.truncate("1y" if interval == "1d" else "1mo"), maintain_order=True)
    assert (by_file.len()["len"].to_list(), flat.height) == (counts, n_flat)
    assert (flat["open"] == flat["close"]).all()
    assert frame["opened_at"][0] == frame["opened_at"].dt.replace_time_zone("UTC")[0]
    assert (frame["opened_at"][1:] == frame["closed_at"][:-1]).all()


def test_hours_are_made_of_minutes(shared):
    hour = bars(shared, "1h", "2019-02-01", "2019-03-01").filter(pl.col("opened_at").dt.day() == 4)
    made = bars(shared, "1m", "2019-02-04", "2019-02-05").group_by_dynamic("opened_at", every="1h")
    ours = made.agg(pl.col("open").first(), pl.col("high").max(), pl.col("low").min(), pl.col("close").last())
    assert hour.select("opened_at", *FOUR).equals(ours)
