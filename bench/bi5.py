"""How fast hour files of quotes are decoded, against a pure-Python loop over their records and against LZMA alone.

Run as ``python -m bench.bi5 [FOLDER]`` from the root; FOLDER holds ``.bi5`` files, by default those beside the project.
Where there are none, files of random walks are made. One core, processor time; each number is the median of several
runs, in each of which all four are measured one after the other.
"""

from __future__ import annotations

import lzma
import random
import statistics
import struct
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from assay.sources.dukascopy import bi5

RUNS = 7
HOUR = datetime(2019, 2, 4, 12, tzinfo=UTC)
BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data" / "dukascopy"


def main(folder: Path) -> None:
    """Print both ratios."""
    files = [raw for path in sorted(folder.rglob("*h_ticks.bi5")) if (raw := path.read_bytes())] or made(40)
    unpacked = [lzma.decompress(raw, lzma.FORMAT_ALONE) for raw in files]
    runs = [_run(files, unpacked) for _ in range(RUNS)]
    loop, records, alone, whole = (statistics.median(times) for times in zip(*runs, strict=True))
    n_quotes = sum(map(len, unpacked)) // bi5.RECORD.itemsize
    say = sys.stdout.write
    say(f"{len(files)} files, {n_quotes} quotes, median of {RUNS} runs\n")
    say(f"records:     loop {loop:.4f} s, ours {records:.4f} s: {loop / records:.1f} times as fast\n")
    say(f"whole files: LZMA alone {alone:.4f} s, ours {whole:.4f} s: {whole / alone:.2f} of LZMA alone\n")
    say(f"whole files: LZMA and loop {alone + loop:.4f} s: {(alone + loop) / whole:.1f} times as fast\n")


def looped(content: bytes) -> list[tuple[int, float, float, float, float]]:
    """Return the quotes of records one after the other, as plain Python does it."""
    start_ns, rows = int(HOUR.timestamp()) * 1_000_000_000, []
    for offset in range(0, len(content), 20):
        ms, ask, bid, ask_volume, bid_volume = struct.unpack_from(">IIIff", content, offset)
        rows.append((start_ns + ms * 1_000_000, bid / 1e5, ask / 1e5, bid_volume * 1e6, ask_volume * 1e6))
    return rows


def made(n_files: int, n_quotes: int = 5_000) -> list[bytes]:
    """Return hour files of random walks."""
    dice = random.Random(1)
    return [lzma.compress(b"".join(_walk(dice, n_quotes)), lzma.FORMAT_ALONE) for _ in range(n_files)]


def _walk(dice: random.Random, n_quotes: int) -> list[bytes]:
    ms, bid, records = 0, 114_000, []
    for _ in range(n_quotes):
        ms, bid = ms + dice.randint(1, 700), bid + dice.randint(-3, 3)
        records.append(struct.pack(">IIIff", ms, bid + dice.randint(1, 4), bid, dice.random(), dice.random()))
    return records


def _run(files: Sequence[bytes], unpacked: Sequence[bytes]) -> tuple[float, float, float, float]:
    """Return the time of the loop, of our records, of LZMA alone and of our whole decoder, one after the other."""
    return (
        _timed(looped, unpacked),
        _timed(lambda content: bi5.quotes(content, HOUR, 1e5, "bench"), unpacked),
        _timed(lambda raw: lzma.decompress(raw, lzma.FORMAT_ALONE), files),
        _timed(lambda raw: bi5.decode(raw, HOUR, 1e5, "bench"), files),
    )


def _timed(work: Callable[[bytes], object], contents: Sequence[bytes]) -> float:
    """Return the processor time of doing the work on all contents, seconds: other programs do not count."""
    start = time.process_time()
    for content in contents:
        work(content)
    return time.process_time() - start


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else BESIDE)
