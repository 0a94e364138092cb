"""A recorded websocket is no table: it is refused with the sources that read it, and tables are not taken for one."""

import gzip

import pytest

from assay.errors import DataError
from assay.sources.files.source import kind
from assay.sources.params import FeedParams


def kind_of(path, **params):
    return kind(FeedParams(source="files", path=str(path), **params))


REFUSED = (
    r"must be a table, not a recorded websocket; found .*; put it into the raw cache of source binance \(Binance\) or"
)


def test_every_capture_of_cryptofeed_and_of_binance_is_pointed_to_its_source(shared):
    paths = [*(shared / "cryptofeed").glob("*.gz"), *(shared / "binance_ws").rglob("*.gz")]
    assert len(paths) > 12
    for path in paths:
        with pytest.raises(DataError, match=REFUSED) as caught:
            kind_of(path)
        assert str(caught.value).startswith(f"{path}: ")
        assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "text",
    [
        '1618678134.5: [321,{"a":[]},"book-10","XBT/USD"]\n',
        '1618678134: {"event":"heartbeat"}\n',
        '1723075200000000123 {"e":"aggTrade"}\n',
        '1680652800005184 {"stream":"btcusdt@depth"}\n',
        "wss://ws.kraken.com <-> 1618678132.368463\n",
        'configuration: {"ticker":["KSM-BTC"]}\n',
    ],
)
@pytest.mark.parametrize("form", ["auto", "csv"])
def test_what_recorders_write_is_refused_packed_or_not(tmp_path, text, form):
    for name, raw in (("x.txt", text.encode()), ("x.txt.gz", gzip.compress(text.encode()))):
        (tmp_path / name).write_bytes(raw)
        with pytest.raises(DataError, match=REFUSED):
            kind_of(tmp_path / name, format=form)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.csv", "1618678134.5,100.5,1\n1618678135.5,100.5,2\n"),
        ("x.csv", "time,price,size\n1618678134,100.5,1\n"),
        ("x.jsonl", '{"time": 1618678134, "price": 100.5, "size": 1}\n'),
    ],
)
def test_tables_that_begin_with_a_time_are_no_recordings(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    assert kind_of(tmp_path / name, kind="trades") == "trades"
    assert kind_of(tmp_path / name) == "trades"
