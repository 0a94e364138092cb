"""The stage of the backtest writes all that it makes, or nothing."""

import pytest
from ruamel.yaml import YAML

from assay import store
from assay.errors import DataError
from assay.tables.bars import BARS
from assay.tables.book import EQUITY, ROUND_TRIPS
from assay.tables.predictions import PREDICTIONS
from stages.backtest import main

OUTPUTS = ("data/trades.parquet", "data/equity.parquet", "reports/backtest.json", "reports/plots/equity.csv")


@pytest.fixture
def root(tmp_path, monkeypatch, draw_market, draw_orders, as_bars, as_predictions):
    monkeypatch.chdir(tmp_path)
    blocks = {
        "instrument": {"symbol": "ES"},
        "bars": {"main": "tick"},
        "backtest": {},
        "costs": {},
        "labels": {"triple_barrier": {}},
        "session": {},
    }
    YAML().dump(blocks, tmp_path / "params.yaml")
    bars = as_bars(draw_market(3, 200))
    store.write_table(tmp_path / "data/bars/tick/ES.parquet", bars, BARS)
    predictions = as_predictions(draw_orders(3, 200), bars)
    store.write_table(tmp_path / "data/predictions/ES.parquet", predictions, PREDICTIONS)
    return tmp_path


def test_the_stage_writes_trades_equity_report_and_curve(root):
    main()
    assert store.read_table(root / OUTPUTS[0], ROUND_TRIPS).height > 0
    assert store.read_table(root / OUTPUTS[1], EQUITY).height == 2 * 200
    assert all((root / path).stat().st_size > 0 for path in OUTPUTS)


@pytest.mark.parametrize("step", ["summary", "thinned"])
def test_what_fails_after_the_trades_leaves_nothing(root, monkeypatch, step):
    def fail(*_):
        raise DataError("curve", "must be", "nothing", "mend it")

    monkeypatch.setattr(f"stages.backtest.{step}", fail)
    with pytest.raises(DataError, match="curve"):
        main()
    assert not any((root / path).exists() for path in OUTPUTS)


def test_a_report_that_cannot_be_written_leaves_nothing(root, monkeypatch):
    monkeypatch.setattr("stages.backtest.summary", lambda *_: {"net": float("inf")})
    with pytest.raises(DataError, match="holds finite numbers only"):
        main()
    assert not any((root / path).exists() for path in OUTPUTS)
