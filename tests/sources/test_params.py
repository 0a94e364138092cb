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
        ("  start: 0001-01-01\n", "data.start: years are 1678 to 2261; found"),
        ("  end: 9999-12-31\n", "data.end: years are 1678 to 2261; found"),
        ("  publish_lag_seconds: -5.0\n", "data.publish_lag_seconds: input should be greater than or equal to 0"),
        (
            "  publish_lag_seconds: 1.0e+300\n",
            "data.publish_lag_seconds: input should be less than or equal to 31536000",
        ),
        ("  publish_lag_seconds: late\n", "data.publish_lag_seconds: input should be 'auto'"),
        ("  more: [{publish_lag_seconds: -5.0}]\n", "input should be greater than or equal to 0; found -5.0"),
        ("  source: bloomberg\n", "data.source: input should be 'sample', 'dukascopy', 'binance', "),
        ("  sorce: files\n", "unknown parameter; found data.sorce; did you mean source"),
        ("  columns: {prize: p}\n", "found data.columns.prize; did you mean price"),
        ("  synthetic: {n_ticks: many}\n", "data.synthetic.n_ticks"),
        ("  synthetic: {first_day: Monday}\n", "data.synthetic.first_day"),
        ("  synthetic: {first_day: 9999-12-31}\n", "first_day: years are 1678 to 2261; found"),
        ("  synthetic: {first_day: 1600-01-01}\n", "first_day: years are 1678 to 2261"),
        ("  synthetic: {first_day: 2261-12-31}\n", "twice the ticks must fit before 2262; found 500000 of 1.0 s"),
        ("  synthetic: {seconds_per_tick: 604800.0}\n", "twice the ticks must fit before 2262"),
        ("  synthetic: {seconds_per_tick: 1.0e+300}\n", "seconds_per_tick: .*less than or equal to 604800"),
        ("  synthetic: {seconds_per_tick: 1.0e-300}\n", "seconds_per_tick: .*greater than or equal to 0.001"),
        ("  synthetic: {start_price_ticks: 1.0e+300}\n", "start_price_ticks: .*less than"),
        ("  synthetic: {noise_ticks: 1.0e+18}\n", "moves and noise lie between"),
        ("  synthetic: {depth: 1.0e+300}\n", "depth: .*less than"),
        ("  synthetic: {n_ticks: 1" + "0" * 400 + "}\n", "n_ticks: .*less than"),
        ("  synthetic: {signal_lifetime_ticks: 1.0e+300}\n", "signal_lifetime_ticks: .*less than"),
        (f"  synthetic: {{spread_ticks: [{10**30}, 1, 1]}}\n", "spread_ticks: 0 or more, 10 % of the price at most"),
        ("  time_zone: ''\n", "data.time_zone: zone must be a time zone; found ''"),
        ("  time_zone: '+05:00'\n", "data.time_zone: zone must be a time zone"),
        ("  time_zone: America/Chikago\n", "did you mean America/Chicago"),
        ("  synthetic: {volatility_ticks: [0.1]}\n", "volatility_ticks names 1 regimes"),
        ("  synthetic: {spread_ticks: [1, 1, -1]}\n", "spread_ticks: 0 or more"),
        ("  synthetic: {volatility_ticks: [0.1, 0.1, 500.0]}\n", "moves and noise lie between 0 and 1 % of the price"),
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
