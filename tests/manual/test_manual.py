from pathlib import Path

import pytest

from assay import params
from assay.cli import main
from assay.manual.knobs import BLOCKS, find, knobs
from assay.manual.render import render
from assay.manual.reruns import reruns, stages
from assay.types import Params

ROOT = Path(__file__).resolve().parents[2]


def test_params_yaml_is_the_manual_with_every_knob_at_its_default():
    assert (ROOT / "params.yaml").read_text() == render()


def test_the_rendered_manual_reads_back_as_the_defaults(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text(render())
    for block, model in BLOCKS.items():
        assert params.load(block, model, path) == model()


@pytest.mark.parametrize("knob", knobs(), ids=lambda knob: knob.path)
def test_every_knob_says_what_it_means(knob):
    assert len(knob.meaning) > 15
    assert knob.meaning.endswith((".", ".)"))
    assert knob.allowed


def leaves(model, path):
    for name, field in model.model_fields.items():
        inner = isinstance(field.annotation, type) and issubclass(field.annotation, Params)
        yield from leaves(field.annotation, f"{path}.{name}") if inner else [f"{path}.{name}"]


def test_a_block_explains_all_its_knobs():
    assert {knob.path for knob in find("models.meta")} == {*leaves(BLOCKS["models.meta"], "models.meta")}


PIPELINE = {
    "fetch": {"params": ["data"], "outs": ["data/ticks"]},
    "train": {"deps": ["data/ticks"], "params": ["models.n_estimators", "seed"], "outs": ["models/base"]},
    "report": {"deps": ["models/base/model.onnx"], "params": ["name"], "outs": [{"report.html": {"cache": False}}]},
}


@pytest.mark.parametrize(
    ("key", "stages"),
    [
        ("data.source", ["fetch", "train", "report"]),
        ("models.n_estimators", ["train", "report"]),
        ("models", ["train", "report"]),
        ("name", ["report"]),
        ("compute.n_workers", []),
    ],
)
def test_a_change_reruns_the_stages_that_declare_it_and_what_follows(key, stages):
    assert reruns(key, PIPELINE) == stages


def test_a_stage_that_loads_one_field_of_a_block_is_not_rerun_by_another():
    pipeline = stages(ROOT / "dvc.yaml")
    assert "hmm" in reruns("splits.holdout_fraction", pipeline)
    assert "hmm" not in reruns("splits.embargo_bars", pipeline)


def test_explain_prints_meaning_default_and_stages(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert main(["explain", "models.n_estimators"]) == 0
    text = capsys.readouterr().out
    assert "default  200" in text
    assert "reruns   train-base, train-meta, walkforward, backtest, montecarlo, report" in text


def test_explain_refuses_what_it_does_not_know_and_names_the_nearest(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert main(["explain", "models.n_estimator"]) == 1
    assert capsys.readouterr().err.strip().endswith("did you mean models.n_estimators?")
    for far in ("", "qqq"):
        assert main(["explain", far]) == 1
        assert capsys.readouterr().err.endswith(f"found {far!r}; see `assay defaults` for all of them\n")


@pytest.mark.parametrize("words", [[], ["nope"], ["features", "report", "--until", "-1"], ["features", "ls", "--nope"]])
def test_a_mistake_in_the_words_of_a_command_is_one_line(capsys, words):
    with pytest.raises(SystemExit, match="2"):
        main(words)
    told = capsys.readouterr().err
    assert told.startswith("assay")
    assert told.endswith("--help\n")
    assert told.count("\n") == 1
