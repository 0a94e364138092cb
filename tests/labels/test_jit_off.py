"""Every kernel gives the same bits as plain Python."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import polars as pl

from assay.labels.barriers import ExitRules
from assay.labels.bootstrap import next_chances, sequential_bootstrap
from assay.labels.build import build
from assay.labels.exits import leave
from assay.labels.params import LabelParams
from assay.market.instruments import Instrument
from assay.tables.bars import BARS

DAY_NS = 86_400 * 10**9
ROOT = Path(__file__).resolve().parents[2]
BY_CLOSES = ExitRules(1, 40, at_close=False, resting=False, tolerance=1e-7)
CHOICES = [
    {"weights": {"scheme": "return"}, "triple_barrier": {"max_horizon_bars": 12, "volatility_window": 20}},
    {"triple_barrier": {"touch": "high_low", "sizing": "atr", "min_horizon_bars": 1, "max_horizon_bars": 9}},
    {"events": {"method": "cusum", "volatility_window": 9}, "triple_barrier": {"sizing": "daily", "entry": "close"}},
    {"method": "trend_scanning", "triple_barrier": {"sizing": "ticks", "tp_ticks": 3, "sl_ticks": 3}},
    {"method": "fixed_horizon", "events": {"method": "bands", "window": 8}},
    {"triple_barrier": {"session_exit_minutes": 30.0, "max_horizon_bars": 12, "volatility_window": 20}},
    {"triple_barrier": {"sizing": "spread", "max_horizon_bars": 12}},
]


def digests() -> list[str]:
    """Return hashes of labels by every kernel, and of draws."""
    instrument = Instrument(symbol="ES", kind="future", tick_size=0.25)
    built = [build(bars(), LabelParams.model_validate(choice), instrument) for choice in CHOICES]
    tables = [table for table, _ in built]
    assert all(table.height > 5 for table in tables)
    assert next(report["session_ends"]["long"]["n_cut_short"] for _, report in built if "session_ends" in report) > 5
    first = tables[0]["ordinal"].to_numpy(), tables[0]["end_ordinal"].to_numpy()
    drawn = sequential_bootstrap(*first, np.random.default_rng(3).random(80))
    contents = [table.write_csv().encode() for table in tables]
    contents += [drawn.tobytes(), next_chances(*first, drawn[:20]).tobytes()]
    prices = (bars()[name].to_numpy() for name in ("open", "high", "low", "close"))
    contents.append(repr([float(part) for part in leave(*prices, 9, 1, 1.0, 1.0, BY_CLOSES)]).encode())
    return [hashlib.sha256(content).hexdigest() for content in contents]


def bars() -> pl.DataFrame:
    """Return a walk of 260 bars, ten minutes each."""
    ticks = 1000 + 0.25 * np.random.default_rng(11).integers(-1, 2, (260, 10)).cumsum().reshape(260, 10)
    at = 1_704_153_600_000_000_000 + 600_000_000_000 * np.arange(260)
    prices = {"open": ticks[:, 0], "high": ticks.max(axis=1), "low": ticks.min(axis=1), "close": ticks[:, -1]}
    given = prices | {"symbol": ["ES"] * 260, "ordinal": np.arange(260), "opened_at": at, "closed_at": at}
    given |= {"session": at // DAY_NS, "spread_mean": 0.25 * (2 + np.arange(260) % 3)}
    rest = {name: np.zeros(260) for name in BARS.columns if name not in given}
    return pl.DataFrame({name: (given | rest)[name] for name in BARS.columns}).select(
        pl.col(name).cast(pl.Int32).cast(column.dtype) if column.dtype == pl.Date else pl.col(name).cast(column.dtype)
        for name, column in BARS.columns.items()
    )


def test_law_plain_python_gives_the_same_bits():
    command = [sys.executable, "-c", "from tests.labels.test_jit_off import main; main()"]
    env = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["off", *digests()]


def main() -> None:
    """Print whether kernels are compiled, and the hashes."""
    sys.stdout.write(" ".join(["off" if numba.config.DISABLE_JIT else "on", *digests()]))
