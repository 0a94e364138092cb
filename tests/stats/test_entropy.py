"""Entropies and letters: published numbers, snippets of the book written out, closed forms."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from math import log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.stats import encoding, entropy

MESSAGES = st.lists(st.integers(0, 3), min_size=1, max_size=60)


def letters(text: str):
    return np.array([int(letter) for letter in text])


def shannon(message, word):
    words = Counter(tuple(message[i : i + word]) for i in range(len(message) - word + 1))
    n = words.total()
    return -sum(count / n * log2(count / n) for count in words.values()) / word


def phrases(message):
    """Lopez de Prado 2018, snippet 18.2, in other words."""
    known, start = {(message[0],)}, 1
    while start < len(message):
        fresh = [end for end in range(start + 1, len(message) + 1) if tuple(message[start:end]) not in known]
        if not fresh:
            break
        known.add(tuple(message[start : fresh[0]]))
        start = fresh[0]
    return len(known) / len(message)


def repetitions(message):
    """Lopez de Prado 2018, snippet 18.4 with a growing window, in other words."""
    terms = []
    for i in range(1, len(message) // 2 + 1):
        found = [n for n in range(1, i + 1) for j in range(i) if message[i : i + n] == message[j : j + n]]
        terms.append(log2(i + 1) / (1 + max(found, default=0)))
    return sum(terms) / len(terms)


# mlfinlab's tests; its plug-in entropy of one letter leaves out the last one, ours does not.
def test_entropies_of_11100001_are_those_of_mlfinlab():
    m = letters("11100001")
    assert entropy.plug_in(m, 2, 8)[-1] == 1.0
    assert entropy.plug_in(m[:-1], 2, 7)[-1] == pytest.approx(0.985, abs=5e-4)
    assert entropy.plug_in(m, 2, 8)[-1] != pytest.approx(0.985, abs=5e-4)
    assert entropy.lempel_ziv(m, 2, 8)[-1] == 0.625
    assert entropy.kontoyiannis(m, 8)[-1] == pytest.approx(0.9682, abs=5e-5)
    assert np.isnan(entropy.kontoyiannis(m, 8)[:-1]).all()


@pytest.mark.parametrize("window", [2, 3, 8, 17])
@settings(max_examples=40, deadline=None)
@given(message=MESSAGES)
def test_every_window_equals_brute_force(message, window):
    m = np.array(message)
    found = {
        (lambda part: shannon(part, 1)): entropy.plug_in(m, 4, window),
        (lambda part: shannon(part, 2)): entropy.plug_in(m, 4, window, 2),
        phrases: entropy.lempel_ziv(m, 4, window),
        repetitions: entropy.kontoyiannis(m, window),
    }
    for brute, values in found.items():
        assert np.isnan(values[: window - 1]).all()
        for end in range(window - 1, m.size):
            assert values[end] == pytest.approx(brute(message[end + 1 - window : end + 1]), abs=1e-8)


ROLLING = {
    "shannon": lambda m: entropy.plug_in(m, 4, 40),
    "plug_in": lambda m: entropy.plug_in(m, 4, 40, 3),
    "lempel_ziv": lambda m: entropy.lempel_ziv(m, 4, 40),
    "kontoyiannis": lambda m: entropy.kontoyiannis(m, 41),
}


@pytest.mark.parametrize("name", ROLLING)
def test_a_window_alone_gives_the_same_bits(name):
    m = np.random.default_rng(1).integers(0, 4, 500)
    whole, window = ROLLING[name](m), 41 if name == "kontoyiannis" else 40
    for end in (window, 77, 400, 500):
        assert ROLLING[name](m[end - window : end])[-1] == whole[end - 1]
        assert np.array_equal(ROLLING[name](m[:end]), whole[:end], equal_nan=True)


@pytest.mark.parametrize("name", ROLLING)
def test_an_unknown_letter_leaves_its_windows_empty(name):
    m = np.random.default_rng(1).integers(0, 4, 200)
    m[[0, 90]] = encoding.UNKNOWN
    window = 41 if name == "kontoyiannis" else 40
    full = [*range(window, 90), *range(90 + window, 200)]
    assert np.flatnonzero(~np.isnan(ROLLING[name](m))).tolist() == full


def test_entropies_find_that_of_a_source():
    """A biased coin of .9: .469 bits; estimates of repetitions and phrases come from above (Gao et al. 2008)."""
    m = (np.random.default_rng(4).random(20_000) < 0.9).astype(np.int64)
    truth = -0.9 * log2(0.9) - 0.1 * log2(0.1)
    assert entropy.plug_in(m, 2, 20_000)[-1] == pytest.approx(truth, abs=0.01)
    assert entropy.plug_in(m, 2, 20_000, 3)[-1] == pytest.approx(truth, abs=0.01)
    assert entropy.kontoyiannis(m, 4_000)[-1] == pytest.approx(truth, abs=0.1)
    fair = np.random.default_rng(5).integers(0, 2, 4_000)
    for estimate in (lambda x: entropy.lempel_ziv(x, 2, 4_000), lambda x: entropy.kontoyiannis(x, 4_000)):
        assert estimate(m[:4_000])[-1] < 0.75 * estimate(fair)[-1]
    assert entropy.plug_in(np.zeros(50, np.int64), 2, 50)[-1] == 0.0


def test_letters_by_hand():
    x = np.array([np.nan, 1.0, -2.0, 0.0, 3.0, -3.0, 3.0])
    assert encoding.signs(x).tolist() == [-1, 2, 0, 1, 2, 0, 2]
    # Of each three: how many are smaller, 0 to 2, as one of two halves.
    assert encoding.quantiles(x, 3, 2).tolist() == [-1, -1, -1, 0, 1, 0, 0]
    assert encoding.quantiles(x, 3, 3).tolist() == [-1, -1, -1, 1, 2, 0, 1]
    # Root mean squares of each three: sqrt(5/3), sqrt(13/3), sqrt(6), 3; in them 0, 1.44, -1.22, 1.
    assert encoding.sigmas(x, 3, 1).tolist() == [-1, -1, -1, 1, 2, 0, 2]
    assert encoding.sigmas(np.zeros(4), 2, 2).tolist() == [-1, 2, 2, 2]
    assert encoding.sigmas(np.array([1.0, 0.0, 0.0, 0.0, 9.0]), 5, 2).tolist() == [-1, -1, -1, -1, 4]


def test_letters_do_not_change_when_numbers_follow():
    x = np.random.default_rng(6).standard_normal(300)
    for encode in (encoding.signs, lambda y: encoding.quantiles(y, 50, 4), lambda y: encoding.sigmas(y, 50, 2)):
        assert encode(x[:200]).tolist() == encode(x)[:200].tolist()
        assert encode(x[150:200])[-1] == encode(x)[199]


CODE = """
import numpy as np
from assay.stats import encoding, entropy
x = np.random.default_rng(7).standard_normal(90)
m = encoding.quantiles(x, 10, 3)
told = [entropy.plug_in(m, 3, 20, 2), entropy.lempel_ziv(m, 3, 20), entropy.kontoyiannis(m, 21)]
told.append(encoding.sigmas(x, 9, 2))
print(b"".join(values.tobytes() for values in told).hex())
"""


def test_kernels_give_the_same_bits_without_the_compiler():
    told = [
        subprocess.check_output([sys.executable, "-W", "ignore", "-c", CODE], env=os.environ | more, text=True)
        for more in ({}, {"NUMBA_DISABLE_JIT": "1"})
    ]
    assert told[0] == told[1]
    assert len(told[0]) > 16 * 4 * 90
