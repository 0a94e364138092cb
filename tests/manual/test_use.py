"""Presets: what differs from the defaults, written into params.yaml with its comments kept."""

import pytest

from assay import params
from assay.errors import ParamsError
from assay.manual.knobs import BLOCKS, knobs
from assay.manual.render import render
from assay.manual.use import difference, presets, used

COMMENT = "# my own words\n"


def values(text, path):
    path.write_text(text)
    params.seed(path)
    return {block: params.load(block, model, path) for block, model in BLOCKS.items()}


@pytest.mark.parametrize("name", presets())
def test_every_preset_is_allowed(name, tmp_path):
    assert values(used(name, render()), tmp_path / "params.yaml")


@pytest.mark.parametrize("name", presets())
def test_comments_stay(name):
    old = COMMENT + render()
    new = used(name, old)
    assert [line for line in new.splitlines() if line.strip().startswith("#")] == [
        line for line in old.splitlines() if line.strip().startswith("#")
    ]


def test_the_sample_is_the_defaults():
    assert used("sample", render()) == render()


@pytest.mark.parametrize("name", presets())
def test_a_preset_is_a_whole_set_up_whatever_was_there_before(name):
    for other in presets():
        assert used(name, used(other, render())) == used(name, render())


def test_values_are_those_of_the_preset_and_else_the_defaults(tmp_path):
    text = used("eurusd_tick1000_rf", render())
    found = values(text, tmp_path / "params.yaml")
    assert found["bars"].types == {"tick": 1000, "time": 3600}
    assert found["instrument"].symbol == "EURUSD"
    assert found["labels"].triple_barrier.tp_ticks == 100
    assert found["backtest"] == BLOCKS["backtest"]()


def test_the_difference_names_the_lines_that_change():
    shown = difference(render(), used("eurusd_tick1000_rf", render()))
    assert "-  symbol: ES\n" in shown
    assert "+  symbol: EURUSD\n" in shown
    assert difference(render(), render()) == ""


def test_an_unknown_preset_gets_the_nearest_name():
    with pytest.raises(ParamsError, match="did you mean eurusd_tick1000_rf"):
        used("eurusd_tick_rf", render())
    with pytest.raises(ParamsError, match="unknown preset; found 'nope'; take one of btcusdt_perpetual, "):
        used("nope", render())


def test_a_file_without_a_block_is_refused():
    with pytest.raises(ParamsError, match="missing block; found labels; begin anew: assay defaults"):
        used("sample", render().replace("labels:", "other:"))


def test_each_preset_says_what_it_is():
    assert all(len(text) > 20 for text in presets().values())
    assert len({knob.path for knob in knobs()}) > 100
