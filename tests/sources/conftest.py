"""Instruments and raw files that the tests of sources share."""

import lzma
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from assay.market.instruments import Instrument
from tests.sources import fuzz
from tests.sources.bars_server import KEY, Aggregates
from tests.sources.project import Project
from tests.sources.server import TYPES, Server


@pytest.fixture(autouse=True)
def _rest():
    """End the watch over damaged cases with the test."""
    yield
    fuzz.rest()


def instrument(symbol="EURUSD", tick_size=1e-5):
    return Instrument(symbol=symbol, kind="fx", tick_size=tick_size)


def records(rows):
    """Pack (ms, ask, bid, ask volume, bid volume) as Dukascopy does."""
    return b"".join(struct.pack(">IIIff", *row) for row in rows)


def bi5(content):
    return lzma.compress(content, lzma.FORMAT_ALONE, preset=0)


HOUR = [(0, 114_500, 114_498, 1.5, 0.75), (999, 114_501, 114_499, 2.0, 1.0), (3_599_999, 114_502, 114_497, 0.1, 0.0)]


@pytest.fixture
def cache(tmp_path) -> Path:
    """A raw cache with 2019-02-04 12:00 to 15:00 EURUSD; the hour from 13:00 is closed."""
    folder = tmp_path / "cache" / "EURUSD" / "2019" / "01" / "04"
    folder.mkdir(parents=True)
    for hour, raw in ((12, bi5(records(HOUR))), (13, b""), (14, bi5(records(HOUR)))):
        (folder / f"{hour:02d}h_ticks.bi5").write_bytes(raw)
    return tmp_path / "cache"


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    """A folder in which the stage runs, with the key of the venue of :mod:`tests.sources.bars_server`."""
    monkeypatch.setenv("POLYGON_API_KEY", KEY)
    monkeypatch.setitem(TYPES, "", "application/json")
    return Project(tmp_path / "project", monkeypatch.chdir)


@pytest.fixture
def bars() -> Iterator[Server]:
    """A server of hourly bars."""
    with Server(Aggregates()) as running:
        yield running
