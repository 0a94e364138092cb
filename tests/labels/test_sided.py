"""Labels of a given side: AFML 3.6, and what a rule or a model takes of the one table."""

import numpy as np
import pytest

from assay.errors import DataError
from assay.labels.build import build
from assay.labels.params import LabelParams
from assay.labels.sided import given_side

TOUCH = {"sizing": "ticks", "min_horizon_bars": 1, "max_horizon_bars": 8, "entry": "close"}


@pytest.fixture(scope="module")
def one_percent(make_bars, instrument):
    """Return a function from a path after 100 to the label of barriers of 1 %, eight bars at most, AFML's way."""

    def label(*path):
        prices = np.array([100.0, *path, *[100.0] * (9 - len(path))])
        barriers = {**TOUCH, "tp_ticks": 4, "sl_ticks": 4}
        params = LabelParams.model_validate({"triple_barrier": barriers})
        return build(make_bars(prices, prices, prices, prices), params, instrument)[0][:1]

    return label


@pytest.mark.parametrize(
    ("path", "side", "meta"),
    [((100.0, 98.5), -1, 1), ((100.0, 101.5), -1, 0), ((100.0, 101.5), 1, 1), ((100.0, 98.5), 1, 0)],
)
def test_afml_3_6_meta_label_of_a_side(one_percent, path, side, meta):
    found = given_side(one_percent(*path), np.array([side]))
    assert found["meta"].to_list() == [meta]
    assert found["gross"].item() == pytest.approx(side * (path[-1] / 100 - 1), abs=1e-15)
    assert found["end"].item() == 2


def test_law_the_side_takes_its_own_half_of_the_table(walk_bars, instrument):
    labels, _ = build(walk_bars(5, 500), LabelParams(net_of_costs=True), instrument)
    side = np.where(np.random.default_rng(1).random(labels.height) < 0.5, 1, -1)
    found = given_side(labels, side)
    for row, taken, way in zip(labels.iter_rows(named=True), found.iter_rows(named=True), side, strict=True):
        name = "long" if way > 0 else "short"
        assert taken["end"] == row[f"{name}_end"]
        assert taken["exit"] == row[f"{name}_exit"]
        assert (taken["gross"], taken["net"]) == (row[f"{name}_return"], row[f"{name}_net"])
        assert taken["meta"] == (row[f"{name}_return"] > 0)


def test_labels_without_costs_have_no_net_outcome(walk_bars, instrument):
    labels, _ = build(walk_bars(5, 200), LabelParams(), instrument)
    assert given_side(labels, np.ones(labels.height, int)).columns == ["ordinal", "end", "exit", "gross", "meta"]


@pytest.mark.parametrize(("side", "found"), [([1, 0], "0 for label 1"), ([1], "1 sides of 2 labels")])
def test_events_without_a_side_are_refused(walk_bars, instrument, side, found):
    labels, _ = build(walk_bars(5, 200), LabelParams(), instrument)
    with pytest.raises(DataError, match=found):
        given_side(labels[:2], np.array(side))
