"""CSV ticks to monthly Parquet with every check, against polars' own scan and sink; both in one run, as ratios.

``python bench/csv_ticks.py [--rows N] [--times iso|ms] [--repeat N]``: makes the input, runs each side in a process of
its own with the same number of threads, and prints seconds, processor seconds and the largest resident memory.
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
    """Read as the stage fetch does: found out, checked, cut into months, written, hashed, its health told."""
    from assay.sources import files  # noqa: PLC0415 - polars' process does without
    from assay.sources.params import FeedParams  # noqa: PLC0415
    from assay.sources.run.stream import streamed  # noqa: PLC0415
    from assay.sources.venue import Feed  # noqa: PLC0415

    params = FeedParams(source="files", path=str(source), calendar="24/5")
    streamed(Feed(params, files.kind(params), "EURUSD", "EURUSD", None, folder, None, None), {"ticks": folder})


def measured(side: str, source: Path, form: str) -> dict[str, float]:
    """Run one side in a process of its own."""
    with tempfile.TemporaryDirectory(dir=source.parent) as folder:
        command = [
            sys.executable,
            str(HERE),
            "--side",
            side,
            "--source",
            str(source),
            "--into",
            folder,
            "--times",
            form,
        ]
        env = os.environ | {"POLARS_MAX_THREADS": "1"}
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=env)  # noqa: S603
    took: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return took


def alone(side: str, source: Path, folder: Path, form: str) -> None:
    """Do the work of one side and print what it took; imports and the compiling of kernels are not counted."""
    if side == "assay":
        sys.path.insert(0, str(HERE.parents[1]))
        import stages  # noqa: F401, PLC0415 - as every stage begins

        warm(folder)
    start, before = time.perf_counter(), time.process_time()
    if side == "assay":
        by_assay(source, folder)
    else:
        by_polars(source, folder, form)
    took = {"s": time.perf_counter() - start, "cpu_s": time.process_time() - before}
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**took, "peak_mb": rss, "threads": pl.thread_pool_size()}))  # noqa: T201


def warm(folder: Path) -> None:
    """Import and compile all that a run needs, on a few rows."""
    make(folder / "few.csv", 100, "ms")
    by_assay(folder / "few.csv", folder)


def main() -> None:
    """Make the input, run both sides, print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--times", choices=("iso", "ms"), default="ms")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--side", choices=("polars", "assay"))
    parser.add_argument("--source", type=Path)
    parser.add_argument("--into", type=Path)
    asked = parser.parse_args()
    if asked.side:
        alone(asked.side, asked.source, asked.into, asked.times)
        return
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "quotes.csv"
        make(source, asked.rows, asked.times)
        runs: dict[str, list[dict[str, float]]] = {"polars": [], "assay": []}
        for _ in range(asked.repeat):
            for side, found in runs.items():
                found.append(measured(side, source, asked.times))
    best = {side: min(found, key=lambda run: run["s"]) for side, found in runs.items()}
    for side, run in best.items():
        print(f"{side:7}", "  ".join(f"{name} {value:.2f}" for name, value in run.items()))  # noqa: T201
    ratios = {name: best["assay"][name] / best["polars"][name] for name in ("s", "cpu_s", "peak_mb")}
    print("ratio  ", "  ".join(f"{name} {value:.2f}" for name, value in ratios.items()))  # noqa: T201


if __name__ == "__main__":
    main()
