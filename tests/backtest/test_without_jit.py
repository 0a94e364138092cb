"""The kernels as plain Python: the same trades as compiled."""

import numpy as np
import pytest

from assay.backtest import book, fills, replay, sizing
from assay.backtest.fills import Terms
from assay.labels import barriers
from assay.labels.barriers import ExitRules


def records(shape, dtype=float, zeros=np.zeros):
    """Return zeros; of a row of several fields numpy gives attributes, as compiled code has them, in this form only."""
    made = zeros(shape, dtype)
    return made.view(np.recarray) if made.dtype.names else made


@pytest.mark.parametrize("resting", [True, False])
def test_without_jit_trades_are_the_same(interpreted, monkeypatch, draw_market, draw_orders, one_lot, resting):
    def made():
        rules = ExitRules(1, 9, resting, False, 1e-7)
        done = replay.replay(draw_market(4, 120), draw_orders(4, 120), rules, Terms(50.0, 2.25, 1.0, 1e-4), one_lot)
        return done.trades.size, [np.asarray(part).tobytes() for part in done]

    compiled = made()
    assert compiled[0] > 5
    interpreted(replay, book, fills, sizing, barriers)
    monkeypatch.setattr(np, "zeros", records)
    assert made() == compiled
