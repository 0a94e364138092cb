"""Walk-forward: finds most of what is planted, no more than there is, and nothing in noise."""

import json
import math

import numpy as np
import pytest

from assay.compute.executor import Processes, Serial
from assay.learn.walkforward import folds, plots, predictions, report, walk_forward
from assay.market.costs import CostParams, resolve
from assay.market.instruments import Instrument
from assay.splits.params import WalkForwardParams
from assay.tables.predictions import PREDICTIONS

EMBARGO = 3
RHO = 0.4
AUC_OF_S1 = 0.5 + 2 / math.pi * math.asin(RHO / math.sqrt(2))
THREE = WalkForwardParams(n_splits=3)


@pytest.fixture(scope="module")
def costs():
    instrument = Instrument(symbol="S1", kind="equity", tick_size=0.01, spread_ticks=1.0)
    return resolve(CostParams(), instrument), instrument


@pytest.fixture(scope="module")
def tested(make_market, make_recipe, costs):
    work = list(folds(make_market(1500, RHO).rows(), THREE, EMBARGO))
    return work, walk_forward(work, make_recipe(), *costs, Serial(), Serial())


@pytest.fixture(scope="module")
def numbers(tested):
    return report(*tested, {"holdout": 0})


@pytest.mark.parametrize("window", ["expanding", "rolling"])
def test_a_fold_sees_the_past_only(make_market, window):
    rows = make_market(900).rows()
    work = list(folds(rows, WalkForwardParams(n_splits=5, window=window), EMBARGO))
    for fold in work:
        first = fold.test.events["ordinal"].min()
        assert fold.train.features["ordinal"].max() == first - 1
        assert fold.train.events["latest_ordinal"].max() + EMBARGO < first
        assert fold.test.features["ordinal"].to_list() == list(range(fold.test.events["ordinal"].max() + 1))
        assert fold.n_purged == EMBARGO + 2
        oldest = fold.train.events["ordinal"].min()
        assert fold.train.features["ordinal"].min() == (oldest if window == "rolling" else 0)
    asked = [at for fold in work for at in fold.test.events["ordinal"]]
    assert asked == rows.events["ordinal"].to_list()[-len(asked) :]


def test_predictions_are_out_of_sample_and_once_each(tested):
    table = PREDICTIONS.check(predictions(tested[1]), "predictions")
    assert table["fold"].unique().to_list() == [0, 1, 2]
    assert table.height == sum(fold.test.events.height for fold in tested[0])


def test_s1_auc_is_near_the_closed_form_and_not_above_it(numbers):
    n = numbers["overall"]["n_direction"]
    se = math.sqrt((n + 1) / (3 * n * n))
    assert AUC_OF_S1 + 3 * se > numbers["overall"]["auc"] > 0.5 + 0.6 * (AUC_OF_S1 - 0.5)


def test_noise_auc_is_one_half(make_market, make_recipe, costs):
    work = list(folds(make_market(1500, 0.0, seed=8).rows(), THREE, EMBARGO))
    overall = report(work, walk_forward(work, make_recipe(), *costs, Serial(), Serial()), {})["overall"]
    n = overall["n_direction"]
    assert abs(overall["auc"] - 0.5) < 4 * math.sqrt((n + 1) / (3 * n * n))


def test_processes_with_other_numbers_of_threads_give_the_bytes_of_one(tested, make_recipe, costs, monkeypatch):
    work, serial = tested
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"):
        monkeypatch.setenv(name, "3")
    spread = walk_forward(work, make_recipe(), *costs, Processes(2), Serial())
    assert predictions(spread).equals(predictions(serial))
    assert [each.fitted.base for each in spread] == [each.fitted.base for each in serial]


def test_the_report_adds_up(tested, numbers):
    json.dumps(numbers, allow_nan=False)
    table, overall = predictions(tested[1]), numbers["overall"]
    net = table["gross_return"].to_numpy() - np.concatenate([each.cost for each in tested[1]])
    taken = table["take"].to_numpy()
    assert overall["mean_net_return"] == net.mean()
    assert overall["take_mean_net_return"] == net[taken].mean()
    assert sum(fold["n_take"] for fold in numbers["folds"]) == overall["n_take"] == taken.sum()
    assert sum(row["n"] for row in numbers["calibration"]) == table.height
    cells = [n for row in numbers["confusion"].values() for n in row.values()]
    assert sum(cells) == overall["n_direction"]
    right = numbers["confusion"]["up"]["said_up"] + numbers["confusion"]["down"]["said_down"]
    assert right / sum(cells) == overall["accuracy"]
    first = numbers["folds"][0]
    assert first["train_first"] == "1970-01-01T00:00:00.000000000Z"
    assert first["train_last"] < first["test_first"] < first["test_last"]


def test_importance_is_a_mean_share_and_the_signal_leads(numbers):
    shares = numbers["importance"]["base"]
    assert shares[0]["feature"] == "x"
    assert sum(row["share"] for row in shares) == pytest.approx(1)


def test_the_cost_of_a_trade_is_its_spread(tested):
    assert tested[1][0].cost == pytest.approx(np.full(tested[1][0].cost.size, 0.01 / 100))


def test_plots_hold_a_point_per_fold_and_bin(tested):
    points = plots(*tested)
    assert points["folds"]["fold"].to_list() == [0, 1, 2]
    assert points["calibration"]["n"].sum() == predictions(tested[1]).height


def test_switched_off_it_is_empty_and_says_so(make_market):
    work = list(folds(make_market(900).rows(), WalkForwardParams(enabled=False), EMBARGO))
    assert work == []
    assert predictions([]).equals(PREDICTIONS.empty())
    assert report([], [], {"holdout": 9}) == {
        "enabled": False,
        "reason": "walkforward.enabled is false: nothing was tested",
        "left_out": {"holdout": 9},
    }
    assert plots([], [])["folds"].height == 0
