"""Directions by fixed horizon and trend, weights by return, outcomes after costs, rules: the table and its report."""

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from assay.labels.barriers import exit_rules
from assay.labels.build import build
from assay.labels.exits import UNLIMITED
from assay.labels.params import LabelParams, TripleBarrierParams
from assay.labels.sided import given_side
from assay.labels.trades import trades
from assay.labels.training import OWN_WEIGHT
from assay.labels.trend import trends
from assay.labels.weights import concurrency, return_attribution
from assay.labels.widths import widths
from assay.market.costs import CostParams, resolve, round_trip
from assay.market.sessions import Hours
from assay.tables.labels import LABELS

HELD = {"max_horizon_bars": 12, "min_horizon_bars": 1}
CHOICES = {
    "horizon": {"method": "fixed_horizon", "triple_barrier": HELD},
    "zone": {"method": "fixed_horizon", "dead_zone": 2.0, "triple_barrier": HELD | {"sizing": "atr"}},
    "trend": {"method": "trend_scanning", "trend": {"min_bars": 4, "max_bars": 25}, "triple_barrier": HELD},
    "sure": {"method": "trend_scanning", "trend": {"min_t_value": 6.0}},
    "return": {"weights": {"scheme": "return"}, "net_of_costs": True},
    "bands": {"events": {"method": "bands"}, "net_of_costs": True},
    "spread": {"triple_barrier": HELD | {"sizing": "spread", "tp_sigmas": 2.0, "sl_sigmas": 3.0}},
    "session": {"triple_barrier": HELD | {"session_exit_minutes": 60.0}, "events": {"method": "breakout", "window": 9}},
}
HOURS = Hours("UTC", 0, 86_400, 86_400, weekend_trading=True)


@pytest.fixture(scope="module")
def bars(walk_bars):
    return walk_bars(seed=12, n_bars=1600)


@pytest.fixture(params=CHOICES)
def params(request):
    return LabelParams.model_validate(CHOICES[request.param])


def test_law_prefix_invariance_at_ten_cuts_bit_for_bit(bars, params, instrument, inside):
    """A prefix has just the labels whose trade and trend end inside it whatever prices do; a day is 1,440 bars."""
    full, report = build(bars, params, instrument, session=HOURS)
    LABELS.check(full, "labels")
    assert report["n_labels"] == full.height > 20
    flat = [1380] if params.triple_barrier.session_exit_minutes else []
    for cut in [*np.linspace(250, 1580, 10).astype(int).tolist(), 1378, 1380, 1381, 1382]:
        labels, _ = build(bars[:cut], params, instrument, session=HOURS)
        assert labels.equals(inside(full, params, cut, flat))


def test_law_scrambled_future_changes_no_label_that_has_ended(bars, walk_bars, params, instrument):
    other = pl.concat([bars[:800], walk_bars(seed=13, n_bars=1600)[800:]])
    ended = [
        build(frame, params, instrument, session=HOURS)[0].filter(pl.col("end_ordinal") < 800)
        for frame in (bars, other)
    ]
    assert ended[0].height > 10
    assert ended[0].equals(ended[1])


@pytest.mark.parametrize("name", ["horizon", "trend", "bands", "return"])
def test_law_mirrored_prices_swap_the_sides(bars, instrument, name):
    """Around 1,000 returns are not equal, as the entry price is not; ends, exits and directions are."""
    flipped = {"open": "open", "high": "low", "low": "high", "close": "close"}
    mirror = bars.with_columns(**{name: 2000 - pl.col(other) for name, other in flipped.items()})
    params = LabelParams.model_validate(CHOICES[name])
    ours, theirs = (build(frame, params, instrument)[0] for frame in (bars, mirror))
    assert ours["ordinal"].to_list() == theirs["ordinal"].to_list()
    assert (ours["label"] == -theirs["label"]).all()
    for column in ("end", "exit"):
        assert ours[f"long_{column}"].to_list() == theirs[f"short_{column}"].to_list()
        assert ours[f"short_{column}"].to_list() == theirs[f"long_{column}"].to_list()
    moves = ours["long_return"] * ours["entry"] - theirs["short_return"] * theirs["entry"]
    assert moves.abs().max() < 1e-9


def test_afml_3_2_fixed_horizon_is_the_sign_of_the_result_after_so_many_bars(bars, instrument):
    labels, report = build(bars, LabelParams.model_validate(CHOICES["horizon"]), instrument)
    open_, at = bars["open"].to_numpy(), np.arange(1600 - 13)
    assert labels["ordinal"].to_list() == at.tolist()
    np.testing.assert_array_equal(labels["label"], np.sign(open_[at + 13] - open_[at + 1]))
    assert np.isinf(labels["tp"].to_numpy()).all()
    assert set(labels["long_exit"]) == {"vertical"}
    assert report["width_ticks"] == {"tp": None, "sl": None}


def test_afml_3_2_within_the_zone_the_label_is_nought(make_bars, instrument):
    prices = np.repeat([100.0, 100.5, 101.5, 99.0], [3, 3, 3, 6])
    barriers = {"sizing": "ticks", "entry": "close", "max_horizon_bars": 3, "min_horizon_bars": 1}
    choice = {"method": "fixed_horizon", "dead_zone": 4.0, "triple_barrier": barriers}
    labels, _ = build(make_bars(*[prices] * 4), LabelParams.model_validate(choice), instrument)
    assert labels["label"].to_list() == [0, 0, 0, 0, 0, 0, -1, -1, -1, 0, 0, 0]


def test_trend_labels_are_the_scan_and_their_span_reaches_as_far_as_it_looked(bars, instrument):
    labels, report = build(bars, LabelParams.model_validate(CHOICES["trend"]), instrument)
    value, n_bars = trends(bars["close"].to_numpy(), labels["ordinal"].to_numpy(), 4, 25)
    np.testing.assert_array_equal(labels["t_value"], value)
    np.testing.assert_array_equal(labels["label"], np.sign(value))
    np.testing.assert_array_equal(labels["trend_bars"], n_bars)
    held = labels.select(pl.max_horizontal("long_end", "short_end", pl.col("ordinal") + 24)).to_series()
    assert labels["end_ordinal"].to_list() == held.to_list()
    assert report["trend"]["t_value"]["mean"] == pytest.approx(np.abs(value).mean())


def test_trends_that_are_not_sure_are_none(bars, instrument):
    labels, _ = build(bars, LabelParams.model_validate(CHOICES["sure"]), instrument)
    sure = labels["t_value"].abs() >= 6.0
    assert (labels["label"] == labels["t_value"].sign() * sure.cast(pl.Float64)).all()
    assert 0.2 < sure.mean() < 0.95


def test_the_return_scheme_adds_the_attribution_and_leaves_the_evidence(bars, instrument):
    plain, _ = build(bars, LabelParams(), instrument)
    labels, _ = build(bars, LabelParams.model_validate({"weights": {"scheme": "return"}}), instrument)
    assert labels.drop(OWN_WEIGHT).equals(plain)
    starts, rules = np.arange(50, 1600), exit_rules(TripleBarrierParams(), instrument.tick_size)
    every = trades(bars, starts, *(width[50:] for width in widths(bars, TripleBarrierParams(), 0.25)), rules, UNLIMITED)
    ends = every.select("long_end", "short_end").to_numpy()
    ends = np.where((ends >= 0).all(axis=1), ends.max(axis=1), 1599)
    spans = plain["ordinal"].to_numpy(), plain["end_ordinal"].to_numpy()
    np.testing.assert_array_equal(spans, (starts[:-51], ends[:-51]))
    assert (ends[-51:] < 1599).any()
    expected = return_attribution(*spans, concurrency(starts, ends, 1600), bars["close"].to_numpy())
    np.testing.assert_array_equal(labels[OWN_WEIGHT], expected)


def test_the_equal_scheme_adds_ones_and_leaves_the_evidence(bars, instrument):
    plain, before = build(bars, LabelParams(), instrument)
    labels, report = build(bars, LabelParams.model_validate({"weights": {"scheme": "equal"}}), instrument)
    assert labels.drop(OWN_WEIGHT).equals(plain)
    assert (labels[OWN_WEIGHT] == 1.0).all()
    assert report == before


def test_net_outcomes_are_gross_less_a_round_trip_at_the_entry(bars, instrument):
    costs = resolve(CostParams(spread_ticks=2.0, fee_bps=1.0), instrument)
    labels, report = build(bars, LabelParams(net_of_costs=True), instrument, costs)
    cost = round_trip(costs, instrument, labels["entry"].to_numpy(), labels["spread"].to_numpy())
    by_hand = (0.5 + 2 * instrument.fee_per_lot / instrument.multiplier) / labels["entry"].to_numpy() + 2e-4
    np.testing.assert_allclose(cost, by_hand, rtol=1e-14)
    for side in ("long", "short"):
        net = labels[f"{side}_return"] - labels[f"{side}_net"]
        np.testing.assert_allclose(net, cost, rtol=1e-9)
        assert report["mean_net_return"][side] == pytest.approx(labels[f"{side}_net"].mean())


def test_a_rule_reports_its_own_side(bars, instrument):
    labels, report = build(bars, LabelParams.model_validate(CHOICES["bands"]), instrument)
    taken = given_side(labels, labels["side"].cast(pl.Int8).to_numpy())
    assert report["rule"] == {
        "n_long": labels.filter(pl.col("side") == 1).height,
        "win_rate": pytest.approx(taken["meta"].mean()),
        "mean_gross_return": pytest.approx(taken["gross"].mean()),
        "mean_net_return": pytest.approx(taken["net"].mean()),
    }


def test_nothing_that_is_not_asked_for_is_in_the_table_or_the_report(bars, instrument):
    labels, report = build(bars, LabelParams(), instrument)
    assert labels.columns == list(LABELS.columns)
    assert not {"rule", "trend", "mean_net_return", "session_ends", "n_session_closing"} & set(report)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"method": "trend"}, r"method\s+Input should be 'triple_barrier'"),
        ({"trend": {"min_bars": 2}}, r"trend\.min_bars\s+Input should be greater than or equal to 3"),
        ({"trend": {"min_bars": 9, "max_bars": 8}}, "min_bars must not be above max_bars"),
        ({"tp": 1}, r"tp\s+Extra inputs are not permitted"),
    ],
)
def test_impossible_parameters_are_refused(wrong, why):
    with pytest.raises(ValidationError, match=why):
        LabelParams.model_validate(wrong)
