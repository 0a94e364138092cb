"""The whole pipeline on real markets beside the sample."""

from __future__ import annotations

import io
import json
import zipfile

import polars as pl
import pytest

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


@pytest.mark.parametrize(("symbol", "n_ticks"), [("EURUSD", 266_219), ("GBPJPY", 816_421)])
def test_dukascopy_ticks_become_a_report(make_workspace, shared, symbol, n_ticks):
    source = {"data.source": "dukascopy", "data.cache": str(shared / "dukascopy"), "instrument.symbol": symbol}
    workspace = make_workspace({**DEFAULTS, **source}).run()
    assert json.loads((workspace.folder / "data" / "manifest.json").read_text())["n_rows"] == n_ticks
    verdict_is_told(workspace)


def fxcm(shared) -> pl.DataFrame:
    """Return FXCM's EURUSD quotes of May 2014 as one table; its clock is UTC-5 the whole year."""
    days = []
    for path in sorted((shared / "lean" / "forex" / "fxcm" / "tick" / "eurusd").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            text = archive.read(archive.namelist()[0])
        day = pl.read_csv(io.BytesIO(text), has_header=False, new_columns=["ms", "bid", "ask"])
        midnight = pl.lit(path.name[:8]).str.to_datetime("%Y%m%d", time_unit="ms")
        days.append(
            day.select(time=midnight + pl.duration(milliseconds=pl.col("ms"), time_unit="ms"), bid="bid", ask="ask")
        )
    return pl.concat(days)


def test_fxcm_quotes_become_a_report_with_their_crossed_rows_counted(make_workspace, shared, tmp_path):
    quotes = fxcm(shared)
    quotes.write_parquet(tmp_path / "eurusd.parquet")
    source = {
        "instrument.symbol": "EURUSD",
        "data.source": "files",
        "data.path": str(tmp_path / "eurusd.parquet"),
        "data.columns.bid": "bid",
        "data.columns.ask": "ask",
        "data.time_zone": "Etc/GMT+5",
        "data.crossed_quotes": "drop",
    }
    workspace = make_workspace({**DEFAULTS, **source}).run()
    manifest = json.loads((workspace.folder / "data" / "manifest.json").read_text())
    assert manifest["rules"]["crossed_quotes_dropped"] == 116_871
    assert manifest["n_rows"] == 1_144_807 - 116_871
    verdict_is_told(workspace)
