"""The data block: dates as YAML gives them, ranges, and markets that cannot be."""

import pytest
from ruamel.yaml import YAML

from assay.errors import ParamsError
from assay.params import load
from assay.sources.params import DataParams


def loaded(tmp_path, text):
    (tmp_path / "params.yaml").write_text(f"data:\n{text}")
    return load("data", DataParams, tmp_path / "params.yaml")


@pytest.mark.parametrize(
    "written",
    ["2019-02-04", "'2019-02-04'", "2019-02-04T00:00:00", "2019-02-04 00:00:00Z", "'2019-02-04T01:00:00+01:00'"],
)
def test_dates_may_be_written_with_or_without_quotes(tmp_path, written):
    params = loaded(tmp_path, f"  start: {written}\n")
    assert params.bounds_ns() == (1_549_238_400_000_000_000, None)
    assert isinstance(params.start, str)


def test_defaults_survive_yaml(tmp_path):
    with (tmp_path / "params.yaml").open("w") as file:
        YAML().dump({"data": DataParams().model_dump()}, file)
    assert load("data", DataParams, tmp_path / "params.yaml") == DataParams()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("  start: tomorrow\n", "data.start: .*found 'tomorrow'"),
        ("  source: bloomberg\n", "data.source: input should be 'sample', 'dukascopy', 'files' or 'synthetic'"),
        ("  sorce: files\n", "unknown parameter; found data.sorce; did you mean source"),
        ("  columns: {prize: p}\n", "found data.columns.prize; did you mean price"),
        ("  synthetic: {n_ticks: many}\n", "data.synthetic.n_ticks"),
        ("  synthetic: {first_day: Monday}\n", "data.synthetic.first_day"),
        ("  synthetic: {volatility_ticks: [0.1]}\n", "volatility_ticks names 1 regimes"),
        ("  synthetic: {spread_ticks: [1, 1, -1]}\n", "spread_ticks: 0 or more"),
        ("  synthetic: {volatility_ticks: [0.1, 0.1, 500.0]}\n", "moves lie between 0 and 1 % of the price"),
        (
            "  synthetic: {transition: [[1, 0, 0], [0, 1, 0], [0.5, 0.5, 0.5]]}\n",
            "rows are probabilities that sum to 1",
        ),
    ],
)
def test_impossible_values_are_one_line(tmp_path, text, rule):
    with pytest.raises(ParamsError, match=rule) as caught:
        loaded(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_the_end_must_come_after_the_start():
    with pytest.raises(ParamsError, match=r"must be after data\.start"):
        DataParams(start="2019-02-05", end="2019-02-05").bounds_ns()
