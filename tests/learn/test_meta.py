"""The meta model: whether a side wins, calibrated and cut on stretches it has not seen."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from assay.errors import DataError, FitError
from assay.learn.meta import Meta, fit_meta, gross_return, p_up_of, raw, side_of
from assay.learn.training import meta_summary


@pytest.fixture(scope="module")
def p_up(small):
    x = small.rows().features["x"].to_numpy()[:-2].astype(np.float64)
    return 1 / (1 + np.exp(-x))


@pytest.fixture(scope="module")
def fits(small, make_recipe, p_up):
    rows = small.rows()
    on, off = make_recipe().meta, make_recipe(enabled=False, calibration="none").meta
    return {params.enabled: fit_meta(rows, rows.features.select(), p_up, params, 5) for params in (on, off)}


def test_side_is_the_likelier_one_and_a_tie_is_up():
    assert side_of(np.array([0.2, 0.5, 0.7])).tolist() == [-1, 1, 1]


def test_gross_return_is_that_of_the_side(small):
    events = small.labels[:3]
    assert gross_return(events, np.array([1, -1, 1], np.int8)).tolist() == [
        events["long_return"][0],
        events["short_return"][1],
        events["long_return"][2],
    ]


def test_without_a_meta_model_the_sides_own_probability_counts(fits):
    x = np.zeros((3, 1), np.float32)
    assert fits[False].meta.model is None
    assert raw(None, x, [], "", np.array([0.25, 0.5, 0.75])).tolist() == [0.75, 0.5, 0.75]


@pytest.mark.parametrize("enabled", [True, False])
def test_the_stretches_are_those_of_the_time_line(fits, enabled, small):
    cut = fits[enabled].stretches
    assert (cut.threshold.size, cut.threshold[-1]) == (180, small.rows().events.height - 1)
    assert (cut.fit.size, cut.calibration.size, cut.n_purged) == (536, 178, 4)


def test_an_event_that_could_have_reached_into_the_next_stretch_is_in_none(small, make_recipe, p_up):
    """As before, but every trade could have lasted ten bars longer than it did: ten more are purged at either cut."""
    rows = small.rows()
    longer = type(rows)(rows.features, rows.events.with_columns(pl.col("latest_ordinal") + 10), rows.schema)
    cut = fit_meta(longer, rows.features.select(), p_up, make_recipe(enabled=False).meta, 5).stretches
    assert (cut.fit.size, cut.calibration.size, cut.n_purged) == (526, 168, 24)


@pytest.mark.parametrize("enabled", [True, False])
def test_the_last_stretch_is_scored_by_what_had_not_seen_it(fits, enabled):
    summary = meta_summary(fits[enabled], {"holdout": 1})
    assert 0.5 < summary["auc"] < 0.75
    assert summary["n_left_out_holdout"] == 1
    assert summary["win_rate"] == fits[enabled].win.mean()


def test_own_weights_weigh_what_the_model_learns_and_not_what_calibrates_and_sizes(small, make_recipe, p_up, fits):
    rows = small.rows()
    size = rows.events.with_columns(training_weight=pl.col("long_return").abs())
    told = type(rows)(rows.features, size, rows.schema)
    nothing = rows.features.select()
    on, off = make_recipe().meta, make_recipe(enabled=False, calibration="none").meta
    assert fit_meta(told, nothing, p_up, on, 5).meta.model != fits[True].meta.model
    assert fit_meta(told, nothing, p_up, off, 5).meta == fits[False].meta


def test_wins_and_losses_are_sized_on_the_last_stretch(fits, small, p_up):
    cut, events = fits[True].stretches.threshold, small.rows().events
    gross = 100 * gross_return(events, side_of(p_up))[cut]
    wins, losses = gross[gross > 0] / 0.2, -gross[gross <= 0] / 0.1
    sizes = fits[True].meta.threshold
    assert sizes.win == pytest.approx((wins.sum() / 2 + 1) / (wins.size / 2 + 1))
    assert sizes.loss == pytest.approx((losses.sum() / 2 + 1) / (losses.size / 2 + 1))


@pytest.mark.parametrize("enabled", [True, False])
def test_files_read_back(fits, enabled):
    files = fits[enabled].meta.files()
    assert Meta.from_files(files) == fits[enabled].meta
    assert ("model.onnx" in files) == enabled


def test_a_later_stretch_cannot_reach_an_earlier_one(small, make_recipe, p_up, fits):
    rows, params = small.rows(), make_recipe().meta
    late = p_up.copy()
    late[fits[True].stretches.calibration[0] :] = 0.9
    other = fit_meta(rows, rows.features.select(), late, params, 5).meta
    assert other.model == fits[True].meta.model
    assert other.calibrator != fits[True].meta.calibrator


def test_predictions_of_other_events_are_refused(small, p_up):
    rows = small.rows()
    table = rows.events.select("symbol", "ordinal").with_columns(p_up=p_up)
    assert np.array_equal(p_up_of(rows, table), p_up)
    with pytest.raises(DataError, match="one per training event; found 897 predictions of 898 events"):
        p_up_of(rows, table[1:])


def test_too_few_events_are_refused(small, make_recipe, p_up):
    rows = small.rows().only(np.arange(30), [])
    with pytest.raises(FitError, match="meta model: needs 20 training rows or more"):
        fit_meta(rows, rows.features.select(), p_up[:30], make_recipe().meta, 5)
    light = replace(rows, events=rows.events.with_columns(pl.col("weight") / 10))
    with pytest.raises(FitError, match="calibration: platt needs rows worth 1 or more events"):
        fit_meta(light, rows.features.select(), p_up[:30], make_recipe(min_rows=4).meta, 5)
