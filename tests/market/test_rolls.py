from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError
from assay.market.rolls import continuous, front

DAY = 86_400 * 10**9
FOREVER = 2**62


def rows(name, sessions, closes, volume, open_interest=None) -> pl.DataFrame:
    sessions = np.asarray(sessions, np.int64)
    closes = np.asarray(closes, np.float64)
    return pl.DataFrame(
        {
            "contract": [name] * sessions.size,
            "session": sessions,
            "opened_at": pl.Series(sessions * DAY).cast(pl.Datetime("ns", "UTC")),
            "open": closes - 0.25,
            "high": closes + 1.0,
            "low": closes - 1.0,
            "close": closes,
            "volume": np.asarray(volume, np.float64),
            "open_interest": np.asarray(volume if open_interest is None else open_interest, np.float64),
        }
    )


EXPIRIES = {"H": 4, "M": 9}
TWO = pl.concat(
    [
        rows("H", [0, 1, 2, 3, 4], [100, 101, 102, 103, 104], [9, 8, 4, 2, 1]),
        rows("M", [1, 2, 3, 4, 5, 6], [111, 112, 113, 114, 115, 116], [1, 5, 7, 8, 9, 9]),
    ]
)


def held(frame, rule, days=0, expiries=EXPIRIES) -> list[str]:
    return front(frame, expiries, rule, days)["contract"].to_list()


def test_rules_by_hand():
    assert held(TWO, "days_before_expiry", 2) == ["H", "H", "M", "M", "M", "M", "M"]
    assert held(TWO, "days_before_expiry", 0) == ["H", "H", "H", "H", "M", "M", "M"]
    # M's volume first exceeds H's in session 2, so it is held from session 3 on.
    assert held(TWO, "volume") == ["H", "H", "H", "M", "M", "M", "M"]
    assert held(TWO, "open_interest") == ["H", "H", "H", "M", "M", "M", "M"]


def test_a_contract_is_never_held_after_its_expiry():
    quiet = pl.concat([rows("H", range(5), range(100, 105), [9] * 5), rows("M", range(7), range(110, 117), [1] * 7)])
    assert held(quiet, "volume") == ["H"] * 5 + ["M"] * 2


def test_a_contract_without_rows_is_refused_where_it_would_be_held_and_only_there():
    """X lies between H and M, and has an expiry but no rows: its sessions would be of nobody."""
    found = r"must have rows where they are held.*none of X.*held in [12] sessions from 1970-01-0[56]"
    for rule in ("days_before_expiry", "volume"):
        with pytest.raises(DataError, match=found):
            held(TWO, rule, expiries={"H": 4, "X": 6, "M": 9})
        assert held(TWO, rule, expiries=EXPIRIES | {"OLD": -9, "NEW": 30}) == held(TWO, rule)


def test_adjustments_by_hand():
    chain = front(TWO, EXPIRIES, "volume")
    raw = continuous(TWO, chain, "none", FOREVER)
    assert raw["close"].to_list() == [100, 101, 102, 113, 114, 115, 116]
    assert raw["contract"].to_list() == ["H"] * 3 + ["M"] * 4
    assert raw["rolled"].to_list() == [False] * 3 + [True] + [False] * 3
    # Closes of session 2, the last before the roll: 102 and 112.
    assert continuous(TWO, chain, "difference", FOREVER)["close"].to_list() == [110, 111, 112, 113, 114, 115, 116]
    assert continuous(TWO, chain, "ratio", FOREVER)["close"][:3].to_list() == pytest.approx(
        [100 * 112 / 102, 101 * 112 / 102, 112]
    )
    assert continuous(TWO, chain, "difference", FOREVER)["step"].to_list() == [None] * 3 + [10.0] + [None] * 3
    assert continuous(TWO, chain, "difference", 3 * DAY - 1).equals(raw)


def test_value_and_vwap_follow_the_price_and_differences_of_prices_do_so_by_ratio_only():
    traded = TWO.with_columns(vwap=pl.col("close"), value=pl.col("close") * pl.col("volume"), path=pl.lit(2.0))
    chain = front(traded, EXPIRIES, "volume")
    points, levels = (continuous(traded, chain, how, FOREVER)[0] for how in ("difference", "ratio"))
    assert points.select("vwap", "value", "path").row(0) == (110.0, 9 * 110.0, 2.0)
    assert levels.select("vwap", "value", "path").row(0) == pytest.approx([x * 112 / 102 for x in (100, 900, 2)])


@st.composite
def markets(draw):
    """Return rows of three contracts that all trade in every session up to their expiry."""
    n = draw(st.integers(4, 20))
    ends = sorted(draw(st.lists(st.integers(0, n - 2), min_size=2, max_size=2, unique=True)))
    expiries = dict(zip("ABC", [*ends, n], strict=True))
    frames = []
    for name, end in expiries.items():
        m = min(end + 1, n)
        closes = draw(st.lists(st.integers(50, 150), min_size=m, max_size=m))
        volume = draw(st.lists(st.integers(0, 9), min_size=m, max_size=m))
        frames.append(rows(name, range(m), closes, volume))
    return pl.concat(frames), expiries


@settings(deadline=None, max_examples=150)
@given(markets(), st.sampled_from(["volume", "open_interest"]))
def test_roll_by_figure_brute_force(market, rule):
    frame, expiries = market
    figure = {(row["contract"], row["session"]): row[rule] for row in frame.to_dicts()}
    names, place, expected = sorted(expiries), 0, []
    for session in range(frame["session"].max() + 1):
        if place < 2 and figure.get((names[place + 1], session - 1), 0) > figure.get((names[place], session - 1), 0):
            place += 1
        while expiries[names[place]] < session:
            place += 1
        expected.append(names[place])
    assert held(frame, rule, 0, expiries) == expected


@settings(deadline=None, max_examples=100)
@given(markets(), st.sampled_from(["volume", "open_interest", "days_before_expiry"]), st.integers(1, 20))
def test_later_sessions_change_nothing_of_what_was_held(market, rule, cut):
    frame, expiries = market
    earlier = held(frame.filter(pl.col("session") < cut), rule, 0, expiries)
    assert held(frame, rule, 0, expiries)[: len(earlier)] == earlier


@settings(deadline=None, max_examples=100)
@given(markets(), st.integers(-1, 21))
def test_changes_are_those_of_a_holder(market, day):
    frame, expiries = market
    chain = front(frame, expiries, "volume")
    close = {(row["contract"], row["session"]): row["close"] for row in frame.to_dicts()}
    raw = continuous(frame, chain, "none", FOREVER)
    points = continuous(frame, chain, "difference", day * DAY)["close"].to_numpy()
    levels = continuous(frame, chain, "ratio", day * DAY)["close"].to_numpy()
    for i, row in enumerate(raw.to_dicts()[1:], 1):
        adjusted = not row["rolled"] or row["session"] <= day
        before = close[row["contract"], row["session"] - 1] if adjusted else raw["close"][i - 1]
        assert points[i] - points[i - 1] == pytest.approx(row["close"] - before, abs=1e-9)
        assert levels[i] / levels[i - 1] == pytest.approx(row["close"] / before, rel=1e-12)


@settings(deadline=None, max_examples=50)
@given(markets(), st.sampled_from(["difference", "ratio"]), st.integers(1, 20))
def test_as_of_the_past_is_the_series_made_then(market, adjustment, day):
    frame, expiries = market
    seen = frame.filter(pl.col("session") <= day)
    then = continuous(seen, front(seen, expiries, "volume"), adjustment, FOREVER)
    now = continuous(frame, front(frame, expiries, "volume"), adjustment, day * DAY)
    assert now.filter(pl.col("session") <= day).equals(then)


def test_bars_within_a_session_count_together():
    hourly = pl.concat([TWO, TWO.with_columns(pl.col("opened_at").dt.offset_by("1h"))]).sort("contract", "opened_at")
    chain = front(hourly, EXPIRIES, "volume")
    assert chain.equals(front(TWO, EXPIRIES, "volume"))
    assert continuous(hourly, chain, "difference", FOREVER)["close"].to_list()[:2] == [110, 110]


def test_what_is_missing_is_refused():
    with pytest.raises(DataError, match="must have an expiry each; found none for M"):
        front(TWO, {"H": 4}, "volume")
    with pytest.raises(DataError, match="must reach to the last session; found M is the last, session 1970-01-07"):
        front(TWO, {"H": 2, "M": 5}, "volume")
    apart = pl.concat([rows("H", [0, 1], [1, 2], [1, 1]), rows("M", [2, 3], [5, 6], [1, 1])])
    with pytest.raises(DataError, match="H and M share none before session 1970-01-03"):
        continuous(apart, front(apart, {"H": 1, "M": 5}, "volume"), "ratio", FOREVER)
    below = TWO.with_columns(pl.col("close") - 102.0)
    with pytest.raises(DataError, match="a ratio needs positive prices"):
        continuous(below, front(TWO, EXPIRIES, "volume"), "ratio", FOREVER)
