"""The kernels of sources as plain Python: the same bytes as compiled."""

import numpy as np
import polars as pl

from assay.sources.decode import depth, levels
from assay.sources.dukascopy import records
from assay.sources.exchanges import checksum
from assay.sources.files import digits, plain, walls
from assay.sources.health import spans, spread
from assay.sources.lean import consolidated
from assay.sources.rules import outliers
from assay.sources.synthetic import switching
from assay.sources.synthetic.params import SyntheticParams

N = 200
RNG = np.random.default_rng(2)
PRICE = 100.0 + 0.25 * RNG.integers(-3, 4, N).cumsum()
FIRST = np.arange(0, N + 1, 4)
BEGINS = np.arange(N // 4) % 17 == 0
NEXT = RNG.integers(0, 9, (6, N))
"""Whole numbers of one digit."""


def same(interpreted, made, *modules):
    """Refuse kernels that give other bytes as plain Python; return what they give."""
    compiled = made()
    interpreted(*modules)
    assert made() == compiled
    return compiled


def test_outliers(interpreted):
    prices = PRICE + np.where(NEXT[0] == 0, 40.0, 0.0)
    found = same(interpreted, lambda: outliers.Spikes(5.0).judge(prices).tolist(), outliers)
    assert 0 < sum(found) < N // 2


def test_made_markets(interpreted):
    params = SyntheticParams(n_ticks=300)

    def made():
        return [frame.write_csv() for frames in switching.simulate(params, 0.25) for frame in frames]

    assert same(interpreted, made, switching)[0].count("\n") == 301


def test_the_best_of_all_exchanges(interpreted):
    bid, ask = (np.where(NEXT[i] == 0, 0.0, PRICE + NEXT[i + 1] / 8) for i in (0, 2))
    given = NEXT[4] % 3, bid, 1.0 + NEXT[1], ask, 1.0 + NEXT[3], 3
    best, both = same(interpreted, lambda: [part.tolist() for part in consolidated.consolidated(*given)], consolidated)
    assert len(best) == N > sum(both) > 0


def test_quotes_and_candles_of_dukascopy(interpreted):
    """Words of random bits, but their volumes, which are small floats."""
    words = np.random.default_rng(4).integers(0, 1 << 32, 30 * N, np.uint32)
    for at in (3, 4):
        words[at::5] = np.arange(6 * N, dtype=">f4").view("<u4")

    def made():
        quotes, candles = records.quoted(words[: 5 * N], 7, 1e5), records.drawn(words[: 6 * N], 7, 60, 9, 1e3)
        return [np.asarray(part).tobytes() for part in (*quotes, *candles)]

    assert len(same(interpreted, made, records)) == 6


def test_books(interpreted):
    sides = [depth.Side(FIRST, price, size) for price, size in ((90.0 - NEXT[0], NEXT[1] / 2), (NEXT[2], NEXT[3] / 2))]
    tells = ~BEGINS

    def made():
        return depth.told(*sides, BEGINS, tells, 3, 6).rows()

    assert len(same(interpreted, made, depth, levels)) == tells.sum()


def test_checksums(interpreted):
    sides = [checksum.Digits(FIRST, 1 + NEXT[i], NEXT[i + 1]) for i in (0, 2)]
    sums = np.where(np.arange(N // 4) % 5 == 4, 12_345, -1)
    known = same(interpreted, lambda: checksum.sound(*sides, BEGINS, sums, 5).tolist(), checksum, levels)
    assert 0 < sum(known) < len(known)


def test_lines(interpreted):
    rows = zip(PRICE, NEXT[0], NEXT[1], strict=True)
    text = "".join(f"2024-0{1 + n}-2{m} 09:0{n}:0{m}.{n}{m},x,{price},-{n}{m}\n" for price, n, m in rows if n and m)
    wanted = {"time": plain.WALL, "price": pl.Float64, "n": pl.Int64}

    def made():
        return plain.read(text.encode(), ",", ["time", "skipped", "price", "n"], wanted).rows()

    assert len(same(interpreted, made, plain, walls, digits)) == text.count("\n")


def test_minutes_and_spreads(interpreted):
    time = pl.Series(np.cumsum(NEXT[0]) * 10**10).cast(pl.Datetime("ns", "UTC"))
    usual = pl.DataFrame({"time": time, "bid": PRICE, "ask": PRICE + NEXT[1] / 4})
    wide = usual.with_columns(ask=pl.col("ask") + 10_000.0)

    def made():
        covered = spans.spans(usual, "quotes")
        parts = [spread.part(one, spans.minutes(covered), size) for one in (usual, wide) for size in (0.25, None)]
        return covered.turns.tolist(), parts

    assert len(same(interpreted, made, spans, spread)[0]) > 20
