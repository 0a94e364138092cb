"""The regimes of a market: training bars only, causal columns, numbers in plain units."""

import numpy as np
import polars as pl
import pytest

from assay.errors import FitError, ParamsError
from assay.regimes.market import RegimeModels, fit_regimes
from assay.regimes.params import HmmParams, RegimeParams
from assay.regimes.summary import summaries

N = 1200
PARAMS = HmmParams(macro=RegimeParams(n_states=2, observations=["r", "rv"]), micro=RegimeParams(observations=["r"]))


@pytest.fixture
def features(market):
    r = market(N, np.random.default_rng(8))[1]
    rv = np.r_[np.full(23, np.nan), np.sqrt(np.lib.stride_tricks.sliding_window_view(r * r, 24).mean(axis=1))]
    return pl.DataFrame({"r": r, "rv": rv, "other": np.arange(N)}).with_columns(pl.all().cast(pl.Float32))


def test_columns_are_named_by_model_and_state(features):
    columns = fit_regimes(features, [(0, 900)], PARAMS).columns(features)
    assert columns.columns == ["macro_0", "macro_1", "micro_0", "micro_1", "micro_2"]
    assert set(columns.dtypes) == {pl.Float32}
    table = columns.to_numpy()
    assert np.isnan(table[:23, :2]).all()
    assert not np.isnan(table[23:]).any()
    assert table[23:, :2].sum(axis=1) == pytest.approx(np.ones(N - 23), abs=1e-6)


def test_the_fit_sees_no_row_outside_its_segments(features):
    segments = [(0, 500), (600, 900)]
    outside = [*range(500, 600), *range(900, N)]
    scrambled = features.with_row_index().with_columns(
        pl.when(pl.col("index").is_in(outside)).then(pl.lit(7e5, pl.Float32)).otherwise(pl.col("r", "rv")).name.keep()
    )
    assert not scrambled.drop("index").equals(features)
    ours, theirs = fit_regimes(features, segments, PARAMS), fit_regimes(scrambled, segments, PARAMS)
    assert ours.to_json() == theirs.to_json()
    assert fit_regimes(features, [(0, N)], PARAMS).to_json() != ours.to_json(), (
        "planted: a fit on the test rows differs"
    )


def test_columns_of_a_prefix_are_the_first_rows_bit_for_bit(features):
    models = fit_regimes(features, [(0, 900)], PARAMS)
    whole = models.columns(features)
    for cut in np.linspace(0, N, 10).astype(int).tolist():
        assert models.columns(features[:cut]).to_numpy().tobytes() == whole[:cut].to_numpy().tobytes()


def test_live_steps_give_the_same_columns(features):
    model = fit_regimes(features, [(0, 900)], PARAMS).models["macro"]
    p, rows = model.unobserved, features.select("r", "rv").cast(pl.Float64).to_numpy()
    for x in rows:
        p = model.step(p, x)
    assert np.array_equal(p, model.filter(rows)[-1])


def test_models_read_back_bit_for_bit(features):
    models = fit_regimes(features, [(0, 900)], PARAMS)
    again = RegimeModels.from_json(models.to_json())
    assert again.names == models.names
    assert again.columns(features).equals(models.columns(features), null_equal=True)


def test_a_model_that_is_not_enabled_gives_no_column(features):
    params = HmmParams(macro=RegimeParams(enabled=False), micro=RegimeParams(observations=["r"], n_states=2))
    models = fit_regimes(features, [(0, 900)], params)
    columns = models.columns(features)
    assert columns.columns == ["micro_0", "micro_1"]
    assert summaries(models, columns)["macro"] is None
    neither = HmmParams(macro=RegimeParams(enabled=False), micro=RegimeParams(enabled=False))
    assert fit_regimes(features, [(0, 900)], neither).columns(features).width == 0


def test_observations_must_be_features(features):
    params = HmmParams(macro=RegimeParams(observations=["r", "othr"]))
    with pytest.raises(
        ParamsError, match=r"hmm\.macro\.observations: must name features; found othr; did you mean other"
    ):
        fit_regimes(features, [(0, 900)], params)
    params = HmmParams(macro=RegimeParams(observations=["r", "r"]))
    with pytest.raises(ParamsError, match="must differ from one another"):
        fit_regimes(features, [(0, 900)], params)


def test_a_model_that_cannot_be_fitted_is_named(features):
    with pytest.raises(FitError, match=r"hmm\.micro: 3 states"):
        fit_regimes(features, [(0, 130)], HmmParams(macro=RegimeParams(enabled=False), micro=PARAMS.micro))


def test_summary_is_in_the_units_of_the_observations(features):
    models = fit_regimes(features, [(0, 900)], PARAMS)
    found = summaries(models, models.columns(features))["macro"]
    states = models.columns(features).select("macro_0", "macro_1").to_numpy()[23:].argmax(axis=1)
    r = features["r"].to_numpy()[23:]
    assert found["observations"] == ["r", "rv"]
    for state in (0, 1):
        assert found["standard_deviations"][state][0] == pytest.approx(r[states == state].std(), rel=0.15)
    stay = found["transition"][0][0]
    assert found["expected_duration_bars"][0] == pytest.approx(1 / (1 - stay))
    assert sum(found["share_of_time"]) == pytest.approx(1, abs=1e-6)
    assert (found["n_bars_trained"], found["n_bars_filtered"]) == (877, N - 23)
    assert found["log_likelihood_nats"] == models.models["macro"].training.log_likelihood


def test_default_observations():
    params = HmmParams()
    assert params.macro.observations == ["log_return_120", "rv_120"]
    assert params.micro.observations == ["log_return_1", "rv_24"]
    assert params.macro.enabled
    assert params.micro.n_states == 3
