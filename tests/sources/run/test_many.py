"""Many symbols at a high pace, and what a month of many ticks takes of memory."""

import logging
import subprocess
import sys
from collections import Counter

import pytest

from bench import thousand_symbols
from tests.sources.bars_server import Aggregates
from tests.sources.project import ROOT
from tests.sources.server import TYPES, Server

N = 40
NAMES = [f"S{i:04d}" for i in range(N)]


def test_forty_symbols_all_arrive_and_a_second_run_asks_for_what_is_new_only(tmp_path, monkeypatch):
    monkeypatch.setitem(TYPES, "", "application/json")
    monkeypatch.setattr(thousand_symbols, "SLOW_S", 0.0)
    with thousand_symbols.misbehaving(NAMES) as server:
        for name, kind in (("S0003", 500), ("S0011", "cut")):
            server.fault(lambda request, name=name: f"/{name}/" in request.path, kind)
        first = thousand_symbols.run(tmp_path, server, NAMES, 1000.0)
        second = thousand_symbols.run(tmp_path, server, [*NAMES, "NEW"], 1000.0)
    assert [feed["symbol"] for feed in first.manifest["feeds"]] == NAMES
    assert not first.manifest["failed"]
    assert all(feed["n_rows"] == 63 for feed in first.manifest["feeds"])
    assert N - 10 < first.n_first_try < N
    assert {path.split("/")[4] for path in second.paths} == {"NEW"}


def test_feeds_of_one_piece_each_are_under_way_at_once_but_not_more_than_allowed(project):
    with Server(Aggregates()) as server:
        under_way, most = Counter(), []

        def answer(path):
            asked = Aggregates.get(server.content, path)

            def slowly(request):
                under_way["now"] += 1
                most.append(under_way["now"])
                server.wait(0.05)
                under_way["now"] -= 1
                return asked(request)

            return slowly

        server.content = type("Slowly", (Aggregates,), {"get": lambda _, path: answer(path)})()
        data = {"source": "polygon", "symbols": NAMES[:12], "endpoint": server.url, "cache": "cache"}
        project.run(start="2024-01-03", end="2024-01-12", transport={"at_once": 3}, **data)
    assert max(most) == 3


def test_slow_answers_are_named(project, bars, caplog):
    bars.fault(lambda request: "MSFT" in request.path, "slow", seconds=0.3)
    data = {"source": "polygon", "symbols": ["AAPL", "MSFT"], "endpoint": bars.url, "cache": "cache"}
    with caplog.at_level(logging.WARNING):
        project.run(start="2024-01-03", end="2024-01-06", transport={"slow_seconds": 0.2}, **data)
    (said,) = [record.getMessage() for record in caplog.records if record.name == "assay.transport"]
    assert "MSFT" in said
    assert "AAPL" not in said


MEMORY = """
import resource, sys
from pathlib import Path
import numpy as np, polars as pl
from assay.sources import feeds
    from assay.sources.run import fetch
from assay.sources.params import DataParams
from assay.market.instruments import InstrumentParams
from assay.sources.transport.line import Transport
from assay.sources.transport.params import TransportParams
from assay.sources.venue import Piece
from assay.tables.ticks import TRADES

HOUR = 3_600_000_000_000
START = 1_704_067_200_000_000_000
N_PIECES, N_ROWS = int(sys.argv[2]), 70_000

class Made:
    kinds = ("trades",)
    def pieces(self, feed):
        return [Piece(f"{i}.bin", START + i * HOUR, START + (i + 1) * HOUR) for i in range(N_PIECES)]
    def decode(self, raw, piece, feed):
        draw = np.random.default_rng(int(raw))
        time = np.sort(draw.integers(piece.start_ns, piece.end_ns, N_ROWS))
        price = 100.0 + np.cumsum(draw.choice([-0.01, 0.0, 0.01], N_ROWS)) * 0.001
        frame = pl.DataFrame({"time": time, "price": price, "size": 1.0, "side": 1, "flags": 0})
        return frame.cast({name: column.dtype for name, column in TRADES.columns.items()}), {}

folder = Path(sys.argv[1])
(folder / "raw").mkdir()
for i in range(N_PIECES):
    (folder / "raw" / f"{i}.bin").write_bytes(str(i).encode())
fetch.venue_of = lambda _: Made()
feeds.venue_of = lambda _: Made()
params = DataParams(source="binance", cache=str(folder / "raw"), start="2024-01-01", end="2024-02-01", calendar="24/7")
(feed,) = feeds.feeds(params, InstrumentParams(symbol="BTCUSDT"))
with Transport(TransportParams()) as transport:
    got = fetch.fetch(feed, {name: folder / name for name in ("ticks", "context")}, transport)
assert got.files[0]["n_rows"] == N_PIECES * N_ROWS, got.files
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak_mb(folder, n_pieces):
    folder.mkdir()
    run = [sys.executable, "-c", MEMORY, str(folder), str(n_pieces)]
    return int(subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


@pytest.mark.slow
def test_a_month_of_fifty_million_ticks_takes_no_more_memory_than_one_of_five(tmp_path):
    few, many = peak_mb(tmp_path / "few", 72), peak_mb(tmp_path / "many", 715)
    assert many < 1.3 * few
    assert many < 1_500
