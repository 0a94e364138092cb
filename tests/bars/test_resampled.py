"""Real OHLCV rows made coarser: the candles that venues and other software made of the same trades."""

import io
import lzma
import zipfile
from datetime import datetime

import numpy as np
import polars as pl
import pytest

from assay.bars.build import build
from assay.bars.sessions import row_days
from assay.market.instruments import InstrumentParams, find
from assay.market.sessions import SessionParams, hours
from assay.tables.flags import Flag

from .test_rows import DAY_NS, MINUTE_NS, ohlcv

PRICES = ("open", "high", "low", "close")
HOUR_NS = 60 * MINUTE_NS


def endless(rows, kind, threshold):
    return build(rows, kind, threshold, np.zeros(rows.height, np.int64), "TEST")


def of_market(rows, seconds, symbol):
    instrument = find(InstrumentParams(symbol=symbol))
    days = row_days(rows, hours(SessionParams(), instrument))
    return build(rows, "time", seconds, days, symbol)


def given(frame, names=(*PRICES, "volume")):
    return {name: frame[name].cast(pl.Float64).to_numpy() for name in names}


def start(bars, unit_ns):
    return bars["opened_at"].to_physical() // unit_ns * unit_ns


def test_freqtrade_5m_candles_are_its_1m_candles_made_coarser(shared):
    """Minutes without trades are absent in both; the last period of either had not ended."""
    fine = pl.read_ipc(shared / "freqtrade" / "XRP_ETH-1m.feather")
    coarse = pl.read_ipc(shared / "freqtrade" / "XRP_ETH-5m.feather")
    bars = endless(ohlcv(fine["date"].to_physical(), **given(fine)), "time", 300)
    expected = coarse[: bars.height]
    assert bars.height >= coarse.height - 1 == 705
    for name in PRICES:
        assert bars[name].equals(expected[name]), name
    assert bars["volume"].to_numpy() == pytest.approx(expected["volume"].to_numpy(), rel=1e-12)
    assert start(bars, 5 * MINUTE_NS).equals(expected["date"].to_physical(), check_names=False)


def test_bitmex_2018_hours_by_polars_group_by_dynamic(shared):
    minutes = pl.read_parquet(shared / "bitmex" / "XBTUSD_1m_2018.parquet").with_columns(
        pl.col("timestamp").cast(pl.Datetime("ns"))
    )
    outside = (minutes["open"] < minutes["low"]) | (minutes["open"] > minutes["high"])
    assert outside.sum() == 17_175
    columns = given(minutes) | {"n_trades": minutes["trades"], "flags": np.where(outside, Flag.RANGE, 0)}
    bars = endless(ohlcv(minutes["timestamp"].to_physical(), **columns), "time", 3600)
    traded = minutes.filter(pl.col("volume") > 0)
    expected = traded.group_by_dynamic("timestamp", every="1h").agg(
        pl.col("open").first().clip(pl.col("low").first(), pl.col("high").first()),
        pl.col("high").max(),
        pl.col("low").min(),
        pl.col("close").last(),
        pl.col("volume").sum(),
        pl.col("trades").sum(),
    )
    assert bars.height == expected.height > 8_700
    for ours, theirs in {**dict(zip(PRICES, PRICES, strict=True)), "volume": "volume", "n_ticks": "trades"}.items():
        assert bars[ours].cast(pl.Float64).equals(expected[theirs].cast(pl.Float64), check_names=False), ours
    assert start(bars, HOUR_NS).equals(expected["timestamp"].to_physical(), check_names=False)
    assert ((bars["closed_at"].to_physical() % HOUR_NS) == 0).all()


def candles(path, begin_ns, step_ns):
    """Return a file of Dukascopy's candles; hours and minutes without trading are flat, of volume 0."""
    layout = np.dtype([(name, ">u4") for name in ("second", "open", "close", "low", "high")] + [("volume", ">f4")])
    raw = np.frombuffer(lzma.decompress(path.read_bytes()), layout)
    columns = {name: raw[name] / 1e5 for name in PRICES} | {"volume": raw["volume"].astype(float)}
    flags = np.where(raw["volume"] == 0, int(Flag.FLAT), 0)
    return ohlcv(begin_ns + raw["second"].astype(np.int64) * 10**9, step_ns, **columns, flags=flags)


def test_dukascopy_own_hours_are_its_minutes_made_coarser(shared):
    folder = shared / "dukascopy" / "EURUSD" / "2019" / "01"
    month = int(datetime.fromisoformat("2019-02-01T00:00:00+00:00").timestamp()) * 10**9
    hour = candles(folder / "BID_candles_hour_1.bi5", month, HOUR_NS)
    for day in (4, 5):
        begin = month + (day - 1) * DAY_NS
        minutes = candles(folder / f"{day:02}" / "BID_candles_min_1.bi5", begin, MINUTE_NS)
        bars = endless(minutes, "time", 3600)
        expected = hour.filter(pl.col("opened_at").to_physical().is_between(begin, begin + DAY_NS - 1))
        assert bars.height == expected.height == 24
        for name in PRICES:
            assert bars[name].equals(expected[name]), name
        assert bars["closed_at"].equals(expected["closed_at"])
        assert bars["volume"].to_numpy() == pytest.approx(expected["volume"].to_numpy(), rel=1e-4)


def lean(path, length):
    """Return a file of LEAN's bars of US equities, New York time; of a day, to the next midnight there."""
    with zipfile.ZipFile(path) as archive:
        text = archive.read(archive.namelist()[0])
    names = ("at", *PRICES, "volume")
    rows = pl.read_csv(io.BytesIO(text), has_header=False, new_columns=list(names), schema_overrides={"at": pl.String})
    wall = rows["at"].str.to_datetime("%Y%m%d %H:%M", time_unit="ns")
    opened, closed = ((wall.dt.offset_by(by)).dt.replace_time_zone("America/New_York") for by in ("0s", length))
    prices = {name: rows[name] / 1e4 for name in PRICES}
    length_ns = closed.to_physical() - opened.to_physical()
    return ohlcv(opened.to_physical(), length_ns, **prices, volume=rows["volume"])


@pytest.fixture(scope="module")
def spy(shared):
    folder = shared / "lean" / "equity" / "usa"
    return lean(folder / "hour" / "spy.zip", "1h"), lean(folder / "daily" / "spy.zip", "1d")


def test_lean_days_of_spy_are_their_own_trading_days(spy):
    _, daily = spy
    bars = of_market(daily, 86_400, "SPY")
    assert bars.height == daily.height == 5_849
    local = daily["opened_at"].dt.convert_time_zone("America/New_York").dt.date()
    assert bars["session"].equals(local, check_names=False)
    assert not bars["partial"].any()
    for name in (*PRICES, "volume"):
        assert bars[name].equals(daily[name]), name


def test_lean_days_of_spy_are_its_hours_made_coarser(spy):
    """The hour from 09:00 holds the trades from 09:30; the break cuts every day, and the last one is still open."""
    hourly, daily = spy
    bars = of_market(hourly, 86_400, "SPY")
    assert bars["partial"].all()
    local = daily.with_columns(session=daily["opened_at"].dt.convert_time_zone("America/New_York").dt.date())
    both = bars.join(local, on="session", suffix="_day")
    assert both.height == bars.height == daily.height - 1
    for name in (*PRICES, "volume"):
        assert both[name].equals(both[f"{name}_day"], check_names=False), name


def test_lean_minutes_of_eurusd_make_hours_on_the_hour(shared):
    (path, *_) = sorted((shared / "lean" / "forex" / "oanda" / "minute" / "eurusd").glob("*.zip"))
    with zipfile.ZipFile(path) as archive:
        raw = np.loadtxt(io.BytesIO(archive.read(archive.namelist()[0])), delimiter=",")
    mid = (raw[:, 1:5] + raw[:, 6:10]) / 2
    begin = int(datetime.fromisoformat(f"{path.stem[:8]}T00:00:00+00:00").timestamp()) * 10**9
    minutes = ohlcv(begin + raw[:, 0].astype(np.int64) * 10**6, **dict(zip(PRICES, mid.T, strict=True)), volume=0.0)
    bars = endless(minutes, "time", 3600)
    hours_of = (minutes["opened_at"].to_physical() // HOUR_NS).to_numpy()
    for bar, hour in zip(bars.iter_rows(named=True), np.unique(hours_of), strict=False):
        held = minutes.filter(pl.Series(hours_of == hour))
        expected = (held["open"][0], held["high"].max(), held["low"].min(), held["close"][-1], held.height)
        assert (bar["open"], bar["high"], bar["low"], bar["close"], bar["n_ticks"]) == expected
        assert bar["low"] <= bar["vwap"] <= bar["high"]
