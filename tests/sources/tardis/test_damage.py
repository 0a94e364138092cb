"""Damage to real files of Tardis, packed and unpacked: one line that names the file, or a table."""

import gzip
from itertools import chain

import pytest

from assay.sources.tardis import VENUE
from tests.sources.feeds import fates
from tests.sources.fuzz import mutations
from tests.sources.tardis.files import day_piece, tardis

REAL = [
    ("trades", "tardis_binance_futures_trades_BTCUSDT_20200222.csv.gz", "2020-02-22", "BTCUSDT", "x"),
    ("quotes", "tardis_binance_futures_quotes_BTCUSDT_20200222.csv.gz", "2020-02-22", "BTCUSDT", "x"),
    ("book", "tardis_binance-futures_book_snapshot_25_BTCUSDT.csv", "2020-09-01", "BTCUSDT", "x"),
    (
        "book",
        "tardis_deribit_incremental_book_L2_BTC-PERPETUAL.csv",
        "2020-04-01",
        "BTC-PERPETUAL",
        "incremental_book_L2",
    ),
]
N_LINES = 40


def first_lines(path):
    """Return the first lines of a file, unpacked."""
    raw = path.read_bytes()
    content = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return b"".join(content.splitlines(keepends=True)[:N_LINES])


@pytest.mark.parametrize("n_cases", [300, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("kind", "name", "day", "symbol", "dataset"), REAL, ids=[one[1] for one in REAL])
def test_mutated_real_files_end_in_one_line_or_in_a_table(shared, kind, name, day, symbol, dataset, n_cases):
    content = first_lines(shared / "nautilus" / name)
    piece, wanted = day_piece(day, symbol, dataset), tardis(kind, symbol)
    assert VENUE.decode(gzip.compress(content), piece, wanted)[0].height > 0
    outside = mutations(gzip.compress(content, mtime=0), 1, n_cases // 4)
    inside = (gzip.compress(raw, 1) for raw in mutations(content, 2, n_cases - n_cases // 4))
    found = fates(VENUE, chain(outside, inside), piece, wanted)
    assert found["refused"] > 0
    assert found["refused"] + found["table"] == n_cases
