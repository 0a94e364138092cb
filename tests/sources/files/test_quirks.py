"""Quirks of the real market data that its README tells: each is seen as it is, and none put right in silence."""

from math import fsum

import polars as pl
import pytest

from assay.sources.rules.checker import Checker
from assay.sources.rules.severity import RuleParams
from assay.tables.flags import Flag, flagged
from tests.sources.files.loaded import load

LOCAL = {"time_zone": "Etc/GMT-3"}
CHICAGO = {"time_zone": "America/Chicago"}
HOUR_NS = 3_600 * 10**9


def checked(loaded, **rules):
    checker = Checker(loaded.kind, RuleParams(**rules))
    return pl.concat([checker.push(loaded.frame, "file"), checker.finish()]), checker.counts


def funding(shared, venue):
    (path,) = (shared / "funding").glob(f"*_{venue}_*")
    return path


def test_funding_in_local_time_falls_on_the_hours_of_utc(shared):
    """README: hours 3, 11, 19 (7, 15, 23 KuCoin) local; Gate and dYdX are UTC; HTX has some odd hours, Gate a hole."""
    eight = {0, 8, 16}
    for name, hours in (("binance", eight), ("bybit", eight), ("mexc", eight), ("kucoin", {4, 12, 20})):
        assert set(load(funding(shared, name), **LOCAL).frame["time"].dt.hour()) == hours
    odd = load(funding(shared, "htx"), **LOCAL).frame.filter(~pl.col("time").dt.hour().is_in(eight))
    assert odd.height == 7
    assert set(load(funding(shared, "dydx")).frame["time"].dt.hour()) == set(range(24))
    gate = load(funding(shared, "gate")).frame["time"].diff().dt.total_hours().max()
    assert gate == 752


def test_hyperliquid_by_coin_adds_up_to_all_fills(shared):
    """README: 12,283 fills of 149 coins, 51.9 million USD, 289 exact duplicates, not sorted."""
    path = shared / "hyperliquid" / "liquidation_fills.csv"
    raw = pl.read_csv(path)
    assert (raw.height, raw["coin"].n_unique(), raw.height - raw.unique().height) == (12_283, 149, 289)
    fills, values = 0, []
    for (coin,), mine in raw.group_by("coin", maintain_order=True):
        loaded = load(path, coin, columns={"symbol": "coin"}, kind="liquidations")
        assert loaded.frame["time"].to_physical().to_list() == [at_ms * 10**6 for at_ms in mine["ts"]]
        assert loaded.frame["value"].to_list() == mine["notional"].to_list()
        assert loaded.counts["other_symbols_dropped"] == raw.height - mine.height
        fills += loaded.frame.height
        values += loaded.frame["value"].to_list()
    assert fills == raw.height
    assert fsum(values) == fsum(raw["notional"]) == pytest.approx(51.9e6, rel=1e-3)
    one = load(path, "BTC", columns={"symbol": "coin"})
    assert one.kind == "liquidations"
    assert set(one.frame["side"]) == {0}
    frame, counts = checked(one, unsorted_times="sort")
    assert frame["time"].is_sorted()
    assert counts["unsorted_times_sorted"] > 0


def test_bitmex_2018_opens_outside_its_range(shared):
    loaded = load(shared / "bitmex/XBTUSD_1m_2018.parquet")
    frame, counts = checked(loaded, ohlc_order="keep")
    assert counts["ohlc_order_flagged"] == frame.filter(flagged(Flag.RANGE)).height == 17_175


def test_bitmex_2015_is_dirty_and_says_so(shared):
    """README: 10,584 exact duplicates, not sorted, 23 gaps of 2 min, 272 rows without close, 103,009 no volume."""
    frame = load(shared / "bitmex/XBTUSD_1m_2015.parquet").frame
    assert not frame["opened_at"].is_sorted()
    assert frame.height - frame.unique().height == 10_584
    assert frame["close"].null_count() == 272
    assert (frame["volume"] == 0).sum() == 103_009
    outside = pl.any_horizontal(~pl.col("open").is_between("low", "high"), ~pl.col("close").is_between("low", "high"))
    assert frame.filter(outside).height == 35_921
    steps = frame["opened_at"].unique().sort().diff().dt.total_minutes().value_counts()
    assert dict(steps.drop_nulls().iter_rows()) == {1: 140_352, 2: 23}


def test_bitfinex_is_newest_first_with_11_breaks(shared):
    frame = load(shared / "bitfinex/bitfinex-1h-btc-usd.csv").frame
    steps = frame["opened_at"].diff().drop_nulls()
    assert (steps.dt.total_hours() != -1).sum() == 11
    assert frame["opened_at"].n_unique() == frame.height
    assert frame["opened_at"].sort().diff().drop_nulls().n_unique() == 1
    same = frame.filter(pl.col("opened_at").dt.strftime("%F %H").is_in(["2017-11-12 03", "2017-11-12 08"]))
    assert same.drop("opened_at", "closed_at", "known_at").fill_nan(None).n_unique() == 1
    assert same.height == 2


def test_open_interest_comes_from_the_same_file_as_the_bars(shared):
    path = shared / "binance_um_oi/BTCUSDT_5m_oi.parquet"
    held = load(path, kind="open_interest").frame
    assert held["open_interest"].null_count() + held["open_interest"].is_nan().sum() == 64
    assert held["taker_buy_sell"][0] == 1.721549
    bars = load(path)
    assert "sum_oi" in bars.extra.columns
    assert bars.extra.height == bars.frame.height


def test_the_look_ahead_trap_is_left_out_and_kept_for_the_check(shared):
    """README: oi_delta is sum_oi[t+1] - sum_oi[t]; cvd_delta is 2 taker_buy_base - volume, which is known."""
    loaded = load(shared / "binance_um_oi/BTCUSDT_bars_2025-10.csv", kind="open_interest")
    assert {"oi_delta", "net_long_delta", "net_short_delta", "cvd_delta"} <= set(loaded.extra.columns)
    held = loaded.frame["open_interest"]
    ahead = (held.shift(-1) - held - loaded.extra["oi_delta"]).abs()
    assert ahead.drop_nulls().max() < 1e-6
    bars = load(shared / "binance_um_oi/BTCUSDT_bars_2025-10.csv")
    clean = (2 * bars.frame["buy_volume"] - bars.frame["volume"] - bars.extra["cvd_delta"]).abs()
    assert clean.max() < 1e-6


def test_freqtrade_keeps_the_same_trades_in_two_formats(shared):
    told, old = (load(shared / "freqtrade" / name) for name in ("XRP_ETH-trades.feather", "XRP_OLD-trades.json.gz"))
    assert told.frame.equals(old.frame)
    assert (told.frame["time"].diff().dt.total_nanoseconds() == 0).sum() == 2_490
    assert told.extra["id"].n_unique() == told.frame.height


def test_trades_of_freqtrade_resample_to_its_candles(shared):
    """README: resampling gives exactly these bars, difference 0 in all five columns."""
    trades = load(shared / "freqtrade/XRP_ETH-trades.feather").frame
    for minutes, name in (("1m", "XRP_ETH-1m.feather"), ("5m", "XRP_ETH-5m.feather")):
        bars = load(shared / "freqtrade" / name).frame
        price = pl.col("price")
        made = trades.group_by(pl.col("time").dt.truncate(minutes).alias("opened_at"), maintain_order=True).agg(
            price.first().alias("open"),
            price.max().alias("high"),
            price.min().alias("low"),
            price.last().alias("close"),
            pl.col("size").sum().alias("volume"),
        )
        assert bars.select(made.columns).equals(made)


def test_the_tick_sample_keeps_real_fills_that_look_alike(shared):
    """README: 415,432 share the ms of the row before, 305,809 are exact duplicates; volume 1,844,058.

    Duplicates are counted there as rows equal to any earlier one: 500,000 less those that are distinct. Equal to the
    very row before, which is what the rule duplicate_rows looks at, are fewer.
    """
    frame = load(shared / "mlfinpy/es_ticks_20130901_20130903.parquet", **CHICAGO).frame
    assert frame["size"].sum() == 1_844_058
    assert (frame["time"].diff().dt.total_nanoseconds() == 0).sum() == 415_432
    assert frame.height - len(set(frame.iter_rows())) == 305_809
    assert frame["time"].diff().max().total_seconds() / 3_600 == pytest.approx(6.5, abs=0.01)


def test_bid_and_ask_bars_have_no_volume_and_say_so(shared):
    loaded = load(shared / "nautilus/fxcm_gbpusd_m1_bid_2012.csv.gz")
    assert loaded.counts["sizes_not_given"] == loaded.frame.height
    assert loaded.frame["volume"].sum() == 0


def test_prices_that_are_text_are_numbers(shared):
    frame = load(shared / "nautilus/eurusd_quotes_20200130_20200131.parquet").frame
    assert frame.row(0)[1:] == (1.10274, 1.10276, 100_000.0, 100_000.0, 0)
    assert (frame["time"][0], frame["time"][-1]) == (frame["time"].min(), frame["time"].max())


def test_funding_is_off_the_hour_by_some_ms_and_stays_so(shared):
    futures = load(shared / "freqtrade/futures/XRP_USDT_USDT-8h-funding_rate.feather", columns={"rate": "open"})
    for frame in (futures.frame, load(shared / "binance_um_oi/BTCUSDT_funding.csv").frame):
        late = frame["time"].to_physical() % HOUR_NS
        assert 0 < late.max() < 20 * 10**6
        assert set(frame["time"].dt.hour()) == {0, 8, 16}


def test_minutes_that_are_missing_stay_missing(shared):
    """README: XMR lacks 2 bars; minutes without trades of XRP/ETH are absent; the perpetual of nautilus has all."""
    for name, period, n_missing in (
        ("freqtrade/XMR_BTC-5m.feather", 5, 2),
        ("freqtrade/ETH_BTC-5m.feather", 5, 0),
        ("freqtrade/XRP_ETH-1m.feather", 1, 3_560 - 2_469),
        ("nautilus/btc-perp-20211231-20220201_1m.csv.gz", 1, 0),
    ):
        times = load(shared / name).frame["opened_at"]
        span = int((times.max() - times.min()).total_seconds()) // 60 // period + 1
        assert (span - times.n_unique(), times.is_sorted()) == (n_missing, True), name


def test_a_column_that_is_adjusted_is_left_beside_and_never_taken_for_the_close(shared):
    """README: Adj Close and Close differ."""
    loaded = load(shared / "equity_daily/yahoofinance-AAPL-20040819-20180120.csv")
    raw = pl.read_csv(shared / "equity_daily/yahoofinance-AAPL-20040819-20180120.csv")
    assert loaded.frame["close"].to_list() == raw["Close"].to_list() != raw["Adj Close"].to_list()
    assert loaded.extra.columns == ["Adj Close"]
