"""CSV ticks to monthly Parquet with every check, against polars' own scan and sink; both in one run, as ratios.

``python bench/csv_ticks.py [--rows N] [--times iso|ms] [--threads 1 2] [--repeat N]``: makes the input, runs each side
in a process of its own on the same number of processors, in turn, and prints wall and processor seconds, the largest
resident memory and what was written. Imports and the compiling of kernels are not counted; polars has none.

What each side does. polars: reads a time and four numbers, makes instants of the first, and sinks one file: plain
values, zstd 3. Assay: all that the stage ``fetch`` does for a feed. It finds out what the file is, reads it, hashes it,
applies every rule to every row, cuts rows into months, checks every law of the table once more, writes (with a column
of flags; times as differences, values by dictionary, zstd 3), hashes each table, and tells the health of the history.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

STEP = 1_000_000
FIRST_MS = 1_546_300_800_000
HERE = Path(__file__).resolve()
SCHEMA = {"bid": pl.Float64, "ask": pl.Float64, "bid_size": pl.Float64, "ask_size": pl.Float64}
SIDES = ("polars", "assay")


def make(path: Path, n_rows: int, form: str) -> None:
    """Write quotes of EURUSD, four a second, in parts."""
    generator, at_ms, level = np.random.default_rng(1), FIRST_MS, 110_000
    with path.open("wb") as file:
        for start in range(0, n_rows, STEP):
            n = min(STEP, n_rows - start)
            times = at_ms + np.cumsum(generator.integers(0, 500, n))
            bid = level + np.cumsum(generator.integers(-1, 2, n))
            at_ms, level = int(times[-1]), int(bid[-1])
            sizes = generator.integers(1, 40, (2, n)) * 0.25
            ask = bid + generator.integers(1, 9, n)
            frame = pl.DataFrame({"time": times, "bid": bid / 1e5, "ask": ask / 1e5})
            frame = frame.with_columns(bid_size=pl.Series(sizes[0]), ask_size=pl.Series(sizes[1]))
            if form == "iso":
                frame = frame.with_columns(pl.from_epoch("time", "ms").dt.strftime("%Y-%m-%d %H:%M:%S%.3f"))
            frame.write_csv(file, include_header=start == 0)


def by_polars(source: Path, folder: Path, form: str) -> None:
    """Scan and sink: no checks, no months, one file."""
    stamp = pl.Int64 if form == "ms" else pl.String
    rows = pl.scan_csv(source, schema={"time": stamp, **SCHEMA})
    times = pl.from_epoch("time", "ms") if form == "ms" else pl.col("time").str.to_datetime("%Y-%m-%d %H:%M:%S%.3f")
    rows.with_columns(times).sink_parquet(folder / "all.parquet", compression="zstd", compression_level=3)


def by_assay(source: Path, folder: Path) -> None:
    """Do what the stage fetch does for a feed of files."""
    from assay.sources import files  # noqa: PLC0415 - polars' process does without
    from assay.sources.params import FeedParams  # noqa: PLC0415
    from assay.sources.run.judge import judged  # noqa: PLC0415
    from assay.sources.run.stream import streamed  # noqa: PLC0415
    from assay.sources.venue import Feed  # noqa: PLC0415

    params = FeedParams(source="files", path=str(source), calendar="24/5")
    judged(streamed(Feed(params, files.kind(params), "EURUSD", "EURUSD", None, folder, None, None), {"ticks": folder}))


def measured(side: str, source: Path, form: str, n_threads: int) -> dict[str, float]:
    """Run one side in a process of its own."""
    with tempfile.TemporaryDirectory(dir=source.parent) as folder:
        asked = {"side": side, "source": source, "into": folder, "times": form, "threads": n_threads}
        words = [word for name, value in asked.items() for word in (f"--{name}", str(value))]
        env = os.environ | {"POLARS_MAX_THREADS": str(n_threads)}
        command = [sys.executable, str(HERE), *words]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=env)  # noqa: S603
    took: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return took


def alone(side: str, source: Path, folder: Path, form: str) -> None:
    """Do the work of one side and print what it took."""
    if side == "assay":
        sys.path.insert(0, str(HERE.parents[1]))
        import stages  # noqa: F401, PLC0415 - as every stage begins

        warm(folder / "warm")
    start, before = time.perf_counter(), time.process_time()
    if side == "assay":
        by_assay(source, folder)
    else:
        by_polars(source, folder, form)
    took = {"s": time.perf_counter() - start, "cpu_s": time.process_time() - before}
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    written = sum(path.stat().st_size for path in folder.rglob("*.parquet")) / 2**20
    print(json.dumps({**took, "peak_mb": rss, "written_mb": written}))  # noqa: T201


def warm(folder: Path) -> None:
    """Import and compile all that a run needs, on a few rows."""
    folder.mkdir()
    make(folder / "few.csv", 100, "ms")
    by_assay(folder / "few.csv", folder)


def compared(source: Path, form: str, n_threads: int, n_runs: int) -> None:
    """Run both sides in turn; print the least of each, and the ratios."""
    runs: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
    for _ in range(n_runs):
        for side, found in runs.items():
            found.append(measured(side, source, form, n_threads))
    best = {side: {name: min(run[name] for run in found) for name in found[0]} for side, found in runs.items()}
    best["ratio"] = {name: best["assay"][name] / best["polars"][name] for name in best["assay"]}
    print(f"{n_threads} processor{'s' * (n_threads > 1)}, times in {form}, least of {n_runs} runs")  # noqa: T201
    for side, run in best.items():
        print(f"  {side:7}", "  ".join(f"{name} {value:.2f}" for name, value in run.items()))  # noqa: T201


def main() -> None:
    """Make the input, run both sides, print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--times", choices=("iso", "ms"), default="ms")
    parser.add_argument("--threads", type=int, nargs="+", default=(1, 2))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--side", choices=SIDES, help="for a process of its own")
    parser.add_argument("--source", type=Path)
    parser.add_argument("--into", type=Path)
    asked = parser.parse_args()
    if asked.side:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: asked.threads[0]])
        alone(asked.side, asked.source, asked.into, asked.times)
        return
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "quotes.csv"
        make(source, asked.rows, asked.times)
        for n_threads in asked.threads:
            compared(source, asked.times, n_threads, asked.repeat)


if __name__ == "__main__":
    main()
