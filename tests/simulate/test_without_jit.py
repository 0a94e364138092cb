"""The kernels as plain Python: the same paths and lengths of blocks as compiled."""

import numpy as np

from assay.metrics import drawdown
from assay.simulate import block_length, bootstrap, paths

PROFITS = np.random.default_rng(3).standard_normal(60)


def test_without_jit_paths_are_the_same(interpreted):
    def made():
        found = paths.simulate(PROFITS, 9, 4.0, 7, np.random.default_rng(5))
        return b"".join(part.tobytes() for part in found)

    compiled = made()
    interpreted(paths, bootstrap, drawdown)
    assert made() == compiled


def test_without_jit_lengths_of_blocks_are_the_same(interpreted):
    trending = PROFITS.cumsum()
    compiled = [block_length.optimal(series) for series in (PROFITS, trending)]
    assert compiled[0] != compiled[1]
    interpreted(block_length)
    assert [block_length.optimal(series) for series in (PROFITS, trending)] == compiled
