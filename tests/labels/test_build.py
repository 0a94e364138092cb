"""From bars to labels: the table, its laws, its report."""

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from assay.errors import DataError
from assay.labels.barriers import exit_rules
from assay.labels.build import build
from assay.labels.exits import leave
from assay.labels.params import LabelParams
from assay.tables.labels import LABELS

CHOICES = {
    "default": {},
    "cusum": {"events": {"method": "cusum", "volatility_window": 20}},
    "resting": {"triple_barrier": {"touch": "high_low", "min_horizon_bars": 1, "vertical": "zero"}},
    "atr": {"triple_barrier": {"sizing": "atr", "volatility_window": 14, "tp_sigmas": 2.0, "sl_sigmas": 1.0}},
    "close": {"triple_barrier": {"entry": "close", "sizing": "ticks", "tp_ticks": 6, "sl_ticks": 0}},
    "equal": {"weights": {"scheme": "equal"}, "triple_barrier": {"max_horizon_bars": 20}},
}


@pytest.fixture(params=CHOICES)
def params(request):
    return LabelParams.model_validate(CHOICES[request.param])


@pytest.fixture(scope="module")
def bars(walk_bars):
    return walk_bars(seed=2, n_bars=900)


def test_law_the_table_keeps_its_contract_and_follows_the_kernel(bars, params, instrument):
    labels, _ = build(bars, params, instrument)
    LABELS.check(labels, "labels")
    rules = exit_rules(params.triple_barrier, instrument.tick_size)
    prices = [bars[name].to_numpy() for name in ("open", "high", "low", "close")]
    for row in labels.sample(40, seed=1).iter_rows(named=True):
        for name, side in (("long", 1), ("short", -1)):
            end, price, reason = leave(*prices, row["ordinal"], side, row["tp"], row["sl"], rules)
            assert (end, ["tp", "sl", "both", "vertical"][reason]) == (row[f"{name}_end"], row[f"{name}_exit"])
            assert row[f"{name}_return"] == pytest.approx(side * (price / row["entry"] - 1), abs=1e-15)
        assert row["t0"] == bars["closed_at"][row["ordinal"]]
        assert row["t1"] == bars["closed_at"][max(row["long_end"], row["short_end"])]


def test_law_prefix_invariance_at_ten_cuts_bit_for_bit(bars, params, instrument, inside):
    """A prefix has just the labels whose vertical barrier lies inside it: those decided earlier wait as well."""
    full, _ = build(bars, params, instrument)
    for cut in np.linspace(150, 880, 10).astype(int).tolist():
        labels, _ = build(bars[:cut], params, instrument)
        assert labels.equals(inside(full, params, cut))


def test_law_scrambled_future_changes_no_label_that_has_ended(bars, walk_bars, params, instrument):
    cut = 400
    other = pl.concat([bars[:cut], walk_bars(seed=3, n_bars=900)[cut:]])
    ended = [build(frame, params, instrument)[0].filter(pl.col("end_ordinal") < cut) for frame in (bars, other)]
    assert ended[0].height > 10
    assert ended[0].equals(ended[1])


def test_planted_a_width_from_the_whole_sample_breaks_prefix_invariance(bars, instrument, inside, monkeypatch):
    def peeking(frame, barriers, tick_size):
        width = np.full(frame.height, np.std(frame["close"].to_numpy()))
        return width, width

    monkeypatch.setattr("assay.labels.build.widths", peeking)
    full, _ = build(bars, LabelParams(), instrument)
    labels, _ = build(bars[:500], LabelParams(), instrument)
    expected = inside(full, LabelParams(), 500)
    assert labels["ordinal"].to_list() == expected["ordinal"].to_list()
    assert not labels.equals(expected)


def test_both_barriers_in_one_bar_stop_either_side_and_label_nothing(make_bars, instrument):
    flat = [100.0] * 8
    bars = make_bars(flat, [100, 100, 102, 100, 100, 100, 100, 100], [100, 100, 98, 100, 100, 100, 100, 100], flat)
    barriers = {
        "sizing": "ticks",
        "tp_ticks": 4,
        "sl_ticks": 4,
        "touch": "high_low",
        "min_horizon_bars": 1,
        "max_horizon_bars": 3,
    }
    labels, report = build(bars, LabelParams.model_validate({"triple_barrier": barriers}), instrument)
    first = labels.row(0, named=True)
    assert (first["label"], first["long_exit"], first["short_exit"], first["end_ordinal"]) == (0, "both", "both", 3)
    assert (first["long_return"], first["short_return"]) == (-0.01, -0.01)
    assert report["exits"]["long"] == {"tp": 0, "sl": 0, "both": 2, "vertical": 2}
    ties = report["ties"]["short"]
    assert (ties["n"], ties["mean_return_stop_first"], ties["mean_return_profit_first"]) == (2, -0.005, 0.005)


@pytest.mark.parametrize(("vertical", "label"), [("sign", 1), ("zero", 0)])
def test_afml_exercise_3_3_label_at_the_vertical_barrier(make_bars, instrument, vertical, label):
    rise = 100 + 0.25 * np.arange(30)
    barriers = {"sizing": "ticks", "max_horizon_bars": 12, "vertical": vertical}
    labels, _ = build(
        make_bars(rise, rise, rise, rise), LabelParams.model_validate({"triple_barrier": barriers}), instrument
    )
    assert labels["label"].to_list() == [label] * 17
    assert labels["end_ordinal"].to_list() == list(range(13, 30))


def test_report_adds_up(bars, params, instrument):
    labels, report = build(bars, params, instrument)
    dropped = report["n_without_volatility"] + report["n_censored"]
    assert report["n_bars"] == bars.height
    assert report["n_events"] == labels.height + dropped
    assert sum(report["labels"].values()) == report["n_labels"] == labels.height
    for side in ("long", "short"):
        assert sum(report["exits"][side].values()) == labels.height
        assert report["ties"][side]["n"] == report["exits"][side]["both"]
    assert 0 < report["mean_uniqueness"] <= 1
    assert report["n_effective"] == pytest.approx(report["mean_uniqueness"] * labels.height)
    spans = [range(start, end + 1) for start, end in labels.select("ordinal", "end_ordinal").iter_rows()]
    meets = [any(a is not b and a.start < b.stop and b.start < a.stop for b in spans) for a in spans]
    assert report["overlapping_share"] == np.mean(meets)


def test_a_barrier_that_is_off_has_no_width_to_report(bars, instrument):
    _, report = build(bars, LabelParams.model_validate(CHOICES["close"]), instrument)
    assert report["width_ticks"]["tp"] == {"mean": 6.0, "q10": 6.0, "q50": 6.0, "q90": 6.0}
    assert report["width_ticks"]["sl"] is None


@pytest.mark.parametrize(("n_bars", "found"), [(40, "n_without_volatility 40"), (55, "n_censored 5")])
def test_too_few_bars_for_a_label(walk_bars, instrument, n_bars, found):
    with pytest.raises(DataError, match=found):
        build(walk_bars(seed=4, n_bars=n_bars), LabelParams(), instrument)


def test_no_event_at_all(walk_bars, instrument):
    params = LabelParams.model_validate({"events": {"method": "cusum", "cusum_threshold": 900.0}})
    with pytest.raises(DataError, match="n_events 0"):
        build(walk_bars(seed=4, n_bars=300), params, instrument)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"min_horizon_bars": 60}, "min_horizon_bars must not be above max_horizon_bars"),
        ({"tp_ticks": -1}, r"tp_ticks\s+Input should be greater than or equal to 0"),
        ({"touch": "low"}, r"touch\s+Input should be 'close' or 'high_low'"),
        ({"sizing": "percent"}, r"sizing\s+Input should be 'volatility'"),
        ({"max_horizon": 3}, r"max_horizon\s+Extra inputs are not permitted"),
    ],
)
def test_impossible_parameters_are_refused(wrong, why):
    with pytest.raises(ValidationError, match=why):
        LabelParams.model_validate({"triple_barrier": wrong})
