"""What `assay features report` leaves alone is what the walk-forward of the same project tests."""

from pathlib import Path

import polars as pl
import pytest

from assay.cli import main

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("market")]


def test_it_stops_before_the_first_row_of_the_predictions(finished, monkeypatch, capsys):
    monkeypatch.chdir(finished.folder)
    """Features with a look-back leave early events out, so what is tested begins later than it might."""
    first = pl.read_parquet(Path("data/predictions/EURUSD.parquet"))["ordinal"].min()
    assert main(["features", "report", "--horizons", "1"]) == 0
    told = capsys.readouterr().out.splitlines()[0]
    assert told.endswith(", the first that the walk-forward may test")
    assert int(told.split("bar ")[1].split(",")[0].replace(",", "")) <= first
