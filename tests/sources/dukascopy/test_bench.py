"""The bench of ``.bi5`` files: what is compared gives the same rows, and every sort of file is measured."""

import lzma
import re
import struct

import pytest

from bench import bi5 as bench
from tests.sources.conftest import HOUR, bi5, records

QUOTED = ("time", "bid", "ask", "bid_size", "ask_size")
DRAWN = ("opened_at", "open", "high", "low", "close", "volume")
CANDLES = b"".join(
    struct.pack(">IIIIIf", 60 * i, 114_500 + i, 114_501 + i, 114_499, 115_950, i % 3 / 8) for i in range(1440)
)


def rows(frame, columns):
    """Return rows of a frame as the loops have them."""
    first, *others = columns
    return list(zip(frame[first].to_physical().to_list(), *(frame[name].to_list() for name in others), strict=True))


@pytest.mark.parametrize(
    ("job", "raw", "columns"),
    [
        (bench.QUOTES, bi5(records(HOUR)), QUOTED),
        (bench.QUOTES, bench.made(1, 500)[0], QUOTED),
        (bench.CANDLES, bi5(CANDLES), DRAWN),
    ],
    ids=["an hour by hand", "an hour that walks at random", "a day of candles"],
)
def test_the_loop_and_both_of_our_decoders_give_the_same_rows(job, raw, columns):
    content = lzma.decompress(raw, lzma.FORMAT_ALONE)
    expected = job.loop(content)
    assert len(expected) > 2
    assert rows(job.records(content), columns) == expected
    assert rows(job.whole(raw), columns) == expected


@pytest.mark.slow
def test_the_bench_measures_quotes_and_candles_of_a_folder_and_a_made_day(tmp_path, capsys):
    day = tmp_path / "EURUSD" / "2019" / "01" / "04"
    day.mkdir(parents=True)
    for name, raw in (("00h_ticks", bi5(records(HOUR))), ("01h_ticks", b""), ("BID_candles_min_1", bi5(CANDLES))):
        (day / f"{name}.bi5").write_bytes(raw)
    bench.main(tmp_path)
    said = capsys.readouterr().out
    told = re.findall(r": (\d+) files, (\d+) rows, (\d+) times over", said)
    assert told == [("1", "3", "100"), ("1", "1440", "100"), ("24", "120000", "5")]
    assert said.count(" times as fast\n") == 6
    assert said.count(" of it\n") == 3


@pytest.mark.slow
def test_real_files_give_the_same_rows_as_the_loop(shared):
    folder = shared / "dukascopy" / "EURUSD" / "2019" / "01"
    for job, name, columns in (
        (bench.QUOTES, "04/12h_ticks", QUOTED),
        (bench.QUOTES, "05/00h_ticks", QUOTED),
        (bench.CANDLES, "05/BID_candles_min_1", DRAWN),
    ):
        raw = (folder / f"{name}.bi5").read_bytes()
        assert rows(job.whole(raw), columns) == job.loop(lzma.decompress(raw, lzma.FORMAT_ALONE))
