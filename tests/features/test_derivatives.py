from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.features.catalogue import catalogue
from assay.features.derivatives import interest, liquidations
from assay.features.derivatives.liquidations import LONGS, SHORTS
from assay.features.inputs import Inputs
from assay.features.params import FeatureParams
from assay.features.params.derivatives import DerivativesParams
from assay.features.pieces import first, last
from assay.tables import context

from .conftest import EVERY, ohlcv

HOUR_NS = 3_600_000_000_000
JUST = 1 / HOUR_NS
"""A nanosecond, in hours: what is told at an instant is known to a close this much later."""
START_NS = 1_600_000_000 * 10**9 // HOUR_NS * HOUR_NS
ENTRIES = {entry.name: entry for entry in catalogue(EVERY) if entry.group == "derivatives"}
TABLES = {
    table.name: table for table in (context.FUNDING, context.OPEN_INTEREST, context.LIQUIDATIONS, context.MARK_PRICE)
}
SHORT = DerivativesParams(enabled=True, funding_window=3, interest_window=4, change_hours=[1], liquidation_hours=[1])
SHORTS_ENTRIES = {e.name: e for e in catalogue(FeatureParams(derivatives=SHORT)) if e.group == "derivatives"}


def at_ns(hours) -> np.ndarray:
    return START_NS + np.rint(np.asarray(hours, float) * HOUR_NS).astype(np.int64)


def bars(hours, close=100.0) -> pl.DataFrame:
    """Bars that close so many hours after the start."""
    n = len(hours)
    price = np.broadcast_to(np.asarray(close, float), n)
    frame = ohlcv(pl.DataFrame(dict.fromkeys(("open", "high", "low", "close"), price)))
    closed = pl.Series(at_ns(hours))
    return frame.with_columns(
        pl.Series("opened_at", closed).cast(frame["opened_at"].dtype),
        pl.Series("closed_at", closed).cast(frame["closed_at"].dtype),
    )


def table(kind, hours, known=None, **columns) -> pl.DataFrame:
    """A table of the context, its rows at so many hours after the start, known then or when ``known`` says."""
    n = len(hours)
    given = {"time": at_ns(hours), "known_at": at_ns(hours if known is None else known), "flags": np.zeros(n, int)}
    given |= {name: np.asarray(values, float) for name, values in columns.items()}
    frame = {name: given.get(name, np.full(n, np.nan)) for name in TABLES[kind].columns}
    typed = pl.DataFrame(frame).select(pl.col(name).cast(c.dtype) for name, c in TABLES[kind].columns.items())
    return TABLES[kind].check(typed, kind)


@pytest.fixture(scope="module")
def market(instrument, hours):
    def of(frame: pl.DataFrame, **tables) -> Inputs:
        return Inputs(frame, instrument, hours, tables)

    return of


def test_a_payment_counts_from_just_after_the_instant_it_is_known(market):
    """Paid at 0, 8 and 16 hours, published 5 minutes later; a close at that very instant does not know it yet."""
    lag = 5 / 60
    paid = table("funding", [0, 8, 16], [lag, 8 + lag, 16 + lag], rate=[1e-4, 2e-4, -3e-4])
    x = market(bars([0, lag, lag + JUST, 8, 8 + lag, 8 + lag + JUST, 16 + lag + JUST, 40, 40.01]), funding=paid)
    expected = [np.nan, np.nan, 1e-4, 1e-4, 1e-4, 2e-4, -3e-4, -3e-4, np.nan]
    assert ENTRIES["funding_rate"].function(x) == pytest.approx(expected, nan_ok=True)
    age = [np.nan, np.nan, lag, 8, 8 + lag, lag, lag, 24, 24.01]
    assert ENTRIES["funding_age"].function(x) == pytest.approx(age, nan_ok=True)


def test_the_zscore_is_of_payments_and_not_of_bars(market):
    """Three payments, however many bars lie between; all alike have no z-score."""
    rate = np.array([1, 2, 4, 4, 4, 9]) * 1e-4
    x = market(bars([16.1, 17, 18, 23, 24.1, 32.1, 41]), funding=table("funding", np.arange(6) * 8, rate=rate))

    def z(payments):
        return (payments[-1] - np.mean(payments)) / np.std(payments, ddof=1)

    expected = [z(rate[:3]), z(rate[:3]), z(rate[:3]), z(rate[:3]), z(rate[1:4]), np.nan, z(rate[3:])]
    assert SHORTS_ENTRIES["funding_zscore_3"].function(x) == pytest.approx(expected, nan_ok=True)


def test_open_interest_changes_over_hours_and_not_over_rows(market):
    """Rows every half hour, one of them missing, and an end of the feed."""
    opened = {0: 100, 0.5: 110, 1.0: 120, 2.0: 150, 2.5: 140, 3.0: 0.0}
    rows = table("open_interest", list(opened), open_interest=list(opened.values()))
    x = market(bars([0.9, 1.0 + JUST, 1.7, 2.0 + JUST, 2.5 + JUST, 3.1, 4.2, 5.1]), open_interest=rows)
    pairs = [(110, np.nan), (120, 100), (120, 110), (150, 120), (140, 120), (0, 150), (0, 0), (np.nan, np.nan)]
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log([now / before for now, before in pairs[:5]])
    assert interest.change(x, 1, 2) == pytest.approx([*log, np.nan, np.nan, np.nan], nan_ok=True)
    level = [110, 120, 120, 150, 140, 0, 0, np.nan]
    assert ENTRIES["open_interest"].function(x) == pytest.approx(level, nan_ok=True)


def test_basis_by_hand(market):
    rows = table("mark_price", [0, 1], mark=[101.0, 99.0], index=[100.0, 100.0], rate=[1e-4, 2e-4])
    x = market(bars([0.5, 1 + JUST, 1.5, 3.5], [103, 98, 99, 99]), mark_price=rows)
    found = {name: ENTRIES[name].function(x) for name in ("basis_index", "basis_close", "funding_predicted")}
    assert found["basis_index"] == pytest.approx([100, -100, -100, np.nan], nan_ok=True)
    assert found["basis_close"] == pytest.approx([1e4 * (103 / 101 - 1), 1e4 * (98 / 99 - 1), 0, np.nan], nan_ok=True)
    assert found["funding_predicted"] == pytest.approx([1e-4, 2e-4, 2e-4, np.nan], nan_ok=True)


def test_the_zscore_of_the_basis_is_over_closes(world):
    basis = ENTRIES["basis_close"].function(world)[-120:]
    found = ENTRIES["basis_close_zscore_120"].function(world)[-1]
    assert found == pytest.approx((basis[-1] - basis.mean()) / basis.std(ddof=1))


def test_long_short_ratios_are_logs_as_far_as_they_are_given(market):
    """Half as many longs is as far from 0 as twice as many; a ratio of 0 has no log."""
    rows = table("open_interest", [0, 1, 2], open_interest=[1, 1, 1], long_short_accounts=[0.5, 2.0, 0.0])
    x = market(bars([0.1, 1.1, 2.1]), open_interest=rows)
    assert ENTRIES["long_short_accounts"].function(x) == pytest.approx([-np.log(2), np.log(2), np.nan], nan_ok=True)
    held = {name for name, entry in ENTRIES.items() if all(x.holds(need) for need in entry.needs)}
    assert {name for name in held if "long_short" in name or "taker" in name} == {"long_short_accounts"}
    assert "open_interest" in held
    assert not {name for name in held if "liquid" in name or "funding" in name or "basis" in name}


def test_liquidations_are_summed_by_side_over_hours(market):
    """Known 0.1 hours after they happened; what became known in [t - 1 h, t) counts; sides may be unknown."""
    happened = np.array([0.0, 1.0, 1.5, 1.5, 2.4, 2.6])
    rows = table(
        "liquidations", happened, happened + 0.1, side=[-1, 1, -1, 0, 1, -1], value=[10, 1e6, 2e6, 4e6, 8e6, 16e6]
    )
    interest_rows = table("open_interest", [0, 1, 2, 3], open_interest=[1] * 4, value=[1e9] * 4)
    x = market(
        bars([1.0, 1.1, 1.1 + JUST, 1.6 + JUST, 2.09, 2.1, 2.1 + JUST, 2.6 + JUST, 4.0]),
        liquidations=rows,
        open_interest=interest_rows,
    )
    expected = {
        "liquidated_longs_1h": [np.nan, np.nan, 0, 2, 2, 2, 2, 0, 0],
        "liquidated_shorts_1h": [np.nan, np.nan, 1, 1, 1, 1, 0, 8, 0],
        "liquidation_imbalance_1h": [np.nan, np.nan, 1, -1 / 3, -1 / 3, -1 / 3, -1, 1, 0],
        "liquidation_share_1h": [np.nan, np.nan, 1e-3, 7e-3, 7e-3, 7e-3, 6e-3, 8e-3, 0],
        "liquidation_age": [1.0, 1.1, 0.1, 0.1, 0.59, 0.6, 0.6, 0.2, 1.4],
    }
    for name, values in expected.items():
        assert ENTRIES[name].function(x) == pytest.approx(values, nan_ok=True), name


def test_a_silent_feed_of_liquidations_is_taken_for_one_that_ended(market):
    x = market(bars([3 + JUST, 170, 170.1]), liquidations=table("liquidations", [0, 2], side=[1, 1], value=[5, 5]))
    assert ENTRIES["liquidated_shorts_1h"].function(x) == pytest.approx([0, 0, np.nan], nan_ok=True)


@st.composite
def late(draw) -> tuple[list[float], list[float]]:
    """Times that rise, and when each row is known: out of order as it pleases."""
    n = draw(st.integers(1, 25))
    steps = draw(st.lists(st.floats(0.01, 0.5), min_size=n, max_size=n))
    lags = draw(st.lists(st.floats(0, 2), min_size=n, max_size=n))
    time = np.cumsum(steps)
    return time.tolist(), (time + np.array(lags)).tolist()


@settings(deadline=None, max_examples=12)
@given(late())
def test_whatever_comes_late_a_reader_at_the_close_has_the_same_bits(instrument_and_hours, rows):
    """Each close sees what it would see if nothing were there but what was known by then."""
    time, known = rows
    rng = np.random.default_rng(len(time))
    value = rng.uniform(1, 2, len(time))
    side = rng.choice([-1, 0, 1], len(time))
    tables = {
        "funding": table("funding", time, known, rate=value / 1e4),
        "open_interest": table("open_interest", time, known, open_interest=value, value=value),
        "liquidations": table("liquidations", time, known, side=side, value=value),
        "mark_price": table("mark_price", time, known, mark=value, index=value[::-1], rate=value / 1e4),
    }
    whole = Inputs(bars(np.linspace(0, 12, 25)), *instrument_and_hours, tables)
    for name, entry in SHORTS_ENTRIES.items():
        values = entry.function(whole)
        for n in (1, 9, 20):
            early = entry.function(first(whole, n))
            assert early.tobytes() == values[:n].tobytes(), name


@pytest.fixture(scope="module")
def instrument_and_hours(instrument, hours):
    return instrument, hours


def test_a_row_that_comes_after_a_later_one_is_in_no_statistic(market):
    """The row of hour 1 comes at 2.5, after that of hour 2: the z-score of four rows never holds it."""
    value = np.array([1.0, 50.0, 2.0, 4.0, 7.0])
    rows = table("open_interest", [0, 1, 2, 3, 4], [0, 2.5, 2, 3, 4], open_interest=value)
    found = SHORTS_ENTRIES["open_interest_zscore_4"].function(market(bars([2.1, 3.1, 4.1]), open_interest=rows))
    kept = value[[0, 2, 3, 4]]
    assert found == pytest.approx([np.nan, np.nan, (7 - kept.mean()) / kept.std(ddof=1)], nan_ok=True)


def test_what_the_definition_names_of_a_table_decides_the_bits(world):
    """The last rows of the windows, or the last hours, are enough: nothing is summed from the beginning of a table."""
    at = last(world, 2_000, 120)
    since = pl.lit(at.bars["closed_at"][0]) - pl.duration(hours=1)
    cut = {
        "funding": at.context["funding"][-(90 + 20) :],
        "open_interest": at.context["open_interest"][-(288 + 60) :],
        "liquidations": at.context["liquidations"].filter(pl.col("known_at") > since - pl.duration(hours=24)),
        "mark_price": at.context["mark_price"].filter(pl.col("known_at") > since),
    }
    assert all(table.height < at.context[kind].height for kind, table in cut.items())
    for name, entry in ENTRIES.items():
        expected = entry.function(at)[-1]
        assert entry.function(at.but(context=cut))[-1].tobytes() == expected.tobytes(), name


def test_an_empty_table_tells_nothing(market):
    x = market(bars([0, 1]), **{kind: table.empty() for kind, table in TABLES.items()})
    for name, entry in ENTRIES.items():
        assert np.isnan(entry.function(x)).all(), name


def test_open_interest_of_a_venue_is_known_and_the_next_is_not(shared, market):
    """In this file ``oi_delta`` is of the snapshot to come; ours is of those taken until the bar's close."""
    given = pl.read_csv(shared / "binance_um_oi" / "BTCUSDT_bars_2025-10.csv")[:350]
    hour = (given["open_time"].to_numpy() * 10**6 - START_NS) / HOUR_NS
    rows = table("open_interest", hour, open_interest=given["sum_oi"], long_short_accounts=given["global_acc_ls_ratio"])
    x = market(bars(hour + 299.999 / 3600, given["close"].to_numpy()), open_interest=rows)
    opened = given["sum_oi"].to_numpy()
    change = interest.change(x, 1, 2)
    assert np.isnan(change[:12]).all()
    assert change[12:] == pytest.approx(np.log(opened[12:] / opened[:-12]), rel=1e-9)
    foresight = given["oi_delta"].to_numpy()
    past, future = np.diff(opened, prepend=np.nan), np.append(np.diff(opened), np.nan)
    assert foresight[:-1] == pytest.approx(future[:-1], abs=1e-3)
    five_minutes = np.diff(ENTRIES["open_interest"].function(x), prepend=np.nan)
    assert five_minutes[1:] == pytest.approx(past[1:])
    assert abs(np.corrcoef(five_minutes[1:-1], foresight[1:-1])[0, 1]) < 0.5


def test_funding_of_a_venue_comes_some_milliseconds_after_the_hour(shared, market):
    given = pl.read_csv(shared / "binance_um_oi" / "BTCUSDT_funding.csv")[:100]
    hour = (given["funding_time"].to_numpy() * 10**6 - START_NS) / HOUR_NS
    x = market(bars(np.round(hour) + 1e-9), funding=table("funding", hour, rate=given["funding_rate"]))
    late = (given["funding_time"] % 3_600_000 > 0).to_numpy()
    rate = given["funding_rate"].to_numpy()
    expected = np.where(late, np.append(np.nan, rate[:-1]), rate)
    assert late.sum() > 20
    assert ENTRIES["funding_rate"].function(x) == pytest.approx(expected, nan_ok=True)


def test_liquidations_of_a_venue_equal_brute_force(shared, market):
    given = pl.read_csv(shared / "hyperliquid" / "liquidation_fills.csv").filter(pl.col("coin") == "BTC").sort("ts")
    hour = (given["ts"].to_numpy() * 10**6 - START_NS) / HOUR_NS
    value = given["notional"].to_numpy()
    rows = table("liquidations", hour, side=np.zeros(hour.size), value=value)
    closes = np.linspace(hour[0] - 1, hour[-1] + 1, 500)
    x = market(bars(closes), liquidations=rows)
    found = liquidations.liquidated(x, 24, 8_760, LONGS, 0, SHORTS)
    expected = [value[(hour >= close - 24) & (hour < close)].sum() for close in closes]
    known = np.isfinite(found)
    assert known.sum() > 450
    assert found[known] == pytest.approx(np.array(expected)[known], rel=1e-12, abs=1e-6)
    assert max(expected) > 1e5
