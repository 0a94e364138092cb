"""Rows of the archives: the venue's own examples, with header and without, in milliseconds and in microseconds."""

import io
import zipfile

import numpy as np
import polars as pl
import pytest

from assay.errors import DataError
from assay.sources.binance import VENUE
from assay.sources.moments import nanoseconds
from assay.tables.flags import Flag
from assay.tables.kinds import TABLES
from tests.sources.binance.conftest import decoded, feed, piece, zipped

KLINE_HEADER = "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,"
KLINE_HEADER += "taker_buy_quote_volume,ignore"
README_MS = "1601510340000,4.1507,4.1587,4.1506,4.1554,539.23,1601510399999,2240.398609,13,401.82,1669.981213,0"
README_US = "1735689600000000,4.1507,4.1587,4.1506,4.1554,539.23,1735693199999999,2240.398609,13,401.82,1669.981213,0"
README_COINM = "1591258320000,9640.7,9642.4,9640.6,9642.0,206,1591258379999,2.13660389,48,119,1.23424865,0"
README_TRADE_US = "0,0.20000000,50.00000000,0,0,1735689600010866,False,True"
README_TRADE_MS = "26129,0.01633102,4.70443515,27781,27781,1498793709153,true"
TRADE_HEADER = "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker"
LIQUIDATION_HEADER = "time,side,order_type,time_in_force,original_quantity,price,average_price,order_status,"
LIQUIDATION_HEADER += "last_fill_quantity,accumulated_fill_quantity"
METRICS_HEADER = "create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,"
METRICS_HEADER += "sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio"
METRICS = "{},BTCUSDT,100243.058,12494186585.40,0.69,1.82,0.56,1.15"
ZIP = "data/a.zip"


def ns(series):
    return series.cast(pl.Int64).to_list()


@pytest.mark.parametrize("header", [(), (KLINE_HEADER,)])
def test_candles_in_milliseconds_with_a_header_and_without(header):
    frame, counts = decoded(feed(interval="1m"), ZIP, "2020-10-01", *header, README_MS)
    TABLES["ohlcv"].check(frame, "test")
    assert ns(frame["opened_at"]) == [1601510340000_000000]
    assert ns(frame["closed_at"]) == ns(frame["known_at"]) == [1601510400000_000000]
    numbers = frame.row(0)[3:]
    assert numbers == (4.1507, 4.1587, 4.1506, 4.1554, 539.23, 2240.398609, 401.82, 13, 0)
    assert counts == {}


def test_spot_candles_of_2025_are_in_microseconds():
    frame, _ = decoded(feed(interval="1h"), ZIP, "2025-01-01", README_US)
    assert ns(frame["opened_at"]) == [nanoseconds("2025-01-01T00:00")]
    assert ns(frame["closed_at"]) == [nanoseconds("2025-01-01T01:00")]


def test_units_of_time_that_are_mixed_are_refused():
    late = README_MS.replace("1601510340000", "1735689660000").replace("1601510399999", "1735689719999")
    with pytest.raises(DataError, match="one unit"):
        decoded(feed(interval="1h"), ZIP, "2025-01-01", README_US, late)


def test_times_far_from_the_files_day_are_refused():
    with pytest.raises(DataError, match="row 1: open_time must be from"):
        decoded(feed(interval="1m"), ZIP, "2020-10-05", README_MS)


def test_candles_of_another_interval_are_refused():
    with pytest.raises(DataError, match="candles must be of 1m"):
        decoded(feed(interval="1m"), ZIP, "2025-01-01", README_US)


def test_coin_margined_candles_count_contracts_of_100_usd():
    one = feed(interval="1m", market="coinm", symbol="BTCUSD_PERP")
    frame, _ = decoded(one, ZIP, "2020-06-04", README_COINM)
    assert frame["volume"].item() == 206
    assert frame["value"].item() == 20_600
    assert frame["value"].item() / 2.13660389 == pytest.approx(9641.5, abs=1)


def test_periods_without_trades_are_flagged_as_the_venues_filling():
    still = "1601510340000,4.1,4.1,4.1,4.1,0,1601510399999,0,0,0,0,0"
    frame, _ = decoded(feed(interval="1m"), ZIP, "2020-10-01", still)
    assert frame["flags"].to_list() == [Flag.FLAT]


def test_the_publish_lag_moves_known_at():
    frame, _ = decoded(feed(interval="1m", publish_lag_seconds=2.5), ZIP, "2020-10-01", README_MS)
    assert ns(frame["known_at"]) == [1601510402500_000000]


def test_mark_prices_are_the_last_of_each_period():
    frame, _ = decoded(feed("mark_price", interval="1m", market="usdm"), ZIP, "2020-10-01", KLINE_HEADER, README_MS)
    TABLES["mark_price"].check(frame, "test")
    assert frame["mark"].to_list() == [4.1554]
    assert ns(frame["time"]) == [1601510399999_000000]
    assert ns(frame["known_at"]) == [1601510400000_000000]
    assert np.isnan(frame["index"].item())


def test_aggregated_trades_of_spot_in_microseconds_and_of_futures_in_milliseconds():
    spot, _ = decoded(feed("trades"), ZIP, "2025-01-01", README_TRADE_US)
    assert ns(spot["time"]) == [1735689600010866_000]
    assert spot["side"].to_list() == [1]
    for lines in ((README_TRADE_MS,), (TRADE_HEADER, README_TRADE_MS)):
        futures, _ = decoded(feed("trades", market="usdm"), ZIP, "2017-06-30", *lines)
        assert ns(futures["time"]) == [1498793709153_000000]
        assert futures.select("price", "size", "side").row(0) == (0.01633102, 4.70443515, -1)


def test_numbers_of_trades_that_are_missing_are_counted():
    rows = [README_TRADE_MS.replace("26129", str(number)) for number in (10, 11, 15, 16)]
    assert decoded(feed("trades"), ZIP, "2017-06-30", *rows)[1] == {"trade_ids_missing": 3}


def test_best_quotes():
    header = "update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,transaction_time,event_time"
    row = "9001,49999.9,1.5,50000.1,2.0,1687392000123,1687392000125"
    frame, _ = decoded(feed("quotes", market="usdm"), ZIP, "2023-06-22", header, row)
    assert ns(frame["time"]) == [1687392000123_000000]
    assert frame.select("bid", "ask", "bid_size", "ask_size").row(0) == (49999.9, 50000.1, 1.5, 2.0)


def test_funding_of_the_archives():
    header = "calc_time,funding_interval_hours,last_funding_rate"
    lines = header, "1704067200000,8,0.00037409", "1704096000009,8,-0.0001"
    frame, _ = decoded(feed("funding", market="usdm"), ZIP, "2024-01-01", *lines)
    TABLES["funding"].check(frame, "test")
    assert frame["rate"].to_list() == [0.00037409, -0.0001]
    assert ns(frame["time"]) == ns(frame["known_at"]) == [1704067200000_000000, 1704096000009_000000]


@pytest.mark.parametrize(
    ("market", "day", "late_minutes"),
    [("usdm", "2026-06-24", 0), ("usdm", "2026-06-25", 5), ("coinm", "2025-03-01", 5)],
)
def test_metrics_that_are_stamped_by_the_start_of_their_period_are_moved_to_its_end_issue_491(
    market, day, late_minutes
):
    one = feed("open_interest", market=market, publish_lag_seconds=0.0)
    frame, counts = decoded(one, ZIP, day, METRICS_HEADER, METRICS.format(f"{day} 00:05:00"))
    assert ns(frame["time"]) == [nanoseconds(f"{day}T00:05") + late_minutes * 60 * 10**9]
    assert counts == {"stamped_by_start": int(late_minutes > 0)}


def test_metrics_are_known_five_minutes_later_and_may_lack_values():
    lines = METRICS_HEADER, METRICS.format("2024-01-01 00:05:00"), "2024-01-01 00:10:00,BTCUSDT,,,,,,"
    frame, _ = decoded(feed("open_interest", market="usdm"), ZIP, "2024-01-01", *lines)
    TABLES["open_interest"].check(frame[:1], "test")
    assert (frame["known_at"] - frame["time"]).dt.total_seconds().to_list() == [300, 300]
    assert frame.row(0)[2:] == (100243.058, 12494186585.40, 0.56, 0.69, 1.82, 1.15, 0)
    assert frame["open_interest"].null_count() == 1
    assert np.isnan(frame["value"][1])


def test_liquidations_are_what_was_filled_and_orders_without_a_fill_are_counted():
    day_ms = nanoseconds("2023-07-31") // 10**6
    lines = (
        f"{day_ms + 5},SELL,LIMIT,IOC,10,29000,29100.5,FILLED,3,7",
        f"{day_ms + 9},BUY,LIMIT,IOC,4,31000,0,NEW,0,0",
    )
    frame, counts = decoded(feed("liquidations", market="usdm"), ZIP, "2023-07-31", LIQUIDATION_HEADER, *lines)
    TABLES["liquidations"].check(frame, "test")
    assert frame.select("side", "price", "size", "value").row(0) == (-1, 29100.5, 7.0, 7 * 29100.5)
    assert counts == {"liquidations_not_filled": 1}
    contracts, _ = decoded(
        feed("liquidations", market="coinm", symbol="ETHUSD_PERP"), ZIP, "2023-07-31", LIQUIDATION_HEADER, lines[0]
    )
    assert contracts["value"].item() == 70


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        ((), "must hold rows; found nothing"),
        (("<html>not found</html>",), "must begin with a line of names; found b'<html>"),
        ((TRADE_HEADER.replace("price", "cost"), README_TRADE_MS), "must have the columns price; found agg_trade"),
        ((TRADE_HEADER, README_TRADE_MS + ",1,2"), "rows hold agg_trade_id, price, .*n_extra = 2"),
        (
            (TRADE_HEADER, README_TRADE_MS.removesuffix(",true")),
            "rows hold agg_trade_id, price, .*n_missing = 1",
        ),
        ((TRADE_HEADER, README_TRADE_MS.replace("true", "perhaps")), "side must have a value"),
        ((TRADE_HEADER, README_TRADE_MS.replace("4.70443515", "much")), "rows hold agg_trade_id, price.*much"),
        ((TRADE_HEADER, README_TRADE_MS.replace("4.70443515", "")), "size must have a value; found nothing"),
        (
            (TRADE_HEADER, README_TRADE_MS.replace("1498793709153", "9" * 20)),
            f"rows hold agg_trade_id, price.*{'9' * 20}",
        ),
    ],
)
def test_what_is_not_the_venues_form_is_refused(lines, rule):
    with pytest.raises(DataError, match=f"^{ZIP}( row 1)?: {rule}"):
        decoded(feed("trades"), ZIP, "2017-06-30", *lines)


def test_good_rows_before_a_wrong_one_are_not_delivered():
    wrong = README_TRADE_MS.replace("true", "perhaps")
    with pytest.raises(DataError, match=rf"^{ZIP} row 3: side must have a value; found nothing \(1 such rows\)"):
        decoded(feed("trades"), ZIP, "2017-06-30", TRADE_HEADER, README_TRADE_MS, README_TRADE_MS, wrong)


def test_names_that_the_venue_once_used_are_understood():
    once = KLINE_HEADER.replace("quote_volume,count", "quote_asset_volume,number_of_trades")
    once = once.replace("taker_buy_volume", "taker_buy_base_asset_volume")
    one = feed(interval="1m")
    assert decoded(one, ZIP, "2020-10-01", once, README_MS)[0].equals(decoded(one, ZIP, "2020-10-01", README_MS)[0])


@pytest.mark.parametrize("magic", [b"\x28\xb5\x2f\xfd", b"x\x9c", b"x^", b"\x1f\x8b"])
def test_what_is_packed_once_more_is_refused_and_not_unpacked(magic):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", magic + b"price,quantity\n1,2\n")
    with pytest.raises(DataError, match="must begin with a line of names"):
        VENUE.decode(packed.getvalue(), piece(ZIP, "2017-06-30", "2017-07-01"), feed("trades"))


def test_a_bomb_is_refused_before_it_is_unpacked():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * 300_000_000)
    with pytest.raises(DataError, match="must unpack to"):
        VENUE.decode(packed.getvalue(), piece(ZIP, "2017-06-30", "2017-07-01"), feed("trades"))


RAW = zipped(README_TRADE_MS)


def two_files():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", README_TRADE_MS)
        archive.writestr("b.csv", README_TRADE_MS)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (RAW[:-30], "must be a whole zip; found File is not a zip file"),
        (b"", "must be a whole zip; found File is not a zip file"),
        (b"PK\x03\x04", "must be a whole zip; found File is not a zip file"),
        (RAW[:40] + b"\x00\x01" + RAW[42:], "must be a whole zip; found (Error -3|Bad CRC|invalid)"),
        (two_files(), "must hold one file; found 2"),
    ],
)
def test_a_damaged_zip_and_one_of_several_files_are_refused(raw, rule):
    with pytest.raises(DataError, match=rf"^{ZIP}: {rule}.*; fetch it again$"):
        VENUE.decode(raw, piece(ZIP, "2017-06-30", "2017-07-01"), feed("trades"))


README_SINGLE_SPOT = "51175358,17.80180000,5.69000000,101.29224200,1583709433583,True,True"
README_SINGLE_USDM = "28457,4.00000100,12.00000000,48.00,1499865549590,true"
README_SINGLE_COINM = "28457,9635.0,1,0.01037883,1591250192508,true"
SINGLE_HEADER = "id,price,qty,quote_qty,time,is_buyer_maker"


@pytest.mark.parametrize(
    ("market", "lines", "day", "row"),
    [
        ("spot", [README_SINGLE_SPOT], "2020-03-08", (17.8018, 5.69, -1)),
        ("usdm", [README_SINGLE_USDM], "2017-07-12", (4.000001, 12.0, -1)),
        ("usdm", [SINGLE_HEADER, README_SINGLE_USDM.replace("true", "false")], "2017-07-12", (4.000001, 12.0, 1)),
        ("coinm", [README_SINGLE_COINM], "2020-06-04", (9635.0, 1.0, -1)),
    ],
)
def test_single_trades_of_the_venues_readme(market, lines, day, row):
    frame, counts = decoded(feed("trades", market=f"{market}/trades"), ZIP, day, *lines)
    TABLES["trades"].check(frame, "test")
    assert frame.select("price", "size", "side").row(0) == row
    assert ns(frame["time"]) == [int(lines[-1].split(",")[4]) * 10**6]
    assert counts == {"trade_ids_missing": 0}


def test_open_interest_of_coin_margined_futures_is_worth_its_contracts():
    """The venue tells its value in coins."""
    line = "2025-03-01 00:05:00,BTCUSD_PERP,13069401,15796.96988405,0.69,1.82,0.56,1.15"
    one = feed("open_interest", market="coinm", symbol="BTCUSD_PERP")
    frame, _ = decoded(one, ZIP, "2025-03-01", METRICS_HEADER, line)
    assert frame.select("open_interest", "value").row(0) == (13_069_401.0, 1_306_940_100.0)
