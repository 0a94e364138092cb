"""Random label spans for the laws."""

import numpy as np
import pytest


@pytest.fixture(scope="session")
def spans():
    """Return a function from a seed to spans: equal starts occur, long labels cover many later ones."""

    def draw(seed):
        rng = np.random.default_rng(seed)
        starts = np.cumsum(rng.integers(0, 8, rng.integers(80, 120)))
        return starts, starts + rng.integers(0, 20, starts.size)

    return draw
