from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.stats import spans
from assay.stats.spans import totals


@st.composite
def cases(draw) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    m = draw(st.integers(0, 70))
    x = np.array(draw(st.lists(st.floats(-1e6, 1e6), min_size=m, max_size=m)))
    ends = np.array(draw(st.lists(st.tuples(st.integers(0, m), st.integers(0, m)), max_size=20)), np.int64).reshape(
        -1, 2
    )
    return x, ends.min(axis=1, initial=m), ends.max(axis=1, initial=0)


@settings(deadline=None, max_examples=200)
@given(cases())
def test_totals_are_those_of_the_spans(case):
    x, begin, end = case
    expected = [x[i:j].sum() for i, j in zip(begin, end, strict=True)]
    assert np.allclose(totals(x, begin, end), expected, rtol=0, atol=1e-7)


@settings(deadline=None, max_examples=200)
@given(cases(), st.integers(1, 9))
def test_a_total_is_a_function_of_its_span_alone_bit_for_bit(case, shift):
    x, begin, end = case
    longer = np.concatenate([np.full(shift, 0.1), x, np.full(shift, 0.3)])
    assert totals(longer, begin + shift, end + shift).tobytes() == totals(x, begin, end).tobytes()
    for i, j, total in zip(begin, end, totals(x, begin, end), strict=True):
        assert totals(x[i:j], np.array([0]), np.array([j - i]))[0] == total


def test_whole_numbers_are_added_exactly_and_inputs_stay():
    x = np.arange(1_000.0)
    begin, end = np.array([0, 1, 5, 990, 7]), np.array([1_000, 2, 5, 1_000, 1_000])
    assert totals(x, begin, end).tolist() == [499_500.0, 1.0, 0.0, 9_945.0, 499_479.0]
    assert (x == np.arange(1_000.0)).all()
    assert end.tolist() == [1_000, 2, 5, 1_000, 1_000]


def test_kernels_are_the_same_without_compiling():
    compiled, plain = (np.arange(50) / 7 for _ in range(2))
    spans._double(compiled, 4)
    spans._double.py_func(plain, 4)
    assert compiled.tobytes() == plain.tobytes()
    begin, out, more = np.array([3, 7]), np.zeros(2), np.zeros(2)
    spans._add(compiled, 4, begin, np.array([9, 10]), out)
    spans._add.py_func(compiled, 4, begin, np.array([9, 10]), more)
    assert out.tolist() == more.tolist() == [compiled[5], 0.0]
