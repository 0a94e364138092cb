"""Damage to real files of Dukascopy: one line that names the file, or a table."""

import pytest

from assay.sources.dukascopy import VENUE
from tests.sources.feeds import fates, feed
from tests.sources.fuzz import mutations

REAL = [
    ("quotes", "22h_ticks.bi5", "2019-02-04T22:00", "2019-02-04T23:00"),
    ("ohlcv", "BID_candles_min_1.bi5", "2019-02-04", "2019-02-05"),
]
"""An hour of little trade, and the minutes of its day."""


@pytest.mark.parametrize("n_cases", [300, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("kind", "name", "start", "end"), REAL, ids=[one[0] for one in REAL])
def test_mutated_real_files_end_in_one_line_or_in_a_table(shared, kind, name, start, end, n_cases):
    raw = (shared / "dukascopy/EURUSD/2019/01/04" / name).read_bytes()
    wanted = feed("dukascopy", kind, "EURUSD", start, end, interval="1m")
    (piece,) = VENUE.pieces(wanted)
    assert piece.path.endswith(name)
    assert VENUE.decode(raw, piece, wanted)[0].height > 0
    found = fates(VENUE, mutations(raw, 3, n_cases), piece, wanted)
    assert found["refused"] > 0
    assert found["refused"] + found["table"] == n_cases
