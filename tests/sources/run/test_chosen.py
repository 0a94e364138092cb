"""The feed that bars are made of, as the manifest tells it."""

import pytest

from assay.errors import DataError
from assay.sources.run.chosen import label_of_prices, markets_beside


def entry(label, symbol, kind="ohlcv", **more):
    return {"source": label, "symbol": symbol, "kind": kind, **more}


def chosen(symbols, *feeds):
    return label_of_prices({"feeds": list(feeds)}, symbols)


def test_it_is_that_of_data_whatever_others_of_the_symbol_there_are_and_in_which_order():
    ours = entry("binance-usdm", "BTCUSDT", "trades")
    others = [
        entry("binance-spot", "BTCUSDT", entry="data.more[0]"),
        entry("tardis-binance-futures", "BTCUSDT", "funding"),
        entry("binance-usdm", "ETHUSDT", "trades"),
    ]
    assert chosen(["BTCUSDT"], ours, *others) == chosen(["BTCUSDT"], *others, ours) == "binance-usdm"
    assert chosen(["BTCUSDT", "ETHUSDT"], ours, *others) == "binance-usdm"


def test_what_stood_in_counts_and_contracts_come_from_one_source():
    feeds = [entry("polygon", "H"), entry("polygon", "M"), entry("yahoo", "U", instead_of="polygon")]
    assert chosen(["H", "M"], *feeds) == "polygon"
    assert chosen(["U"], *feeds) == "yahoo"
    with pytest.raises(DataError, match="come from one source; found M from polygon, U from yahoo; fetch all of them"):
        chosen(["M", "U"], *feeds)


def test_markets_beside_are_those_of_the_same_feed_in_order_each_once():
    feeds = [
        entry("polygon", "Z"),
        entry("polygon", "H"),
        entry("yahoo", "U", instead_of="polygon"),
        entry("yahoo", "OTHER", entry="data.more[0]"),
        entry("polygon", "FUNDED", "funding"),
        entry("polygon", "Z"),
    ]
    assert markets_beside({"feeds": feeds}, ["H"]) == ["Z", "U"]
    assert markets_beside({"feeds": feeds}, ["Z", "H", "U"]) == []


@pytest.mark.parametrize(
    ("feeds", "told"),
    [
        ([], "must have prices of X from the feed of data; found none; run the stage fetch"),
        ([entry("a", "X", "funding")], "must have prices of X from the feed of data; found none; run the stage fetch"),
        ([entry("a", "X", entry="data.more[0]")], "must have prices of X from the feed of data; found none; run"),
        (
            [entry("a", "Y"), entry("a", "X", "book")],
            "found those of Y; list X in data.symbols and fetch, or",
        ),
        ([entry("a", "X"), entry("b", "X")], "bars are made of one feed, that of data; found X from a and b; run the"),
        ([{"symbol": "X"}], "must have source"),
    ],
)
def test_a_manifest_without_the_prices_or_with_two_of_them_is_one_line(feeds, told):
    with pytest.raises(DataError) as error:
        chosen(["X"], *feeds)
    assert told in str(error.value)
    assert "\n" not in str(error.value)
