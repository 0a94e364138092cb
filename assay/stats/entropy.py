"""How much each letter of a message tells, bits: four estimates of its entropy, over a message or each window of one.

Letters are 0, 1, 2 ...; a window with a negative one, an unknown, has no entropy: NaN. Every estimate is a function of
its window alone, bit for bit, and costs at most rows times the window.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from assay.types import Floats, Ints

_UNIT = float(1 << 32)
"""Shares of the plug-in estimate are whole numbers of 2^-32 bits, whose sums are exact and can be carried."""


def plug_in(letters: Ints, alphabet: int, window: int, word: int = 1) -> Floats:
    """Return the entropy of the words of each window, over their length, bits per letter, shape (n,).

    Parameters
    ----------
    letters
        The message, below ``alphabet``, shape (n,).
    alphabet
        How many letters there are.
    window
        Letters per window.
    word
        Letters per word; with 1 it is Shannon's entropy of the letters.

    Notes
    -----
    ``-sum p log2 p / word`` over the ``window - word + 1`` words that overlap (Lopez de Prado 2018, 18.3 and snippet
    18.1). The snippet, and mlfinlab after it, leave out the last word; here all count, so that with words of one
    letter the estimate is Shannon's.
    """
    out = np.full(letters.size, np.nan)
    n_words = window - word + 1
    shares = [0, *(round(n * math.log2(n) * _UNIT) for n in range(1, n_words + 1))]
    _count(letters, alphabet, window, word, np.array(shares, np.int64), out)
    return out


def lempel_ziv(letters: Ints, alphabet: int, window: int) -> Floats:
    """Return how many different phrases each window falls into, per letter, shape (n,).

    Notes
    -----
    A phrase is the shortest next piece that was no phrase before; a last piece that was one is none (Lempel, Ziv 1978;
    Lopez de Prado 2018, 18.4 and snippet 18.2).
    """
    out = np.full(letters.size, np.nan)
    _parse(letters, window, np.empty((window + 1, alphabet), np.int64), out)
    return out


def kontoyiannis(letters: Ints, window: int) -> Floats:
    """Return the entropy that the lengths of repetitions in each window tell, bits per letter, shape (n,).

    Notes
    -----
    The mean of ``log2(i + 1) / L_i`` over the letters i = 1 to half the window, the first one being 0; ``L_i - 1`` is
    the length, i at most, of the longest piece from letter i on that also begins at an earlier one (Gao, Kontoyiannis,
    Bienenstock 2008, the growing window; Lopez de Prado 2018, 18.4 and snippet 18.4). The last letter of a window of
    odd length is not looked at.
    """
    out = np.full(letters.size, np.nan)
    half = window // 2
    logs = np.array([0.0, *(math.log2(i + 1) for i in range(1, half + 1))])
    _repeat(letters, window, logs, np.zeros(half + 1, np.int64), out)
    return out


@njit(cache=True)
def _count(letters: Ints, alphabet: int, window: int, word: int, shares: Ints, out: Floats) -> None:
    """Carry the counts of words and the sum of their shares; a word is a number in base ``alphabet``."""
    size, n_words = alphabet**word, window - word + 1
    counts, codes = np.zeros(size, np.int64), np.full(n_words, -1)
    code, known, total = 0, 0, 0
    for i in range(letters.size):
        slot = i % n_words
        if codes[slot] >= 0:
            n = counts[codes[slot]]
            total += shares[n - 1] - shares[n]
            counts[codes[slot]] = n - 1
        known = known + 1 if letters[i] >= 0 else 0
        code = (code * alphabet + letters[i]) % size if known else 0
        codes[slot] = code if known >= word else -1
        if known >= word:
            n = counts[code]
            total += shares[n + 1] - shares[n]
            counts[code] = n + 1
        if known >= window:
            out[i] = (shares[n_words] - total) / (_UNIT * n_words * word)


@njit(cache=True)
def _parse(letters: Ints, window: int, after: Ints, out: Floats) -> None:
    """Grow a tree of phrases for each window; ``after[phrase, letter]`` is a longer phrase, 0 if there is none."""
    known = 0
    for i in range(letters.size):
        known = known + 1 if letters[i] >= 0 else 0
        if known < window:
            continue
        n_phrases, at = 0, 0
        after[0] = 0
        for letter in letters[i + 1 - window : i + 1]:
            longer = after[at, letter]
            if longer == 0:
                n_phrases += 1
                after[n_phrases] = 0
                after[at, letter] = n_phrases
            at = longer
        out[i] = n_phrases / window


@njit(cache=True)
def _repeat(letters: Ints, window: int, logs: Floats, runs: Ints, out: Floats) -> None:
    """Add the term of each letter to every window that has it in its first half, from the last letter to the first.

    ``runs[d]`` is how many letters from ``at`` on equal those d before; the longest of ``runs[1]`` to ``runs[d]`` is
    the repetition in the window that begins d before, and its first 2 d letters decide it.
    """
    half = logs.size - 1
    unknown = letters.size
    sums = np.zeros(letters.size)
    for at in range(letters.size - 1, -1, -1):
        longest = 0
        for d in range(1, min(half, at) + 1):
            runs[d] = runs[d] + 1 if letters[at] == letters[at - d] else 0
            longest = max(longest, runs[d])
            sums[at - d] += logs[d] / (1 + min(longest, d))
        unknown = at if letters[at] < 0 else unknown
        if at + window <= min(letters.size, unknown):
            out[at + window - 1] = sums[at] / half
