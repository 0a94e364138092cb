"""What `assay features report` leaves alone is what the walk-forward of the same project tests."""

from pathlib import Path

import polars as pl
import pytest

from assay.cli import main

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("market")]


def test_it_stops_before_the_first_row_of_the_predictions(finished, monkeypatch, capsys):
    monkeypatch.chdir(finished.folder)
    first = pl.read_parquet(Path("data/predictions/EURUSD.parquet"))["ordinal"].min()
    assert main(["features", "report", "--horizons", "1"]) == 0
    told = f"{first - 2:,} rows before bar {first:,}, the first that the walk-forward tests\n"
    assert capsys.readouterr().out.startswith(told)
