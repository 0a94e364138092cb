"""The sample that ships with Assay."""

from pathlib import Path

import pytest

from assay.errors import ParamsError
from assay.sources.files import sample
from assay.sources.params import FeedParams
from assay.sources.venue import Feed
from tests.sources.files.loaded import at


def feed(symbol, params=None):
    params = params or FeedParams(source="sample")
    return Feed(params, sample.kind(params), symbol, symbol, None, Path(), None, None)


def test_the_sample_is_all_trades_in_utc():
    """README of the data: 500,000 trades from 17:00 US Central, volume 1,844,058."""
    chunks = list(sample.ticks(feed("ES")))
    assert sum(chunk.frame.height for chunk in chunks) == 500_000
    assert sum(chunk.frame["size"].sum() for chunk in chunks) == 1_844_058
    assert chunks[0].frame["time"].to_physical()[0] == at("2013-09-01 22:00:00.083")


def test_other_symbols_and_kinds_are_refused():
    with pytest.raises(ParamsError, match="sample holds ES only; found EURUSD"):
        next(sample.ticks(feed("EURUSD")))
    with pytest.raises(ParamsError, match="sample has trades only; found quotes"):
        feed("ES", FeedParams(source="sample", kind="quotes"))
