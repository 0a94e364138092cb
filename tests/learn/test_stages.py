"""The three stages of learning, run on a small market: what they write, and that it is what ``fit`` makes."""

import json

import polars as pl
import pytest

from assay import store
from assay.compute.executor import Serial
from assay.errors import DataError, ParamsError, StoreError
from assay.learn.fit import fit
from assay.learn.walkforward import folds
from assay.regimes.market import fit_regimes
from assay.splits.params import WalkForwardParams
from assay.stats.seeds import FINAL
from assay.tables.features import FEATURES
from assay.tables.labels import LABELS
from assay.tables.predictions import OOF, PREDICTIONS
from assay.tables.regimes import REGIMES
from stages import train_base, train_meta, walkforward

TREES = "n_estimators: 20, min_samples_leaf: 10, max_features: 0.5, min_rows: 20"
PARAMS = f"""
seed: 7
instrument: {{symbol: S1, table: {{S1: {{kind: equity, tick_size: 0.01}}}}}}
labels: {{triple_barrier: {{max_horizon_bars: 3}}}}
splits: {{holdout_fraction: 0.3, embargo_bars: auto}}
hmm: {{macro: {{enabled: false}}, micro: {{n_states: 2, n_iterations: 20}}}}
models: {{{TREES}, max_depth: 5, n_splits: 3, meta: {{{TREES}, max_depth: 3}}}}
costs: {{}}
walkforward: {{enabled: WALK, n_splits: 2}}
compute: {{executor: serial}}
"""
STAGES = (train_base, train_meta, walkforward)


@pytest.fixture
def house(tmp_path, monkeypatch, small, make_recipe):
    """A folder as the stages before leave it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text(PARAMS.replace("WALK", "true"))
    store.write_table(tmp_path / "data/features/S1.parquet", small.features, FEATURES)
    store.write_json(tmp_path / "data/features/schema.json", {"hash": "s1"})
    store.write_table(tmp_path / "data/labels/S1.parquet", small.labels, LABELS)
    models = fit_regimes(small.features, [(0, 630)], make_recipe().hmm)
    keys = small.features.select(list(REGIMES.columns))
    regimes = pl.concat([keys, models.columns(small.features)], how="horizontal")
    store.write_table(tmp_path / "data/regimes/S1.parquet", regimes, REGIMES)
    return tmp_path


def everything(house):
    files = [path for path in house.rglob("*") if path.is_file()]
    return {str(path.relative_to(house)): path.read_bytes() for path in files}


def test_the_stages_write_what_fit_makes_and_the_same_bytes_again(house, small, make_recipe):
    for stage in STAGES:
        stage.main()
    first = everything(house)
    fitted = fit(small.rows(0.3), make_recipe(), FINAL, Serial())
    for folder, files in (("base", fitted.base.files()), ("meta", fitted.meta.files())):
        assert {name: first[f"models/{folder}/{name}"] for name in files} == files
    predictions = store.read_table(house / "data/predictions/S1.parquet", PREDICTIONS)
    work = list(folds(small.rows(0.3), WalkForwardParams(n_splits=2), 3))
    assert predictions.height == sum(fold.test.events.height for fold in work)
    assert store.read_table(house / "data/oof/S1.parquet", OOF).height == small.rows(0.3).events.height
    report = json.loads(first["reports/walkforward.json"])
    assert report["left_out"] == {"features_not_finite": 0, "holdout": 270}
    assert json.loads(first["reports/train_base/metrics.json"])["n_left_out_holdout"] == 270
    assert json.loads(first["reports/train_meta/metrics.json"])["n_threshold"] == 126
    assert first["reports/train_base/plots/metrics/auc.tsv"].count(b"\n") == 4
    assert first["reports/plots/folds.csv"].startswith(b"fold,n_test,")
    for stage in STAGES:
        stage.main()
    assert everything(house) == first


def test_switched_off_walk_forward_leaves_empty_outputs(house):
    (house / "params.yaml").write_text(PARAMS.replace("WALK", "false"))
    walkforward.main()
    assert store.read_table(house / "data/predictions/S1.parquet", PREDICTIONS).height == 0
    assert store.read_json(house / "reports/walkforward.json")["enabled"] is False
    assert (house / "reports/plots/calibration.csv").read_text() == "low,high,n,mean_p,rate\n"


def test_a_repository_without_commits_is_one_line(house):
    from dulwich.repo import Repo

    Repo.init(house)
    (house / ".dvc").mkdir()
    with pytest.raises(StoreError, match="needs at least one commit") as error:
        train_base.main()
    assert "\n" not in str(error.value)


def test_a_file_in_place_of_the_logs_is_one_line_and_leaves_what_was_there(house):
    (house / "reports").mkdir()
    (house / "reports/train_base").write_text("a file")
    before = everything(house)
    with pytest.raises(StoreError, match="reports/train_base: must be writable"):
        train_base.main()
    assert everything(house) == before


def test_a_folder_in_place_of_a_log_is_replaced(house):
    (house / "reports/train_base/metrics.json").mkdir(parents=True)
    train_base.main()
    assert [path.name for path in (house / "reports").iterdir()] == ["train_base"]
    logs = {path: content for path, content in everything(house).items() if path.startswith("reports/")}
    assert "reports/train_base/metrics.json" in logs
    assert not [path for path, content in logs.items() if b".part" in content], "the name of the folder"


def test_a_log_that_fails_leaves_what_was_there(house, monkeypatch):
    train_base.main()
    before = everything(house)

    def full(part, *_):
        part.mkdir()
        (part / "metrics.json").write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(train_base, "log_steps", full)
    with pytest.raises(StoreError, match="No space left"):
        train_base.main()
    assert everything(house) == before


@pytest.mark.parametrize("fraction", ["0.7", "1.0", "1.5", "-0.1"])
def test_no_stage_takes_a_holdout_out_of_bounds(house, fraction):
    (house / "params.yaml").write_text(PARAMS.replace("0.3,", f"{fraction},"))
    for stage in STAGES:
        with pytest.raises(ParamsError, match=r"splits\.holdout_fraction"):
            stage.main()


@pytest.mark.parametrize("content", [None, [], {}])
def test_a_schema_of_another_shape_is_refused_by_every_stage(house, content):
    store.write_json(house / "data/features/schema.json", content)
    for stage in STAGES:
        with pytest.raises(DataError, match=r"data/features/schema\.json"):
            stage.main()
