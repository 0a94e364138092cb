"""The watch over damaged cases: planted hangs and blow-ups are found, and named."""

import signal
import time

import numpy as np
import pytest

from tests.sources.fuzz import mutations, watched


def test_the_same_seed_gives_the_same_damage():
    raw = bytes(range(200))
    first, again, other = (list(mutations(raw, seed, 60)) for seed in (1, 1, 2))
    assert first == again != other
    assert all(isinstance(damaged, bytes) for damaged in first)
    assert sum(damaged != raw for damaged in first) > 50


@pytest.mark.parametrize("hang", [lambda: time.sleep(5), lambda: [None for _ in iter(int, 1)]])
def test_a_case_that_hangs_is_stopped_and_named(hang):
    cases = mutations(b"some bytes", 7, 10, seconds=0.2)
    next(cases)
    next(cases)
    with pytest.raises(AssertionError, match=r"^case 1 of 10, seed 7, b.*: took more than 0\.2 s$"):
        hang()
    cases.close()
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_case_that_takes_much_memory_for_a_moment_is_named():
    cases = mutations(b"some bytes", 7, 10, n_bytes=64 << 20)
    next(cases)
    np.ones(2 << 20)
    next(cases)
    np.ones(32 << 20)
    with pytest.raises(AssertionError, match=r"^case 1 of 10, seed 7, b.*: took 2[45]\d MiB$"):
        next(cases)


def test_what_a_case_leaves_to_be_told_is_told():
    """An error of the case is its own; the watch ends with it."""
    with pytest.raises(ValueError, match="mine"), watched("x"):
        raise ValueError("mine")
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
