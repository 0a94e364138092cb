"""Every plain table of the real market data loads with the rows, ranges and quirks that its README tells."""

from math import fsum

import polars as pl
import pytest

from assay.errors import DataError
from assay.sources.rules.checker import Checker
from assay.sources.rules.severity import RuleParams
from assay.tables.flags import Flag, flagged
from assay.tables.kinds import TABLES, clock
from tests.sources.files.loaded import at, load

HIST = "funding/BTC-USDT_{}_funding_history.csv"
LOCAL = {"time_zone": "Etc/GMT-3"}
EXCHANGE = {"columns": {"time": "exch_ts_ms"}}
CHICAGO = {"time_zone": "America/Chicago"}

FILES = [
    ("binance_lob/lobdeep_btc_fut_2026-02-16_04.parquet", {**EXCHANGE, "kind": "book"}, "book", 2_559),
    ("binance_lob/lobdeep_btc_spot_2026-02-16_04.parquet", {**EXCHANGE, "kind": "book"}, "book", 2_559),
    ("binance_lob/trades_btc_fut_2026-02-16_04.parquet", EXCHANGE, "trades", 11_947),
    ("binance_lob/trades_btc_spot_2026-02-16_04.parquet", EXCHANGE, "trades", 10_215),
    ("binance_um_oi/BTCUSDT_5m_oi.parquet", {}, "ohlcv", 115_776),
    ("binance_um_oi/BTCUSDT_5m_oi.parquet", {"kind": "open_interest"}, "open_interest", 115_776),
    ("binance_um_oi/BTCUSDT_bars_2025-10.csv", {}, "ohlcv", 8_928),
    ("binance_um_oi/BTCUSDT_bars_2025-10.csv", {"kind": "open_interest"}, "open_interest", 8_928),
    ("binance_um_oi/BTCUSDT_funding.csv", {}, "funding", 1_188),
    ("bitfinex/bitfinex-1h-btc-usd.csv", {}, "ohlcv", 17_583),
    ("bitmex/XBTUSD_1m_2015.parquet", {}, "ohlcv", 150_960),
    ("bitmex/XBTUSD_1m_2018.parquet", {}, "ohlcv", 525_600),
    ("bitmex/2019-6-26.json", {}, "ohlcv", 1_440),
    ("equity_daily/yahoofinance-SPY-20080101-20180101.csv", {}, "ohlcv", 2_519),
    ("equity_daily/yahoofinance-AAPL-20040819-20180120.csv", {}, "ohlcv", 3_379),
    ("equity_daily/yahoofinance-GOOG-20040819-20180120.csv", {}, "ohlcv", 3_379),
    ("equity_daily/backtrader_yhoo-1996-2015.txt", {}, "ohlcv", 4_965),
    ("equity_daily/backtrader_orcl-1995-2014.txt", {}, "ohlcv", 5_036),
    ("equity_daily/backtrader_nvda-1999-2014.txt", {}, "ohlcv", 4_012),
    ("equity_daily/backtrader_ticksample.csv", {"columns": {"price": "Close", "size": "Volume"}}, "trades", 135),
    ("freqtrade/XRP_ETH-trades.feather", {}, "trades", 12_477),
    ("freqtrade/XRP_OLD-trades.json.gz", {}, "trades", 12_477),
    ("freqtrade/XRP_ETH-1m.feather", {}, "ohlcv", 2_469),
    ("freqtrade/XRP_ETH-5m.feather", {}, "ohlcv", 706),
    ("freqtrade/ETH_BTC-5m.feather", {}, "ohlcv", 5_760),
    ("freqtrade/LTC_BTC-5m.feather", {}, "ohlcv", 5_760),
    ("freqtrade/XMR_BTC-5m.feather", {}, "ohlcv", 5_758),
    ("freqtrade/futures/XRP_USDT_USDT-5m-futures.feather", {}, "ohlcv", 1_999),
    ("freqtrade/futures/XRP_USDT_USDT-1h-futures.feather", {}, "ohlcv", 100),
    ("freqtrade/futures/XRP_USDT_USDT-1h-futures.json.gz", {}, "ohlcv", 100),
    ("freqtrade/futures/XRP_USDT_USDT-1h-mark.feather", {"columns": {"mark": "close"}}, "mark_price", 100),
    ("freqtrade/futures/XRP_USDT_USDT-8h-mark.feather", {}, "ohlcv", 91),
    ("freqtrade/futures/XRP_USDT_USDT-8h-funding_rate.feather", {"columns": {"rate": "open"}}, "funding", 91),
    ("freqtrade/kraken/trades_csv/BCHEUR.csv", {}, "trades", 148),
    ("freqtrade/kraken/trades_csv/incremental_q2/BCHEUR.csv", {}, "trades", 486),
    ("freqtrade/public_trades_list.csv", {}, "trades", 1_000),
    (HIST.format("binance_2020-01-01_2024-01-01"), LOCAL, "funding", 4_383),
    (HIST.format("bybit_2021-01-01_2024-01-01"), LOCAL, "funding", 3_285),
    (HIST.format("htx_2021-01-01_2024-01-01"), LOCAL, "funding", 3_284),
    (HIST.format("mexc_2021-01-01_2024-01-01"), LOCAL, "funding", 3_285),
    (HIST.format("kucoin_2021-01-01_2024-01-01"), LOCAL, "funding", 3_285),
    (HIST.format("gate_2020-01-01_2024-01-01"), {}, "funding", 4_290),
    (HIST.format("dydx_2022-01-01_2024-01-01"), {}, "funding", 17_520),
    ("indicators/SPY_D.csv", {}, "ohlcv", 5_241),
    ("mlfinpy/es_ticks_20130901_20130903.parquet", CHICAGO, "trades", 500_000),
    ("mlfinpy/test_tick_data.csv", {}, "trades", 100),
    ("mlfinpy/test_tick_data_time_bars.csv", {}, "trades", 400),
    ("mlfinpy/test_imbalance_sample_data_small.csv", {}, "trades", 6_955),
    ("nautilus/eurusd_quotes_20200130_20200131.parquet", {}, "quotes", 99_308),
    ("nautilus/fxcm_gbpusd_m1_bid_2012.csv.gz", {}, "ohlcv", 30_117),
    ("nautilus/fxcm_gbpusd_m1_ask_2012.csv.gz", {}, "ohlcv", 30_117),
    ("nautilus/btc-perp-20211231-20220201_1m.csv.gz", {}, "ohlcv", 45_031),
    ("nautilus/tardis_binance_futures_trades_BTCUSDT_20200222.csv.gz", {}, "trades", 9_999),
    ("nautilus/tardis_binance_futures_quotes_BTCUSDT_20200222.csv.gz", {}, "quotes", 9_999),
    ("nautilus/tardis_bitmex_trades_XBTUSD.csv", {}, "trades", 10),
    ("lean/cryptofuture/bybit/margin_interest/btcusd.csv", {"kind": "funding"}, "funding", 4_320),
    ("lean/cryptofuture/bybit/margin_interest/btcusdt.csv", {"kind": "funding"}, "funding", 3_922),
    ("lean/cryptofuture/bybit/margin_interest/btcusdc.csv", {"kind": "funding"}, "funding", 1_943),
]
RANGES = {
    "binance_um_oi/BTCUSDT_5m_oi.parquet": ("2025-07-01 00:00:00", "2026-08-06 23:55:00"),
    "bitmex/XBTUSD_1m_2018.parquet": ("2018-01-01 00:00:00", "2018-12-31 23:59:00"),
    "bitmex/2019-6-26.json": ("2019-06-26 00:00:00", "2019-06-26 23:59:00"),
    "bitfinex/bitfinex-1h-btc-usd.csv": ("2017-07-01 11:00:00", "2019-07-04 01:00:00"),
    "freqtrade/ETH_BTC-5m.feather": ("2018-01-10 04:55:00", "2018-01-30 04:50:00"),
    "indicators/SPY_D.csv": ("1999-11-01 00:00:00", "2020-08-28 00:00:00"),
    "mlfinpy/es_ticks_20130901_20130903.parquet": ("2013-09-01 22:00:00.083", "2013-09-03 18:51:44.578"),
    "lean/cryptofuture/bybit/margin_interest/btcusd.csv": ("2019-11-14 00:00:00", "2023-10-23 16:00:00"),
}


@pytest.mark.parametrize(("path", "params", "kind", "n_rows"), FILES, ids=[f"{one[2]}-{one[0]}" for one in FILES])
def test_every_plain_table_loads_with_the_rows_of_the_readme(shared, path, params, kind, n_rows):
    loaded = load(shared / path, **params)
    assert (loaded.kind, loaded.frame.height) == (kind, n_rows)
    assert loaded.frame.schema == TABLES[kind].empty().schema
    assert loaded.found["kind"] == kind
    if path in RANGES:
        times = loaded.frame[clock(kind)].drop_nulls().to_physical()
        assert (times.min(), times.max()) == tuple(map(at, RANGES[path]))


REFUSED = [
    ("binance_lob/lobdeep_btc_fut_2026-02-16_04.parquet", {}, "ts_ms and exch_ts_ms; set data.columns.time"),
    ("binance_lob/lobdeep_btc_fut_2026-02-16_04.parquet", EXCHANGE, "as book and as quotes; .*set data.kind"),
    ("hyperliquid/liquidation_fills.csv", {}, "one symbol; found .* and .* in column coin; set data.columns.symbol"),
    ("equity_daily/backtrader_ticksample.csv", {}, "bars must have one period"),
    ("mlfinpy/dollar_bar_sample.csv", {}, "bars must have one period"),
    ("mlfinpy/stock_prices.csv", {}, "columns of a kind that is known; found columns Date, EEM"),
    ("lean/cryptofuture/bybit/margin_interest/btcusd.csv", {}, "of a kind that is known; .*set data.kind"),
    ("nautilus/tardis_deribit_incremental_book_L2_BTC-PERPETUAL.csv", {}, "row 1: side must be buy, sell .*'ask'"),
    ("nautilus/tardis_binance-futures_book_snapshot_25_BTCUSDT.csv", {}, "columns of a kind that is known"),
    ("nautilus/CORRUPT_tardis_trades.csv.gz", {}, "must be a whole gzip file"),
    ("freqtrade/futures/XRP_USDT_USDT-8h-funding_rate.feather", {}, "bars must have one period"),
]


@pytest.mark.parametrize(("path", "params", "rule"), REFUSED, ids=[one[0] for one in REFUSED])
def test_what_has_two_readings_or_none_is_refused_in_one_line(shared, path, params, rule):
    with pytest.raises(DataError, match=rule) as caught:
        load(shared / path, **params)
    assert path in str(caught.value)
    assert "\n" not in str(caught.value)


def checked(loaded, **rules):
    checker = Checker(loaded.kind, RuleParams(**rules))
    return pl.concat([checker.push(loaded.frame, "file"), checker.finish()]), checker.counts


def test_funding_in_local_time_falls_on_the_hours_of_utc(shared):
    """README: hours 3, 11, 19 (7, 15, 23 KuCoin) local are the settlement hours."""
    for name, hours in (("binance_2020", {0, 8, 16}), ("kucoin_2021", {4, 12, 20})):
        path = next((shared / "funding").glob(f"*{name}*"))
        assert set(load(path, **LOCAL).frame["time"].dt.hour()) == hours
    gate = load(next((shared / "funding").glob("*gate*"))).frame["time"].diff().dt.total_hours().max()
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
    frame, counts = checked(one, unsorted_times="sort")
    assert frame["time"].is_sorted()
    assert counts["unsorted_times_sorted"] > 0


def test_bitmex_2018_opens_outside_its_range(shared):
    loaded = load(shared / "bitmex/XBTUSD_1m_2018.parquet")
    frame, counts = checked(loaded, ohlc_order="keep")
    assert counts["ohlc_order_flagged"] == frame.filter(flagged(Flag.RANGE)).height == 17_175


def test_bitmex_2015_is_dirty_and_says_so(shared):
    """README: 10,584 exact duplicates, not sorted, 272 rows without close, 103,009 without volume."""
    frame = load(shared / "bitmex/XBTUSD_1m_2015.parquet").frame
    assert not frame["opened_at"].is_sorted()
    assert frame.height - frame.unique().height == 10_584
    assert frame["close"].null_count() == 272
    assert (frame["volume"] == 0).sum() == 103_009
    outside = pl.any_horizontal(~pl.col("open").is_between("low", "high"), ~pl.col("close").is_between("low", "high"))
    assert frame.filter(outside).height == 35_921


def test_bitfinex_is_newest_first_with_11_breaks(shared):
    frame = load(shared / "bitfinex/bitfinex-1h-btc-usd.csv").frame
    steps = frame["opened_at"].diff().drop_nulls()
    assert (steps.dt.total_hours() != -1).sum() == 11
    assert frame["opened_at"].n_unique() == frame.height
    assert frame["opened_at"].sort().diff().drop_nulls().n_unique() == 1


def test_open_interest_comes_from_the_same_file_as_the_bars(shared):
    path = shared / "binance_um_oi/BTCUSDT_5m_oi.parquet"
    held = load(path, kind="open_interest").frame
    assert held["open_interest"].null_count() + held["open_interest"].is_nan().sum() == 64
    assert held["taker_buy_sell"][0] == 1.721549
    bars = load(path)
    assert "sum_oi" in bars.extra.columns
    assert bars.extra.height == bars.frame.height


def test_the_look_ahead_trap_is_left_out_and_kept_for_the_check(shared):
    """README: oi_delta is sum_oi[t+1] - sum_oi[t]."""
    loaded = load(shared / "binance_um_oi/BTCUSDT_bars_2025-10.csv", kind="open_interest")
    assert {"oi_delta", "net_long_delta", "net_short_delta", "cvd_delta"} <= set(loaded.extra.columns)
    held = loaded.frame["open_interest"]
    ahead = (held.shift(-1) - held - loaded.extra["oi_delta"]).abs()
    assert ahead.drop_nulls().max() < 1e-6


def test_freqtrade_keeps_the_same_trades_in_two_formats(shared):
    feather, old = (
        load(shared / "freqtrade" / name).frame for name in ("XRP_ETH-trades.feather", "XRP_OLD-trades.json.gz")
    )
    assert feather.equals(old)
    assert (feather["time"].diff().dt.total_nanoseconds() == 0).sum() == 2_490


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
    """README: 305,809 exact duplicates are separate fills; volume 1,844,058."""
    frame = load(shared / "mlfinpy/es_ticks_20130901_20130903.parquet", **CHICAGO).frame
    assert frame["size"].sum() == 1_844_058
    assert (frame["time"].diff().dt.total_nanoseconds() == 0).sum() == 415_432


def test_bid_and_ask_bars_have_no_volume_and_say_so(shared):
    loaded = load(shared / "nautilus/fxcm_gbpusd_m1_bid_2012.csv.gz")
    assert loaded.counts["sizes_not_given"] == loaded.frame.height
    assert loaded.frame["volume"].sum() == 0


def test_prices_that_are_text_are_numbers(shared):
    frame = load(shared / "nautilus/eurusd_quotes_20200130_20200131.parquet").frame
    assert frame.row(0)[1:] == (1.10274, 1.10276, 100_000.0, 100_000.0, 0)
    assert (frame["time"][0], frame["time"][-1]) == (frame["time"].min(), frame["time"].max())
