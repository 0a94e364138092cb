"""Every feature with its kernels as plain Python: the same bits as compiled."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numba
import polars as pl
import pytest

from assay.bars.known import known
from assay.features.build import build
from assay.features.inputs import Inputs
from assay.market.instruments import Instrument
from assay.market.sessions import Hours

from .conftest import EVERY, TICK, beside, walk

ROOT = Path(__file__).resolve().parents[2]
N = 520
"""Bars: more than any window of the kernels at the default parameters."""


def digests() -> dict[str, str]:
    """Return the hash of each column of the whole catalogue, of a market with all that can be known beside it."""
    instrument = Instrument(symbol="WALK", kind="future", tick_size=TICK, zone="America/Chicago")
    hours = Hours("America/Chicago", 17 * 3600, 16 * 3600 + 900, 15 * 3600 + 900, weekend_trading=False)
    bars, other = walk(N, seed=7, quotes=True), walk(N, seed=8, quotes=True)
    earlier = pl.col("opened_at", "closed_at") - pl.duration(hours=1, time_unit="ns")
    markets = {"OTHER": Inputs(known(other.with_columns(earlier), "tick", 20, hours), instrument, hours)}
    table = build(bars, EVERY, instrument, hours, context=beside(bars), markets=markets)
    return {name: hashlib.sha256(table[name].to_numpy().tobytes()).hexdigest() for name in table.columns[3:]}


@pytest.mark.slow
def test_without_jit_every_feature_has_the_same_bits():
    command = [sys.executable, "-c", "from tests.features.test_without_jit import main; main()"]
    env = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    first, *rest = done.stdout.splitlines()
    assert first == "off"
    assert dict(line.split() for line in rest) == digests()


def main() -> None:
    """Print whether kernels are compiled, then every feature and its hash."""
    told = ["off" if numba.config.DISABLE_JIT else "on", *(f"{name} {digest}" for name, digest in digests().items())]
    sys.stdout.write("\n".join(told))
