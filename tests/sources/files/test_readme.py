"""Every plain table of the real market data loads with the rows and ranges that its README tells, or is refused."""

from pathlib import Path

import pytest

from assay.errors import DataError
from assay.tables.kinds import TABLES, clock
from tests.sources.files.loaded import load

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
    "binance_um_oi/BTCUSDT_bars_2025-10.csv": ("2025-10-01 00:00:00", "2025-10-31 23:55:00"),
    "binance_um_oi/BTCUSDT_funding.csv": ("2025-07-01", "2026-07-31"),
    "bitmex/XBTUSD_1m_2015.parquet": ("2015-09-25", "2015-12-31 23:59:00"),
    "bitmex/XBTUSD_1m_2018.parquet": ("2018-01-01 00:00:00", "2018-12-31 23:59:00"),
    "bitmex/2019-6-26.json": ("2019-06-26 00:00:00", "2019-06-26 23:59:00"),
    "bitfinex/bitfinex-1h-btc-usd.csv": ("2017-07-01 11:00:00", "2019-07-04 01:00:00"),
    "equity_daily/yahoofinance-SPY-20080101-20180101.csv": ("2007-12-31", "2017-12-29"),
    "equity_daily/yahoofinance-AAPL-20040819-20180120.csv": ("2004-08-19", "2018-01-19"),
    "equity_daily/yahoofinance-GOOG-20040819-20180120.csv": ("2004-08-19", "2018-01-19"),
    "equity_daily/backtrader_yhoo-1996-2015.txt": ("1996", "2015"),
    "equity_daily/backtrader_orcl-1995-2014.txt": ("1995", "2014"),
    "equity_daily/backtrader_nvda-1999-2014.txt": ("1999", "2014"),
    "freqtrade/XRP_ETH-trades.feather": ("2019-10-11 00:00", "2019-10-13 11:19"),
    "freqtrade/XRP_OLD-trades.json.gz": ("2019-10-11 00:00", "2019-10-13 11:19"),
    "freqtrade/ETH_BTC-5m.feather": ("2018-01-10 04:55:00", "2018-01-30 04:50:00"),
    "freqtrade/LTC_BTC-5m.feather": ("2018-01-10 04:55:00", "2018-01-30 04:50:00"),
    "freqtrade/XMR_BTC-5m.feather": ("2018-01-10", "2018-01-30"),
    "freqtrade/futures/XRP_USDT_USDT-5m-futures.feather": ("2021-11", "2021-11"),
    "freqtrade/futures/XRP_USDT_USDT-8h-funding_rate.feather": ("2021-11", "2021-12"),
    "freqtrade/public_trades_list.csv": ("2023-02-02", "2023-02-02"),
    HIST.format("binance_2020-01-01_2024-01-01"): ("2020-01-01 00:00", "2023-12-31 16:00"),
    HIST.format("bybit_2021-01-01_2024-01-01"): ("2021-01-01 00:00", "2023-12-31 16:00"),
    HIST.format("htx_2021-01-01_2024-01-01"): ("2021-01-01 00:00", "2023-12-31 16:00"),
    HIST.format("mexc_2021-01-01_2024-01-01"): ("2021-01-01 00:00", "2023-12-31 16:00"),
    HIST.format("kucoin_2021-01-01_2024-01-01"): ("2021-01-01 04:00", "2023-12-31 20:00"),
    HIST.format("gate_2020-01-01_2024-01-01"): ("2020-01-01 00:00", "2023-12-31 16:00"),
    HIST.format("dydx_2022-01-01_2024-01-01"): ("2022-01-01 00:00", "2023-12-31 23:00"),
    "indicators/SPY_D.csv": ("1999-11-01 00:00:00", "2020-08-28 00:00:00"),
    "mlfinpy/es_ticks_20130901_20130903.parquet": ("2013-09-01 22:00:00.083", "2013-09-03 18:51:44.578"),
    "nautilus/eurusd_quotes_20200130_20200131.parquet": ("2020-01-30 10:27", "2020-01-31 16:59"),
    "nautilus/fxcm_gbpusd_m1_bid_2012.csv.gz": ("2012-02-01", "2012-03-01"),
    "nautilus/fxcm_gbpusd_m1_ask_2012.csv.gz": ("2012-02-01", "2012-03-01"),
    "nautilus/tardis_binance_futures_trades_BTCUSDT_20200222.csv.gz": ("2020-02-22 00:0", "2020-02-22 02:0"),
    "nautilus/tardis_binance_futures_quotes_BTCUSDT_20200222.csv.gz": ("2020-02-22 00:00", "2020-02-22 00:03"),
    "lean/cryptofuture/bybit/margin_interest/btcusd.csv": ("2019-11-14 00:00:00", "2023-10-23 16:00:00"),
    "lean/cryptofuture/bybit/margin_interest/btcusdt.csv": ("2020-03-25", "2023-10-23"),
    "lean/cryptofuture/bybit/margin_interest/btcusdc.csv": ("2022-01-14", "2023-10-23"),
}
"""The first and the last time, as far as the README or the name of the file tells them: 2015 is any time of 2015."""
ELSEWHERE = {
    "binance_ws/": "binance/test_captures.py",
    "cryptofeed/": "exchanges/test_captures.py",
    "dukascopy/": "dukascopy/test_readme.py",
    "indicators/tulipy_oracle.json.gz": "../features/test_ta.py",
    "lean/": "lean/test_layout.py",
    "mlfinpy/expected/": "../bars/test_published.py",
    "yfinance_bad_prices/": "yahoo/test_damage.py",
}
"""Files that are read by a decoder of their own, or are an oracle; and where."""


@pytest.mark.parametrize(("path", "params", "kind", "n_rows"), FILES, ids=[f"{one[2]}-{one[0]}" for one in FILES])
def test_every_plain_table_loads_with_the_rows_of_the_readme(shared, path, params, kind, n_rows):
    loaded = load(shared / path, **params)
    assert (loaded.kind, loaded.frame.height) == (kind, n_rows)
    assert loaded.frame.schema == TABLES[kind].empty().schema
    assert loaded.found["kind"] == kind
    if path in RANGES:
        times, (first, last) = loaded.frame[clock(kind)].drop_nulls(), RANGES[path]
        assert str(times.min()).startswith(first)
        assert str(times.max()).startswith(last)


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


def test_no_file_is_left_out(shared):
    """A file that is added must be loaded by a test, here or in one that is named here."""
    names = {str(path.relative_to(shared)) for path in shared.rglob("*") if path.is_file()} - {"README.md"}
    named = {path for path, *_ in (*FILES, *REFUSED)}
    assert sorted(name for name in names - named if not name.startswith(tuple(ELSEWHERE))) == []
    assert named | set(RANGES) <= names
    assert all((Path(__file__).parents[1] / place).exists() for place in ELSEWHERE.values())
