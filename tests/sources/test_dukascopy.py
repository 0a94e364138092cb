"""The raw cache: months from 00, closed hours, holes, scales."""

import tracemalloc
from collections import Counter
from datetime import UTC, datetime

import polars as pl
import pytest

from assay.errors import DataError, ParamsError
from assay.sources.dukascopy import hour_path, scale
from assay.sources.fetch import fetch
from assay.sources.params import DataParams
from tests.sources.conftest import HOUR, bi5, instrument, records


def months(cache, symbol="EURUSD", **changes):
    tally = Counter()
    params = DataParams(source="dukascopy", cache=str(cache), **changes)
    return list(fetch(params, instrument(symbol), tally)), tally


def test_months_in_the_path_count_from_00():
    assert hour_path(datetime(2019, 2, 4, 12, tzinfo=UTC)) == "2019/01/04/12h_ticks.bi5"
    assert hour_path(datetime(2012, 12, 31, 0, tzinfo=UTC)) == "2012/11/31/00h_ticks.bi5"


def test_all_takes_every_hour_of_the_cache(cache):
    (month,), tally = months(cache)
    assert month.name == "2019-02"
    assert month.frame["time"].dt.hour().to_list() == [12] * 3 + [14] * 3
    assert list(month.origins) == [f"EURUSD/2019/01/04/{hour}h_ticks.bi5" for hour in (12, 14)]
    assert tally["closed_hours"] == 1
    assert tally["rows_read"] == 6


def test_all_counts_holes_in_the_cache(cache):
    (cache / "EURUSD/2019/01/04/13h_ticks.bi5").unlink()
    assert months(cache)[1]["missing_hours"] == 1


def test_a_range_with_a_hole_is_refused(cache):
    (cache / "EURUSD/2019/01/04/13h_ticks.bi5").unlink()
    with pytest.raises(DataError, match=r"3 of 5 missing, the first is .*2019/01/04/13h_ticks\.bi5; fetch them"):
        months(cache, start="2019-02-04T12:00", end="2019-02-04T17:00")


def test_a_range_cuts_inside_the_hour(cache):
    (month,), tally = months(cache, start="2019-02-04T12:00:00.999", end="2019-02-04T14:00:00.001")
    assert month.frame["time"].dt.strftime("%H:%M:%S%.3f").to_list() == ["12:00:00.999", "12:59:59.999", "14:00:00.000"]
    assert tally["out_of_range_dropped"] == 3


def test_ticks_are_yielded_by_month(cache):
    folder = cache / "EURUSD/2019/02/01"
    folder.mkdir(parents=True)
    (folder / "00h_ticks.bi5").write_bytes(bi5(records(HOUR)))
    found, _ = months(cache)
    assert [(month.name, month.frame.height) for month in found] == [("2019-02", 6), ("2019-03", 3)]
    assert list(found[1].origins) == ["EURUSD/2019/02/01/00h_ticks.bi5"]


def test_a_closed_range_is_empty(cache):
    with pytest.raises(DataError, match="2019-02-04T13:00 to 2019-02-04T14:00; found none among 0 rows"):
        months(cache, start="2019-02-04T13:00", end="2019-02-04T14:00")


def test_a_month_that_counts_from_1_is_refused(cache):
    (cache / "EURUSD/2019/12/04").mkdir(parents=True)
    (cache / "EURUSD/2019/12/04/00h_ticks.bi5").write_bytes(b"")
    with pytest.raises(DataError, match=r"12/04/00h_ticks\.bi5: paths are year/month from 00"):
        months(cache)


@pytest.mark.parametrize("year", ["1600", "1677", "2262", "9999"])
def test_years_outside_int64_nanoseconds_are_refused(cache, year):
    (cache / "EURUSD" / year / "00/04").mkdir(parents=True)
    (cache / "EURUSD" / year / "00/04/00h_ticks.bi5").write_bytes(b"")
    with pytest.raises(DataError, match=rf"{year}/00/04/00h_ticks\.bi5: years are 1678 to 2261; found {year}"):
        months(cache)


def test_an_absurd_range_is_refused_without_being_listed(cache):
    tracemalloc.start()
    with pytest.raises(DataError, match=r"69959145 of 69959148 missing, the first is .*2019/01/04/15h_ticks\.bi5"):
        months(cache, end="9999-12-31")
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_a_range_after_the_cache_is_empty(cache):
    with pytest.raises(DataError, match="needs a tick from 2031-01-01 to all; found none among 0 rows"):
        months(cache, start="2031-01-01")


def test_a_name_that_is_too_long_is_the_fault_of_the_input():
    with pytest.raises(DataError, match="must be readable; found File name too long"):
        months("x" * 5_000)


@pytest.mark.parametrize("where", ["", "nowhere"])
def test_a_cache_without_the_symbol_is_refused(where):
    with pytest.raises(DataError, match="must hold the folder EURUSD"):
        months(where)


def test_an_empty_cache_is_refused(tmp_path):
    (tmp_path / "EURUSD").mkdir()
    with pytest.raises(DataError, match="must hold hour files; found none"):
        months(tmp_path)


@pytest.mark.parametrize(
    ("symbol", "per_unit"),
    [("EURUSD", 1e5), ("GBPJPY", 1e3), ("USDHUF", 1e3), ("XAUUSD", 1e3), ("BTCUSD", 1e1), ("USDTRY", 1e5)],
)
def test_scales_as_dukascopy_node_lists_them(symbol, per_unit):
    assert scale(symbol) == per_unit


@pytest.mark.parametrize("symbol", ["ES", "AAPL", "EURXXX", "eurusd"])
def test_an_unknown_scale_is_refused(symbol):
    with pytest.raises(ParamsError, match="dukascopy's price scale must be known"):
        scale(symbol)


def test_crossed_quotes_are_refused_or_dropped_by_name(cache):
    rows = [HOUR[0], (5, 114_400, 114_401, 1.0, 1.0), HOUR[2]]
    (cache / "EURUSD/2019/01/04/12h_ticks.bi5").write_bytes(bi5(records(rows)))
    with pytest.raises(DataError, match=r"12h_ticks\.bi5 row 2: bid <= ask; found .*bid 1\.14401, ask 1\.144"):
        months(cache)
    (month,), tally = months(cache, crossed_quotes="drop")
    assert tally["crossed_quotes_dropped"] == month.rules["crossed_quotes_dropped"] == 1
    assert month.frame.filter(pl.col("bid") > pl.col("ask")).height == 0


def test_a_price_of_zero_is_refused(cache):
    (cache / "EURUSD/2019/01/04/14h_ticks.bi5").write_bytes(bi5(records([HOUR[0], (5, 0, 0, 1.0, 1.0)])))
    with pytest.raises(DataError, match=r"14h_ticks\.bi5 row 2: bid is a positive"):
        months(cache)
