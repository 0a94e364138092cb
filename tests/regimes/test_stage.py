"""The stage: models, regimes of all bars and a report, from features and params alone."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from assay import store
from assay.errors import FitError, ParamsError
from assay.regimes.hmm import Hmm
from assay.tables.features import FEATURES
from assay.tables.regimes import REGIMES
from stages import hmm

PARAMS = """
instrument: {{symbol: ES}}
splits: {{holdout_fraction: 0.25}}
hmm:
  macro: {{enabled: {macro}, n_states: 2, observations: [r]}}
  micro: {{enabled: {micro}, n_states: 3, observations: [r]}}
"""


@pytest.fixture
def workplace(tmp_path, monkeypatch, market):
    monkeypatch.chdir(tmp_path)
    write(market(800, np.random.default_rng(0))[1])
    write_params()
    return tmp_path


def write(r):
    at = pl.Series(np.arange(len(r)), dtype=pl.Int64).cast(pl.Datetime("ns", "UTC"))
    frame = pl.DataFrame({"symbol": "ES", "ordinal": np.arange(len(r)), "closed_at": at, "r": r.astype(np.float32)})
    store.write_table(Path("data/features/ES.parquet"), frame, FEATURES)


def write_params(macro="true", micro="true"):
    Path("params.yaml").write_text(PARAMS.format(macro=macro, micro=micro), encoding="utf-8")


def outputs():
    return {str(path): path.read_bytes() for path in sorted(Path().rglob("*")) if path.suffix in {".json", ".parquet"}}


def test_the_stage_writes_models_regimes_and_report(workplace):
    hmm.main()
    regimes = store.read_table(Path("data/regimes/ES.parquet"), REGIMES)
    assert regimes.columns == ["symbol", "ordinal", "closed_at", "macro_0", "macro_1", "micro_0", "micro_1", "micro_2"]
    assert regimes.height == 800
    model = Hmm.from_json(Path("models/hmm/macro.json").read_text(encoding="utf-8"))
    assert model.training.n_rows == 600
    report = store.read_json(Path("reports/hmm.json"))
    assert sorted(report) == ["macro", "micro"]
    assert report["micro"]["n_states"] == 3


def test_the_sealed_bars_do_not_reach_the_models(workplace, market):
    hmm.main()
    before = outputs()
    r = market(800, np.random.default_rng(0))[1]
    r[600:] *= 9
    write(r)
    hmm.main()
    after = outputs()
    assert before["models/hmm/macro.json"] == after["models/hmm/macro.json"]
    assert before["models/hmm/micro.json"] == after["models/hmm/micro.json"]
    assert before["data/regimes/ES.parquet"] != after["data/regimes/ES.parquet"]


def test_running_it_again_gives_the_same_bytes(workplace):
    hmm.main()
    before = outputs()
    hmm.main()
    assert outputs() == before


def test_a_model_switched_off_leaves_no_stale_file(workplace):
    hmm.main()
    write_params(macro="false", micro="false")
    hmm.main()
    assert list(Path("models/hmm").iterdir()) == []
    assert store.read_json(Path("reports/hmm.json")) == {"macro": None, "micro": None}
    assert store.read_table(Path("data/regimes/ES.parquet"), REGIMES).width == 3


def test_a_fit_that_fails_leaves_what_was_there(workplace):
    hmm.main()
    write(np.zeros(800))
    before = outputs()
    with pytest.raises(FitError, match=r"hmm\.macro, observation r: must vary"):
        hmm.main()
    assert outputs() == before


def test_the_report_says_nothing_of_the_sealed_bars(workplace, market):
    hmm.main()
    before = Path("reports/hmm.json").read_bytes()
    assert store.read_json(Path("reports/hmm.json"))["micro"]["n_bars_filtered"] == 600
    r = market(800, np.random.default_rng(0))[1]
    r[600:] *= 9
    write(r)
    hmm.main()
    assert Path("reports/hmm.json").read_bytes() == before


@pytest.mark.parametrize("fraction", ["1.0", "1.5"])
def test_a_holdout_out_of_bounds_is_refused(workplace, fraction):
    Path("params.yaml").write_text(Path("params.yaml").read_text().replace("0.25", fraction))
    with pytest.raises(ParamsError, match=r"splits\.holdout_fraction"):
        hmm.main()


@pytest.mark.parametrize("key", ["symbol", "ordinal", "closed_at"])
def test_the_keys_of_a_bar_are_no_observations(workplace, key):
    Path("params.yaml").write_text(Path("params.yaml").read_text().replace("[r]", f"[{key}]"))
    with pytest.raises(ParamsError, match=rf"hmm\.macro\.observations: must name features; found {key};"):
        hmm.main()
