"""Child seeds: distinct, and a function of their names alone."""

from numpy.random import SeedSequence

from assay.stats.seeds import FINAL, child


def test_a_child_is_numpys_spawned_child():
    assert child(7, "meta", 3, 2) == int(SeedSequence(7, spawn_key=(1, 3, 2)).generate_state(1)[0] >> 1)


def test_no_two_uses_share_a_stream():
    names = [("montecarlo",)]
    names += [(step, fit, inner) for step in ("base", "meta") for fit in range(FINAL, 20) for inner in range(10)]
    assert len({child(7, *name) for name in names}) == len(names)
    assert all(0 <= child(7, *name) < 2**31 for name in names)
