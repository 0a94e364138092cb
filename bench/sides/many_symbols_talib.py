"""A loop over TA-Lib for each share."""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import equity_set_talib as one

PACKAGES = one.PACKAGES


def prepare(folder):
    with np.load(folder / "bars.npz") as file:
        columns = dict(file)
    shares = [{name: values[i] for name, values in columns.items()} for i in range(len(columns["close"]))]
    return shares, one.offsets(shares[0]["closed_ns"])


def work(prepared):
    shares, clock = prepared
    return [one.columns(bars, *clock) for bars in shares]


def answer(result):
    return {"n_built": len(result), **one.answer(result[-1])}
