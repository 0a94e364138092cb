"""The one fit: it sees training rows only, steps and whole agree, and what is exported predicts."""

import numpy as np
import pytest

from assay.compute.executor import Processes, Serial
from assay.learn import fit as one_fit
from assay.learn.base import filtered, fit_base, out_of_fold
from assay.learn.fit import Decider, Fitted, fit, predict
from assay.learn.meta import fit_meta
from assay.regimes.market import RegimeModels, fit_regimes
from assay.stats.seeds import FINAL, child
from assay.tables.predictions import PREDICTIONS

HOLDOUT = 0.3
SEALED_FROM = 630
KINDS = ["rf_cpu", "lightgbm"]


def files(fitted):
    """Return every byte of a fit."""
    texts = {f"hmm/{name}": text.encode() for name, text in fitted.regimes.to_json().items()}
    base, meta = fitted.base.files(), fitted.meta.files()
    return texts | {f"base/{k}": v for k, v in base.items()} | {f"meta/{k}": v for k, v in meta.items()}


@pytest.fixture(scope="module")
def fitted(small, make_recipe):
    return fit(small.rows(HOLDOUT), make_recipe(), FINAL, Serial())


def test_stage_by_stage_leaves_the_same_bytes_as_the_whole(small, make_recipe, fitted):
    rows, r = small.rows(HOLDOUT), make_recipe()
    models = fit_regimes(small.features, [(0, SEALED_FROM)], r.hmm)
    regimes = rows.of_bars(
        small.features.select("symbol", "ordinal", "closed_at").hstack(models.columns(small.features))
    )
    folds = out_of_fold(rows, r.models, r.hmm, r.embargo, r.seed, FINAL, Serial())
    base = fit_base(rows, regimes, r.models, child(r.seed, "base", FINAL))
    meta = fit_meta(rows, regimes, folds.p_up, r.meta, child(r.seed, "meta", FINAL)).meta
    assert files(Fitted(models, base, meta)) == files(fitted)


@pytest.mark.parametrize("kind", KINDS)
def test_future_scrambling_everything_after_the_training_rows_changes_no_byte(small, make_market, make_recipe, kind):
    recipe, scrambled = make_recipe(kind), make_market(scrambled_from=SEALED_FROM)
    assert not scrambled.features.equals(small.features)
    before, after = (fit(market.rows(HOLDOUT), recipe, FINAL, Serial()) for market in (small, scrambled))
    assert files(before) == files(after)


def test_future_scrambling_catches_a_planted_regime_model_that_saw_all_rows(
    small, make_market, make_recipe, monkeypatch
):
    def leaky(market):
        def on_all(features, segments, hmm):
            return fit_regimes(market.features, [(0, market.features.height)], hmm)

        monkeypatch.setattr(one_fit, "fit_regimes", on_all)
        return files(fit(market.rows(HOLDOUT), make_recipe(), FINAL, Serial()))

    assert leaky(small) != leaky(make_market(scrambled_from=SEALED_FROM))


def test_future_scrambling_catches_a_planted_scaler_of_all_rows(small, make_market, make_recipe):
    def leaky(market):
        scaled = market.features["x"] / market.features["x"].std()
        features = market.features.with_columns(scaled.cast(market.features["x"].dtype))
        return files(fit(type(market)(features, market.labels).rows(HOLDOUT), make_recipe(), FINAL, Serial()))

    assert leaky(small) != leaky(make_market(scrambled_from=SEALED_FROM))


@pytest.mark.slow
def test_processes_give_the_bytes_of_one(small, make_recipe, fitted):
    assert files(fit(small.rows(HOLDOUT), make_recipe(), FINAL, Processes(2))) == files(fitted)


def test_fits_of_other_numbers_draw_other_forests(small, make_recipe, fitted):
    other = fit(small.rows(HOLDOUT), make_recipe(), FINAL + 1, Serial())
    assert other.base.content != fitted.base.content
    assert files(other)["hmm/micro"] == files(fitted)["hmm/micro"]


def test_predictions_keep_their_contract(small, fitted):
    rows = small.rows()
    cost = np.full(rows.events.height, 1e-4)
    table = PREDICTIONS.check(predict(fitted, rows, cost, 4), "predictions")
    assert table["fold"].unique().to_list() == [4]
    assert table["win"].to_list() == (table["gross_return"] > 0).to_list()
    assert table["take"].to_list() == (table["p_win"] >= table["cut"]).to_list()
    threshold = fitted.meta.threshold
    cut = (threshold.loss * 0.1 + 0.01) / (threshold.win * 0.2 + threshold.loss * 0.1)
    assert table["cut"].to_numpy() == pytest.approx(np.full(table.height, cut))


def test_a_decision_has_the_same_bits_whatever_comes_later(small, fitted):
    rows, decider = small.rows(), Decider(fitted)
    whole = decider.decide(rows, np.full(rows.events.height, 1e-4))
    for at in (0, 17, 500, 897):
        live = rows.until(np.array([at]))
        assert decider.decide(live, np.full(1, 1e-4)).equals(whole[at])


def test_stored_bytes_predict_the_same_bits(small, fitted):
    rows, cost = small.rows(), np.full(898, 1e-4)
    regimes = RegimeModels.from_json(fitted.regimes.to_json())
    read = Fitted(
        regimes, type(fitted.base).from_files(fitted.base.files()), type(fitted.meta).from_files(fitted.meta.files())
    )
    assert predict(read, rows, cost, 0).equals(predict(fitted, rows, cost, 0))


def test_without_regimes_or_meta_model_it_still_decides(small, make_recipe):
    rows = small.rows(HOLDOUT)
    plain = fit(rows, make_recipe(hmm=False, enabled=False), FINAL, Serial())
    assert filtered(plain.regimes, rows).width == 0
    assert plain.base.card.features == tuple(rows.names)
    table = predict(plain, rows, np.zeros(rows.events.height), 0)
    assert table["p_raw"].min() >= 0.5
