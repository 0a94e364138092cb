"""The whole pipeline on real markets beside the sample."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.pipeline.conftest import NOT_MADE

pytestmark = pytest.mark.slow

DEFAULTS = {
    "bars.types": {"tick": 100, "time": 300},
    "labels.triple_barrier.max_horizon_bars": 50,
    "labels.triple_barrier.min_horizon_bars": 10,
    "walkforward.n_splits": 5,
    "models.max_depth": 10,
}
"""What params.yaml ships, with few trees."""


def verdict_is_told(workspace) -> None:
    page = (workspace.folder / "reports" / "report.html").read_text()
    assert "</html>" in page
    metrics = json.loads((workspace.folder / "reports" / "metrics.json").read_text())
    assert 0.3 < metrics["auc"] < 0.7


def feed_of(workspace) -> dict:
    return json.loads((workspace.folder / "data" / "manifest.json").read_text())["feeds"][0]


@pytest.fixture
def cache(shared, tmp_path):
    """Copy a folder of a venue's files to a raw cache, where receipts may be written; return the cache."""

    def cache(venue, folder):
        shutil.copytree(shared / venue / folder, tmp_path / "raw" / folder)
        return str(tmp_path / "raw")

    return cache


@pytest.mark.parametrize(("symbol", "n_ticks"), [("EURUSD", 266_219), ("GBPJPY", 816_421)])
def test_dukascopy_ticks_become_a_report(make_workspace, cache, symbol, n_ticks):
    source = {"data.source": "dukascopy", "data.cache": cache("dukascopy", symbol), "instrument.symbol": symbol}
    source |= {"walkforward.n_splits": 3}  # two days of EURUSD are few bars for the first of more folds
    workspace = make_workspace({**DEFAULTS, **NOT_MADE, **source}).run()
    assert feed_of(workspace)["n_rows"] == n_ticks
    verdict_is_told(workspace)


def test_fxcm_quotes_become_a_report_with_their_crossed_rows_counted(make_workspace, cache):
    source = {
        "instrument.symbol": "EURUSD",
        "data.source": "lean",
        "data.market": "forex/fxcm",
        "data.kind": "quotes",
        "data.cache": cache("lean", "forex/fxcm/tick"),
        "data.rules.crossed_quotes": "drop",
    }
    workspace = make_workspace({**DEFAULTS, **NOT_MADE, **source}).run()
    feed = feed_of(workspace)
    assert feed["rules"]["crossed_quotes_dropped"] == 116_871
    assert feed["n_rows"] == 1_144_807 - 116_871
    verdict_is_told(workspace)
