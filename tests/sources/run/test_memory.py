"""The memory that a stream of files takes does not grow with its length."""

import json
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from tests.sources.project import ROOT

STEP = 500_000
CODE = """
import json, sys
from pathlib import Path
import stages
from assay.sources import files
from assay.sources.params import FeedParams
from assay.sources.run.judge import judged
from assay.sources.run.stream import streamed
from assay.sources.venue import Feed
from tests.memory import peak_mb

params = FeedParams(source="files", path=sys.argv[1], calendar="24/5")
feed = Feed(params, files.kind(params), "X", "X", None, Path(), None, None)
fetched = streamed(feed, {"ticks": Path(sys.argv[2])})
health = judged(fetched)
print(json.dumps({"peak_mb": peak_mb(), "rows": health["rows"]["out"], "months": len(fetched.files)}))
"""


def written(path, n_rows):
    """Write quotes, a quarter of a million a day; every spread is another one."""
    draw, at_ms = np.random.default_rng(1), 1_546_300_800_000
    with path.open("wb") as file:
        for start in range(0, n_rows, STEP):
            times = at_ms + np.cumsum(draw.integers(1, 690, STEP))
            at_ms, bid = int(times[-1]), 1.1 + 1e-5 * draw.integers(-99, 99, STEP)
            frame = pl.DataFrame({"time": times, "bid": bid, "ask": bid + draw.uniform(1e-5, 5e-4, STEP).round(7)})
            frame.write_csv(file, include_header=start == 0)


def told(tmp_path, n_rows):
    written(tmp_path / f"{n_rows}.csv", n_rows)
    command = [sys.executable, "-c", CODE, tmp_path / f"{n_rows}.csv", tmp_path / f"out{n_rows}"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return json.loads(done.stdout)


@pytest.mark.slow
def test_a_hundred_million_rows_stay_below_a_gigabyte(tmp_path):
    """What 8 million rows more take, taken 11.25 times more, is what 100 million take at the worst."""
    few, many = (told(tmp_path, n_rows) for n_rows in (2_000_000, 10_000_000))
    assert (few["rows"], many["rows"], many["months"]) == (2_000_000, 10_000_000, 2)
    grown = many["peak_mb"] - few["peak_mb"]
    assert many["peak_mb"] + 11.25 * max(grown, 0.0) < 1024
