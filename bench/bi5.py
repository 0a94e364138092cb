"""How fast ``.bi5`` files are decoded, against a pure-Python loop over their records and against LZMA alone.

Run as ``python -m bench.bi5 [FOLDER]`` from the root; FOLDER holds files of Dukascopy, by default those beside the
project. A day of random walks is decoded as well. One core, processor time: other programs do not count. Each number is
the median of several runs, in each of which all five are measured one after the other.

Users wait for whole files, most of which is LZMA, the same for all; what is ours are the records.
"""

from __future__ import annotations

import lzma
import random
import statistics
import struct
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import polars as pl

from assay.market.zones import DAY_NS
from assay.sources.dukascopy import bi5

RUNS = 7
FEWEST = 100
"""Files of a run: fewer are taken several times, else nothing but cold caches is measured."""
HOUR = datetime(2019, 2, 4, 12, tzinfo=UTC)
START_NS = 1_549_281_600_000_000_000
MINUTE_NS = 60_000_000_000
BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data" / "dukascopy"

Row: TypeAlias = tuple[float, ...]


@dataclass(frozen=True)
class Job:
    """One sort of file: its name, the loop over its records, and our decoders of records and of whole files."""

    name: str
    loop: Callable[[bytes], list[Row]]
    records: Callable[[bytes], pl.DataFrame]
    whole: Callable[[bytes], pl.DataFrame]


def loop_over_quotes(content: bytes) -> list[Row]:
    """Return time, bid, ask and their sizes of each record, as plain Python is fastest at it."""
    return [
        (START_NS + ms * 1_000_000, bid / 1e5, ask / 1e5, bid_volume * 1e6, ask_volume * 1e6)
        for ms, ask, bid, ask_volume, bid_volume in struct.iter_unpack(">IIIff", content)
    ]


def loop_over_candles(content: bytes) -> list[Row]:
    """Return begin, open, high, low, close and volume of each record of a day of minutes."""
    return [
        (START_NS + seconds * 1_000_000_000, opened / 1e5, high / 1e5, low / 1e5, close / 1e5, volume * 1e6)
        for seconds, opened, close, low, high, volume in struct.iter_unpack(">IIIIIf", content)
    ]


QUOTES = Job(
    "quotes",
    loop_over_quotes,
    lambda content: bi5.quotes(content, HOUR, 1e5, "bench"),
    lambda raw: bi5.decode(raw, HOUR, 1e5, "bench"),
)
_MINUTES = (START_NS, START_NS + DAY_NS), MINUTE_NS, 0, 1e5, "bench"
CANDLES = Job(
    "candles of a minute",
    loop_over_candles,
    lambda content: bi5.candled(content, *_MINUTES),
    lambda raw: bi5.candles(raw, *_MINUTES),
)


def main(folder: Path) -> None:
    """Print all ratios."""
    for job, pattern in ((QUOTES, "*h_ticks.bi5"), (CANDLES, "*_min_1.bi5")):
        files = [raw for path in sorted(folder.rglob(pattern)) if (raw := path.read_bytes())]
        if files:
            _measure(job, f"{folder.name}, {job.name}", files)
    _measure(QUOTES, "a made day, quotes", made())


def made(n_files: int = 24, n_quotes: int = 5_000) -> list[bytes]:
    """Return hour files of quotes that walk at random."""
    dice = random.Random(1)
    return [lzma.compress(b"".join(_walk(dice, n_quotes)), lzma.FORMAT_ALONE) for _ in range(n_files)]


def _walk(dice: random.Random, n_quotes: int) -> list[bytes]:
    ms, bid, records = 0, 114_000, []
    for _ in range(n_quotes):
        ms, bid = ms + dice.randint(1, 700), bid + dice.randint(-3, 3)
        records.append(struct.pack(">IIIff", ms, bid + dice.randint(1, 4), bid, dice.random(), dice.random()))
    return records


def _measure(job: Job, title: str, files: list[bytes]) -> None:
    unpacked = [_unpacked(raw) for raw in files]
    n_rows, times = sum(job.records(content).height for content in unpacked), -(-FEWEST // len(files))
    runs = [_run(job, files * times, unpacked * times) for _ in range(RUNS)]
    loop, records, alone, both, whole = (statistics.median(column) for column in zip(*runs, strict=True))
    say = sys.stdout.write
    say(f"{title}: {len(files)} files, {n_rows} rows, {times} times over, median of {RUNS} runs\n")
    say(f"  records      loop {loop:.4f} s, ours {records:.4f} s: {loop / records:.1f} times as fast\n")
    say(f"  whole files  LZMA and loop {both:.4f} s, ours {whole:.4f} s: {both / whole:.1f} times as fast\n")
    say(f"  whole files  LZMA alone {alone:.4f} s, ours {whole:.4f} s: {whole / alone:.2f} of it\n")


def _run(job: Job, files: Sequence[bytes], unpacked: Sequence[bytes]) -> tuple[float, ...]:
    """Return the times of the loop, our records, LZMA, LZMA and the loop, and our whole decoder, in this order."""
    return (
        _timed(job.loop, unpacked),
        _timed(job.records, unpacked),
        _timed(_unpacked, files),
        _timed(lambda raw: job.loop(_unpacked(raw)), files),
        _timed(job.whole, files),
    )


def _timed(work: Callable[[bytes], object], contents: Sequence[bytes]) -> float:
    """Return the processor time of doing the work on all contents, seconds."""
    start = time.process_time()
    for content in contents:
        work(content)
    return time.process_time() - start


def _unpacked(raw: bytes) -> bytes:
    return lzma.decompress(raw, lzma.FORMAT_ALONE)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else BESIDE)
