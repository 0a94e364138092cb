"""Leaving before a session ends: by the published end, never by the session's last bar."""

import itertools

import numpy as np
import polars as pl
import pytest

from assay.labels.build import build
from assay.labels.closing import closing, limits
from assay.labels.exits import UNLIMITED
from assay.labels.params import LabelParams, TripleBarrierParams
from assay.market.instruments import InstrumentParams, find
from assay.market.sessions import SessionParams, days, hours
from assay.tables.labels import LABELS

SHARE = find(InstrumentParams(symbol="AAPL"))
HOURS = hours(SessionParams(), SHARE)
MINUTE_NS = 60_000_000_000


def closes(*days_and_times):
    """Return closes of bars: New York's date and minutes after 9:30."""
    opens = {day: np.datetime64(f"{day}T14:30", "ns").astype(np.int64) for day, _ in days_and_times}
    return np.array([opens[day] + minute * MINUTE_NS for day, minutes in days_and_times for minute in minutes])


@pytest.fixture(scope="module")
def at_times(make_bars):
    """Return a function from closes, ns, and prices to bars of New York."""

    def make(closed_ns, prices):
        bars = make_bars(prices, prices, prices, prices)
        at = pl.Series(closed_ns).cast(pl.Datetime("ns", "UTC"))
        session = pl.Series(days(closed_ns, HOURS).astype(np.int32)).cast(pl.Date)
        return bars.with_columns(opened_at=at, closed_at=at, session=session)

    return make


def near(bars, minutes):
    return closing(bars, TripleBarrierParams(session_exit_minutes=minutes), HOURS, SHARE)


def test_trades_end_at_the_first_bar_in_the_last_minutes_and_after_a_session_without_one(at_times):
    """Thursday has bars at 15:50 and 15:58; trading on Friday stops at 15:00; Monday is left at 15:51."""
    times = closes(("2024-01-04", [10, 200, 380, 388]), ("2024-01-05", [0, 100, 330]), ("2024-01-08", [0, 5, 381, 389]))
    late, flat = near(at_times(times, np.full(11, 100.0)), 10.0)
    assert np.flatnonzero(late).tolist() == [2, 3, 9, 10]
    assert np.flatnonzero(flat).tolist() == [2, 7, 9]
    assert limits(flat).tolist() == [2, 2, 7, 7, 7, 7, 7, 9, 9, 11, 11]


def test_without_the_parameter_no_bar_does(at_times):
    late, flat = near(at_times(closes(("2024-01-04", [380, 390 - 1])), np.full(2, 100.0)), 0.0)
    assert not late.any()
    assert not flat.any()
    assert limits(flat) is UNLIMITED


@pytest.fixture(scope="module")
def market(at_times):
    """Return a walk in ticks over 30 days, with bars at odd minutes; some afternoons have no trade."""
    rng = np.random.default_rng(4)
    dates = np.arange("2024-01-02", "2024-02-20", dtype="datetime64[D]")
    open_days = [day for day in dates if np.is_busday(day, holidays=["2024-01-15", "2024-02-19"])]
    times = [(str(day), np.sort(rng.choice(340 if rng.random() < 0.2 else 390, 40, False))) for day in open_days]
    prices = 100 + 0.01 * rng.integers(-3, 4, 40 * len(times)).cumsum()
    return at_times(closes(*times), prices)


PARAMS = LabelParams.model_validate(
    {"triple_barrier": {"session_exit_minutes": 20.0, "max_horizon_bars": 30, "sizing": "ticks", "tp_ticks": 12}}
)


def test_law_no_trade_is_decided_or_kept_past_the_first_late_bar(market):
    labels, report = build(market, PARAMS, SHARE)
    LABELS.check(labels, "labels")
    late, flat = closing(market, PARAMS.triple_barrier, HOURS, SHARE)
    assert not late[labels["ordinal"].to_numpy()].any()
    bound = limits(flat)[labels["ordinal"].to_numpy()] + 1
    for side in ("long", "short"):
        held = labels[f"{side}_end"].to_numpy()
        assert (held <= bound).all()
        cut = (labels[f"{side}_exit"].to_numpy() == "vertical") & (held < labels["ordinal"].to_numpy() + 31)
        assert (held[cut] == bound[cut]).all()
        assert report["session_ends"][side]["n_cut_short"] == cut.sum() > 50
    dropped = report["n_without_volatility"] + report["n_session_closing"] + report["n_censored"]
    assert report["n_events"] == labels.height + dropped
    assert report["n_session_closing"] == late.sum() > 20


def test_law_a_prefix_has_just_the_labels_that_end_in_it_whatever_prices_do(market, inside):
    """A session's end lets trades end earlier, so that fewer of them could outlast the prefix."""
    full, _ = build(market, PARAMS, SHARE)
    flat = np.flatnonzero(closing(market, PARAMS.triple_barrier, HOURS, SHARE).flat).tolist()
    for cut in range(120, market.height, 37):
        labels, _ = build(market[:cut], PARAMS, SHARE)
        assert labels.equals(inside(full, PARAMS, cut, flat))


def test_planted_leaving_at_the_last_bar_of_a_session_needs_the_next_session(market, inside, monkeypatch):
    """Which bar is a session's last one is not known at its close: cut there, and it was not the same bar."""

    def last(bars):
        session = bars["session"].to_physical().to_numpy()
        return np.append(session[1:] != session[:-1], False)

    def peeking(bars, *_):
        return closing(bars, TripleBarrierParams(), HOURS, SHARE)._replace(flat=last(bars))

    monkeypatch.setattr("assay.labels.build.closing", peeking)
    barriers = PARAMS.triple_barrier.model_copy(update={"entry": "close"})
    params = PARAMS.model_copy(update={"triple_barrier": barriers})
    (full, _), ends = build(market, params, SHARE), np.flatnonzero(last(market)).tolist()
    pieces = [(build(market[:cut], params, SHARE)[0], cut) for cut in range(120, 400, 40)]
    assert all(labels.equals(inside(full, params, cut, ends[: cut // 40 - 1])) for labels, cut in pieces)
    assert not any(labels.equals(inside(full, params, cut, ends)) for labels, cut in pieces)


@pytest.mark.parametrize(("minutes", "shortest"), list(itertools.product([5.0, 60.0], [1, 10])))
def test_law_limits_are_a_rule_on_each_bar_alone(market, minutes, shortest):
    """A live trader, who at every close knows its time and the hours, leaves at the very bars."""
    params = TripleBarrierParams(session_exit_minutes=minutes, min_horizon_bars=shortest)
    late, flat = closing(market, params, HOURS, SHARE)
    for cut in range(2, 300):
        known = closing(market[:cut], params, HOURS, SHARE)
        assert (known.late[-1], known.flat[-1]) == (late[cut - 1], flat[cut - 1])
