"""Order books of a venue: they say what its best quotes say, and become columns from fetch to features."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from ruamel.yaml import YAML

from assay import store
from assay.errors import DataError
from assay.features.inputs import Inputs
from assay.market.instruments import Instrument
from assay.sources.binance import VENUE
from assay.tables.features import FEATURES
from stages import bars as bars_stage
from stages import features as features_stage
from stages import fetch
from tests.sources.binance.conftest import feed

from .books import ENTRIES, SECOND_NS, START_NS, closing, replayed

FINE = Instrument(symbol="BTCUSDT", kind="crypto", tick_size=0.1)


def test_best_quotes_of_a_venue_and_its_books_say_the_same(shared, hours):
    """Real depth messages against the venue's own stream of best quotes, both as known just after whole seconds."""
    root = shared / "binance_ws"
    told = {}
    for kind in ("book", "quotes"):
        one = feed(kind, "2024-08-08", "2024-08-09", symbol="BTCUSDT", root=root, market="usdm")
        told[kind] = VENUE.decode((root / "usdm/btcusdt_20240808.gz").read_bytes(), VENUE.pieces(one)[0], one)[0]
    book, quotes = told["book"], told["quotes"]
    at_ns = book["time"].to_physical().to_numpy()[20:300]
    x = Inputs(closing((at_ns - START_NS) / SECOND_NS + 1e-6), FINE, hours, {"book": book})
    spread = ENTRIES["book_spread_bps"].function(x)
    before = np.searchsorted(quotes["time"].to_physical().to_numpy(), x.closed_ns, side="right") - 1
    bid, ask = (quotes[name].to_numpy()[before] for name in ("bid", "ask"))
    theirs = 1e4 * (ask - bid) / ((ask + bid) / 2)
    assert np.isfinite(spread).all()
    assert np.mean(np.abs(spread - theirs) < 1e-6) > 0.9
    replay = replayed(x.closed_ns, book)
    for name in ("book_imbalance_5", "book_imbalance_all", "book_bid_slope", "book_buy_cost_1"):
        assert ENTRIES[name].function(x) == pytest.approx([row[name] for row in replay], rel=1e-6, nan_ok=True), name


@pytest.fixture
def evening(shared, tmp_path, monkeypatch):
    """A project whose prices are the trades of a real capture; its books come from the same file, where asked for."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "raw/usdm").mkdir(parents=True)
    name = "usdm/btcusdt_20240808.gz"
    (tmp_path / "raw" / name).write_bytes((shared / "binance_ws" / name).read_bytes())
    capture = {"source": "binance", "market": "usdm", "cache": str(tmp_path / "raw"), "start": "all", "end": "all"}

    def run(*kinds):
        blocks = {
            "instrument": {"symbol": "BTCUSDT", "table": {"BTCUSDT": {"kind": "crypto", "tick_size": 0.1}}},
            "data": {**capture, "kind": "trades", "more": [{**capture, "kind": kind} for kind in kinds]},
            "session": {"weekend_trading": True},
            "bars": {"types": {"tick": 100}, "main": "tick", "roll": {"contracts": {}}},
            "features": {"book": {"enabled": True}},
            "transport": {},
        }
        YAML().dump(blocks, tmp_path / "params.yaml")
        fetch.main()
        bars_stage.main()
        features_stage.main()
        return store.read_table("data/features/BTCUSDT.parquet", FEATURES)

    return run


@pytest.mark.slow
def test_real_books_become_columns_from_fetch_to_features(evening):
    built = evening("book")
    names = [name for name in built.columns if name.startswith("book_")]
    assert names == [*ENTRIES]
    assert built.height == 213
    known = built.filter(pl.col("book_spread_bps").is_not_nan())
    assert known.height > 200
    assert known["book_age"].is_between(0, 5).all()
    assert known["book_spread_bps"].median() == pytest.approx(1e4 * 0.1 / 61_700, rel=0.01)
    assert known["book_imbalance_all"].is_between(-1, 1).all()
    assert known["book_imbalance_1"].abs().mean() > 0.3
    ahead = known["book_micro_price"].to_numpy()[:-1]
    assert (np.abs(ahead) <= known["book_spread_bps"].to_numpy()[:-1] / 2 + 1e-6).all()


def test_the_group_without_books_is_one_clear_line(evening):
    with pytest.raises(
        DataError,
        match=r"features\.book: needs the book of the market; found none; add a feed of one to data\.more and fetch, "
        r"or set features\.book\.enabled to false$",
    ):
        evening()
