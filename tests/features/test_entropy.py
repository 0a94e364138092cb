from __future__ import annotations

from collections import Counter
from itertools import pairwise
from math import log2

import numpy as np
import pytest

from assay.features import entropy
from assay.features.inputs import Inputs
from assay.features.params.memory import EntropyParams
from assay.stats.encoding import UNKNOWN
from tests.stats.test_entropy import phrases, repetitions, shannon

PARAMS = EntropyParams(windows=[64], encoding_window=50, quantile_letters=3, sigma_limit=1, word=2)
ENTRIES = {entry.name: entry for entry in entropy.features(PARAMS)}


@pytest.fixture(scope="module")
def x(quotes, instrument, hours):
    return Inputs(quotes, instrument, hours)


def letter_of(kind, returns):
    """The last of some returns as a letter, by the words of the book."""
    last = returns[-1]
    if kind == "sign":
        return int(np.sign(last)) + 1
    if kind == "quantile":
        return 3 * int((returns < last).sum()) // 50
    return int(np.clip(np.rint(last / np.sqrt((returns**2).mean())), -1, 1)) + 1


@pytest.mark.parametrize("kind", ["sign", "quantile", "sigma"])
def test_every_entry_of_the_defaults_equals_brute_force(kind, x):
    """Letters of the last 248 returns: signs, quarters of the rank among 120, root mean squares of 120 up to 2."""
    returns = np.diff(np.log(x["close"]))
    whole = [returns[end - 120 : end] for end in range(returns.size - 127, returns.size + 1)]
    message = {
        "sign": [int(np.sign(last[-1])) + 1 for last in whole],
        "quantile": [4 * int((last < last[-1]).sum()) // 120 for last in whole],
        "sigma": [int(np.clip(np.rint(last[-1] / np.sqrt((last**2).mean())), -2, 2)) + 2 for last in whole],
    }[kind]
    expected = {
        f"shannon_{kind}_128": shannon(message, 1),
        f"plug_in_{kind}_128": shannon(message, 2),
        f"lempel_ziv_{kind}_128": phrases(message),
        f"kontoyiannis_{kind}_128": repetitions(message),
    }
    entries = entropy.features(EntropyParams(encodings=[kind]))
    found = {entry.name: entry.function(x.but())[-1] for entry in entries}
    assert found == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("kind", ["sign", "quantile", "sigma"])
def test_entropies_of_real_letters_equal_brute_force(kind, x):
    returns = np.diff(np.log(x["close"]))
    message = [letter_of(kind, returns[end - 50 : end]) for end in range(returns.size - 63, returns.size + 1)]
    assert entropy.letters(x, kind, PARAMS)[-64:].tolist() == message
    shares = [count / 64 for count in Counter(message).values()]
    found = ENTRIES[f"shannon_{kind}_64"].function(x)
    assert found[-1] == pytest.approx(-sum(p * log2(p) for p in shares), abs=1e-8)
    pairs = [count / 63 for count in Counter(pairwise(message)).values()]
    expected = -sum(p * log2(p) for p in pairs) / 2
    assert ENTRIES[f"plug_in_{kind}_64"].function(x)[-1] == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize(("kind", "unknown"), [("sign", 1), ("quantile", 50), ("sigma", 50)])
def test_letters_and_entropies_begin_where_they_say(kind, unknown, x):
    letters = entropy.letters(x, kind, PARAMS)
    assert (letters[:unknown] == UNKNOWN).all()
    assert set(letters[unknown:].tolist()) == set(range(entropy.alphabet(kind, PARAMS)))
    for name, entry in ENTRIES.items():
        if f"_{kind}_" in name:
            assert np.flatnonzero(~np.isnan(entry.function(x)))[0] == entry.first_valid == unknown + 63


def test_a_market_that_repeats_itself_has_less_entropy(x, instrument, hours):
    """Up, up, down, over and over: two thirds of 64 letters are rises, and repetitions are long."""
    moves = np.tile([1.0, 1.0, -2.0], 300)
    bars = x.bars.with_columns(close=2000.0 + 0.25 * np.cumsum(moves)[: x.bars.height])
    told = Inputs(bars, instrument, hours)
    assert ENTRIES["shannon_sign_64"].function(told)[-1] == pytest.approx(log2(3) - 2 / 3, abs=0.02)
    for name, share in (("lempel_ziv", 0.9), ("kontoyiannis", 0.5)):
        entry = ENTRIES[f"{name}_sign_64"]
        assert entry.function(told)[-1] < share * np.nanmin(entry.function(x))
