"""The kernels as plain Python: the same bytes as compiled."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from assay.bars.builder import BarBuilder
from assay.bars.closing import CODES
from assay.bars.rows import Rows
from assay.bars.ticks import Ticks

ROOT = Path(__file__).resolve().parents[2]


def made():
    """Return the bytes of the bars of every kind, of trades, quotes and rows, and of the states that are left."""
    n = 400
    generator = np.random.default_rng(1)
    time_ns, price = np.cumsum(generator.integers(0, 10**9, n)), 10 + generator.standard_normal(n).cumsum() / 8
    size, side = generator.random(n), generator.integers(-1, 2, n).astype(np.int8)
    days = np.where(generator.random(n) < 0.1, -1, np.arange(n) // 150)
    trades = Ticks(time_ns, price, size, side, None, None)
    bid, (bid_size, ask_size) = price - 0.1 * generator.random(n), generator.integers(0, 4, (2, n)).astype(float)
    ask = bid + np.floor(4 * generator.random(n)) / 16
    mid, spread, whole = 0.5 * (bid + ask), ask - bid, bid_size + ask_size
    imbalance = (bid_size - ask_size) / np.maximum(whole, 1)
    quotes = Ticks(time_ns, mid, 0.5 * whole, None, spread, imbalance, bid, ask, bid_size, ask_size)
    opened = np.arange(n) * 10**9
    rows = Rows(
        *(opened, opened + 10**9, opened + 10**9 + generator.integers(0, 9, n)),
        *(price, price + 1, price - 1, price, size, size * price, np.where(side, size / 2, np.nan)),
        generator.integers(0, 3, n),
    )
    found = []
    for kind in CODES:
        for prices in (trades, quotes, rows)[: 3 if "_" not in kind else 2]:
            builder = BarBuilder(kind, 5.0)
            bars = builder.push(prices, days)
            assert np.isfinite(bars["flow"][1:]).all() == (prices is quotes)
            found += [bars.tobytes(), builder.state.tobytes()]
    return b"".join(found)


@pytest.mark.slow
def test_without_jit_every_kind_makes_the_same_bytes(tmp_path):
    command = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom tests.bars.test_without_jit import made\n"
    write = f"open({str(tmp_path / 'bytes')!r}, 'wb').write(made())"
    env = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    subprocess.run([sys.executable, "-c", command + write], check=True, env=env, cwd=ROOT)
    assert (tmp_path / "bytes").read_bytes() == made()
