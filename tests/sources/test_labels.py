"""Labels: what paths and receipts call a feed; always the name of a folder, and never that of two feeds."""

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import ParamsError
from assay.market.instruments import InstrumentParams
from assay.params import load
from assay.sources.fallback import stand_in
from assay.sources.feeds import STREAMS, VENUES, feeds, place
from assay.sources.labels import label, market
from assay.sources.lean.markets import MARKETS
from assay.sources.params import DataParams, FeedParams

FOLDER = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,78}[A-Za-z0-9])?")
SEVERAL = ("binance", "ccxt", "lean", "tardis")
TEXTS = st.text(max_size=64) | st.text(alphabet="./\\-_ aB9\0é", max_size=64)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"source": "sample"}, "sample"),
        ({"source": "yahoo"}, "yahoo"),
        ({"source": "binance"}, "binance-spot"),
        ({"source": "binance", "market": "spot"}, "binance-spot"),
        ({"source": "binance", "market": "usdm"}, "binance-usdm"),
        ({"source": "binance", "market": "usdm/trades"}, "binance-usdm-trades"),
        ({"source": "ccxt"}, "ccxt-kraken"),
        ({"source": "ccxt", "exchange": "bitstamp"}, "ccxt-bitstamp"),
        ({"source": "lean", "market": "forex/fxcm"}, "lean-forex-fxcm"),
        ({"source": "lean", "market": "crypto/coinbase/quote"}, "lean-crypto-coinbase-quote"),
        ({"source": "tardis"}, "tardis-binance-futures"),
        ({"source": "tardis", "market": "bitmex/incremental_book_L2"}, "tardis-bitmex-incremental_book_L2"),
        ({"source": "files", "label": "broker.a_1"}, "broker.a_1"),
        ({"source": "binance", "market": "usdm", "label": "mine"}, "mine"),
    ],
)
def test_a_label_is_the_source_and_its_market_or_what_was_given(params, expected):
    assert label(FeedParams(**params)) == expected


@pytest.mark.parametrize("source", sorted({*VENUES, *STREAMS} - {*SEVERAL}))
def test_a_source_that_is_one_venue_is_its_own_label(source):
    assert label(FeedParams(source=source)) == source
    assert market(FeedParams(source=source)) == ""


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(sorted({*VENUES, *STREAMS})), TEXTS, TEXTS)
def test_a_label_is_always_the_name_of_one_folder(source, part, exchange):
    assert FOLDER.fullmatch(label(FeedParams(source=source, market=part, exchange=exchange)))


@settings(deadline=None, max_examples=300)
@given(TEXTS | st.from_regex(r"[a-z0-9._-]{1,70}", fullmatch=True))
def test_a_label_that_is_given_is_the_name_of_a_folder_or_refused(text):
    known = {*"abcdefghijklmnopqrstuvwxyz0123456789"}
    if not text:
        assert label(FeedParams(source="files", label=text)) == "files"
    elif len(text) <= 64 and {text[0], text[-1]} <= known and {*text} <= known | {*"._-"}:
        assert label(FeedParams(source="files", label=text)) == text
    else:
        with pytest.raises(ValueError, match="a label is the name of a folder"):
            FeedParams(source="files", label=text)


MANY = [
    *(FeedParams(source=source) for source in ("dukascopy", "yahoo", "polygon")),
    *(FeedParams(source="binance", kind="trades", market=name) for name in ("spot", "usdm", "usdm/trades", "coinm")),
    *(FeedParams(source="ccxt", exchange=name) for name in ("kraken", "bitstamp", "krakenfutures", "bitmex")),
    *(FeedParams(source="lean", kind="ohlcv", market=name) for name in (*MARKETS, "crypto/coinbase/quote")),
    *(FeedParams(source="tardis", market=name) for name in ("binance", "binance-futures", "binance-delivery")),
    *(FeedParams(source="ccxt", exchange="kraken", label=name) for name in ("a", "b", "kraken")),
]


def test_every_market_of_every_source_has_a_place_of_its_own():
    first, *more = MANY
    places = [place(feed) for feed in feeds(DataParams(**{**first.model_dump(), "more": more}), BTC)]
    assert len({*places}) == len(places) == len(MANY)


BTC = InstrumentParams(symbol="BTCUSD")


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(MANY), st.sampled_from(["", "", "x", "y"])), min_size=1, max_size=4))
def test_feeds_have_places_of_their_own_or_are_refused_in_one_line(chosen):
    first, *more = (one.model_copy(update={"label": name or one.label}) for one, name in chosen)
    labels = [one.label or label(one) for one in (first, *more)]
    params = DataParams(**{**first.model_dump(), "more": more})
    if len({*labels}) < len(labels):
        with pytest.raises(ParamsError, match=r"^data\.more: each folder of data is of one feed; found ticks/[^\n]*$"):
            feeds(params, BTC)
        return
    found = feeds(params, BTC)
    assert len({place(feed) for feed in found}) == len(found)
    assert [feed.label for feed in found] == labels
    assert [feed.entry for feed in found] == ["data", *(f"data.more[{i}]" for i in range(len(more)))]


@pytest.mark.parametrize(
    ("first", "second"), [*product([{}, {"market": "spot"}], [{}, {"market": "spot"}, {"label": "binance-spot"}])]
)
def test_a_market_that_is_named_and_one_that_is_meant_are_one(first, second):
    params = DataParams(source="binance", **first, more=[FeedParams(source="binance", **second)])
    with pytest.raises(ParamsError, match=r"found ticks/binance-spot/BTCUSD 2 times; .* a `label` of its own"):
        feeds(params, BTC)


def test_what_stands_in_has_its_own_label_and_not_that_of_the_other():
    params = DataParams(source="polygon", label="mine", fallback="yahoo", start="2024-01-02", end="2024-01-05")
    (feed,) = feeds(params, BTC)
    assert (feed.label, stand_in(feed).label) == ("mine", "yahoo")


@pytest.mark.parametrize("text", ["../x", "a/b", "Upper", "-a", "a-", ".a", "a b", "a" * 65, "é"])
def test_what_is_no_label_is_one_line_with_the_rule(tmp_path, text):
    path = tmp_path / "params.yaml"
    path.write_text(f"data: {{label: '{text}'}}\n")
    with pytest.raises(ParamsError, match=r"data\.label: a label is the name of a folder: 64 lower-case") as told:
        load("data", DataParams, path)
    assert "\n" not in str(told.value)
