from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.market.calendars import MINUTE_NS, Calendar, calendar
from assay.sources.health.gaps import N_LONGEST
from assay.sources.health.part import part
from assay.sources.health.report import merged
from assay.sources.rules import Checker
from assay.sources.rules.severity import RuleParams
from assay.tables.flags import Flag
from assay.tables.kinds import TABLES

from .conftest import NO_FLAGS, TIME, bars_of, quotes_of

HOUR = 60 * MINUTE_NS
DAY = 24 * HOUR
SECOND = MINUTE_NS // 60


def ns(text: str) -> int:
    return int(np.datetime64(text, "ns").astype(np.int64))


FRIDAY = ns("2019-03-08T21:00")


def health(frame, kind="quotes", name="24/5", tick_size=1e-5, **more) -> dict:
    found = calendar(name) if isinstance(name, str) else name
    return merged([part(frame, kind, found, tick_size)], kind, found, {}, frame.height, **more)


def test_gaps_and_coverage_by_hand():
    """Friday 21:00 and 21:01, then Monday 00:00: open are one hour of Friday and three of Sunday (winter time ends)."""
    frame = quotes_of([FRIDAY + SECOND, FRIDAY + MINUTE_NS + SECOND, FRIDAY + 51 * HOUR])
    report = health(frame)
    assert report["gaps"] == {
        "least_seconds": 60.0,
        "n": 2,
        "open_seconds": 60 + 58 * 60 + 59 + 3 * 3600,
        "longest": [
            {
                "begin": "2019-03-08T21:01:01.000000000Z",
                "end": "2019-03-11T00:00:00.000000000Z",
                "open_seconds": 58 * 60 + 59 + 3 * 3600,
            },
            {"begin": "2019-03-08T21:00:01.000000000Z", "end": "2019-03-08T21:01:01.000000000Z", "open_seconds": 60.0},
        ],
    }
    assert report["coverage"] == {
        "n_open_minutes": 60 + 180 + 1,
        "n_open_minutes_with_row": 3,
        "share": 3 / 241,
        "n_rows_closed": 0,
    }
    assert report["days"] == {"first": "2019-03-08", "n_rows": [2, 0, 0, 1], "without_row": ["2019-03-10"]}
    assert (report["first"], report["last"]) == ("2019-03-08T21:00:01.000000000Z", "2019-03-11T00:00:00.000000000Z")


def test_the_edges_of_the_wanted_range_are_gaps_too():
    frame = quotes_of(FRIDAY + np.arange(10) * 30 * SECOND)
    assert health(frame)["gaps"]["n"] == 0
    report = health(frame, start_ns=FRIDAY - 2 * HOUR, end_ns=FRIDAY + 40 * HOUR)
    assert [gap["open_seconds"] for gap in report["gaps"]["longest"]] == [7200.0, 3600.0 - 270.0]
    assert report["coverage"]["n_open_minutes"] == 180


def checked(frame, kind):
    """Return rows as the check leaves them: those that break a rule stay, with its flag."""
    checker = Checker(kind, RuleParams(crossed_quotes="keep"))
    return pl.concat([checker.push(frame, "rows"), checker.finish()])


def test_rows_in_closed_hours_duplicates_and_touches_by_hand():
    times = FRIDAY + np.array([0, 0, 0, 10, 7200, 7201]) * SECOND
    frame = quotes_of(times, [1.1, 1.1, 1.2, 1.2, 1.2, 1.2], [1e-5, 1e-5, 0.0, -1e-5, 2e-5, 2e-5])
    report = health(checked(frame, "quotes"))
    assert (report["n_equal_times"], report["n_equal_rows"]) == (2, 1)
    assert (report["n_crossed"], report["n_locked"]) == (1, 1)
    assert report["coverage"]["n_rows_closed"] == 2


def test_flags_and_outliers_are_counted_and_named():
    flags = np.where(np.arange(100) % 4 == 3, int(Flag.OUTLIER | Flag.VENUE), 0)
    report = health(quotes_of(FRIDAY + np.arange(100) * SECOND, flags=flags))
    others = dict.fromkeys(("duplicate", "locked", "range", "flat", "crossed"), 0)
    assert report["flags"] == {**others, "outlier": 25, "venue": 25}
    assert report["outliers"]["n"] == 25
    assert report["outliers"]["first"][:2] == ["2019-03-08T21:00:03.000000000Z", "2019-03-08T21:00:07.000000000Z"]
    assert len(report["outliers"]["first"]) == 20


def test_the_spread_of_each_hour_is_its_median():
    generator = np.random.default_rng(7)
    times = np.sort(FRIDAY - 4 * HOUR + generator.integers(0, 4 * HOUR, 2_001))
    ticks = generator.integers(1, 40, times.size)
    frame = quotes_of(times, spread=ticks * 1e-5)
    found = health(frame)["spread_by_hour"]
    hours = times // HOUR % 24
    expected = [
        np.quantile(ticks[hours == h], 0.5, method="inverted_cdf") if (hours == h).any() else None for h in range(24)
    ]
    assert found == {"unit": "ticks", "median": expected}
    assert (
        health(quotes_of(times, np.full(times.size, 0.99995), 1e-4), tick_size=None)["spread_by_hour"]["median"][20]
        == 1.0
    )


def test_a_missing_bar_is_a_gap_and_a_missing_day_is_one():
    minutes = np.delete(FRIDAY - 2 * HOUR + np.arange(60) * MINUTE_NS, [20, 21])
    report = health(bars_of(minutes, MINUTE_NS), "ohlcv")
    assert [gap["open_seconds"] for gap in report["gaps"]["longest"]] == [120.0]
    assert report["coverage"]["share"] == 58 / 60
    # 2019-07-03 closes at 13:00, the 4th is a holiday; the 2nd is missing.
    days = np.array([ns(f"2019-07-{day}") for day in ("01", "03", "05", "08")])
    report = health(bars_of(days, DAY), "ohlcv", "XNYS")
    assert [gap["begin"][:10] for gap in report["gaps"]["longest"]] == ["2019-07-02"]
    assert health(bars_of(np.delete(days, 1), DAY), "ohlcv", "XNYS")["gaps"]["n"] == 1


def test_context_keeps_its_own_pace():
    hours = np.delete(np.arange(0, 400, 8), [7, 8])
    frame = pl.DataFrame({"time": pl.Series(ns("2022-01-01") + hours * HOUR + 3 * 10**6).cast(TIME)}).with_columns(
        pl.col("time").alias("known_at"), pl.lit(1e-4).alias("rate"), pl.lit(float("nan")).alias("mark_price"), NO_FLAGS
    )
    report = health(TABLES["funding"].check(frame, "test"), "funding", "24/7")
    assert [gap["open_seconds"] / 3600 for gap in report["gaps"]["longest"]] == [24.0]
    assert report["coverage"] is None
    assert report["findings"] == []


@pytest.mark.parametrize("kind", list(TABLES))
def test_every_kind_may_be_empty(kind):
    found = calendar("24/7")
    empty = part(TABLES[kind].empty(), kind, found)
    report = merged([empty, empty], kind, found, {"late_rows_dropped": 3}, 3)
    assert report["rows"] == {"in": 3, "out": 0, "by_rule": {"late_rows_dropped": 3}}
    assert (report["first"], report["days"]["n_rows"], report["findings"]) == (None, [], [])


def test_books_are_looked_at_by_their_best_level():
    at = pl.Series([FRIDAY, FRIDAY + 1]).cast(TIME)
    sides = {
        "bid_prices": [[3.0, 2.0], [4.0]],
        "bid_sizes": [[1.0, 1.0], [1.0]],
        "ask_prices": [[4.0], [4.0]],
        "ask_sizes": [[1.0], [1.0]],
    }
    frame = checked(pl.DataFrame({"time": at, "known_at": at, **sides}).with_columns(NO_FLAGS), "book")
    assert (health(frame, "book")["n_crossed"], health(frame, "book")["n_locked"]) == (0, 1)


@st.composite
def streams(draw):
    """Return quotes of some days about a week-end, many of them at one instant, and places to cut them at."""
    seed, n = draw(st.integers(0, 2**32)), draw(st.integers(1, 120))
    generator = np.random.default_rng(seed)
    steps = generator.choice([0, 1, 20, 90, 7_000, 40_000], n, p=[0.3, 0.2, 0.2, 0.1, 0.1, 0.1])
    times = FRIDAY - 10 * HOUR + np.cumsum(steps) * SECOND
    bids = generator.choice([1.1, 1.2], n)
    flags = generator.choice([0, int(Flag.OUTLIER)], n)
    frame = quotes_of(times, bids, generator.choice([0.0, 1e-5, 2e-5], n), flags)
    return frame, sorted(draw(st.lists(st.integers(0, n), max_size=6)))


@settings(deadline=None, max_examples=25)
@given(streams(), st.booleans())
def test_parts_add_up_wherever_they_are_cut(stream, bounded):
    frame, cuts = stream
    found: Calendar = calendar("24/5")
    edges = [0, *cuts, frame.height]
    bounds = {"start_ns": FRIDAY - 20 * HOUR, "end_ns": FRIDAY + 30 * DAY} if bounded else {}
    pieces = [part(frame[a:b], "quotes", found, 1e-5) for a, b in pairwise(edges)]
    pieces = json.loads(json.dumps(pieces))
    whole = merged([part(frame, "quotes", found, 1e-5)], "quotes", found, {}, frame.height, **bounds)
    assert merged(pieces, "quotes", found, {}, frame.height, **bounds) == whole
    json.dumps(whole, allow_nan=False)


@settings(deadline=None, max_examples=40)
@given(streams())
def test_gaps_brute_force(stream):
    frame, _ = stream
    minutes = calendar("24/5")
    times = frame["time"].to_physical().to_numpy()
    expected = []
    for begin, end in pairwise(times):
        inside = minutes.open_intervals(int(begin), int(end)) if end > begin else np.empty((0, 2))
        expected.append(int((inside[:, 1] - inside[:, 0]).sum()))
    long = sorted((one for one in expected if one >= MINUTE_NS), reverse=True)
    report = health(frame)["gaps"]
    assert report["n"] == len(long)
    assert report["open_seconds"] == sum(long) / 1e9
    assert [gap["open_seconds"] for gap in report["longest"]] == [one / 1e9 for one in long[:N_LONGEST]]


# README of the data: 116,871 rows crossed, 142,462 locked; 4,494 rows at the ms of the row before.
def test_the_quirks_of_two_brokers_are_counted(fx):
    fxcm, oanda = (health(checked(fx(broker), "quotes")) for broker in ("fxcm", "oanda"))
    assert (fxcm["n_crossed"], fxcm["n_locked"]) == (116_871, 142_462)
    assert (oanda["n_crossed"], oanda["n_equal_times"]) == (0, 4_494)
    assert fxcm["rows"]["out"] == sum(fxcm["days"]["n_rows"]) == 1_144_807
    assert min(oanda["spread_by_hour"]["median"]) == 11.0
    assert fxcm["findings"] == [
        "clock: 1.0% of rows in summer lie in closed hours of 24/5; +5 h on all times leaves 0.1%"
    ]
    assert oanda["findings"] == []
