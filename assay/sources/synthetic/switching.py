"""A market of quotes with switching regimes, spread, bounce and a planted signal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numba import njit

from assay.sources.synthetic.clock import weekday_time
from assay.sources.synthetic.params import SyntheticParams
from assay.sources.synthetic.plant import tick_correlation
from assay.tables.table import TIME
from assay.types import Floats, Ints

CHUNK = 1 << 20
_SHARE = 0.2
"""Imbalance of the sizes per standard deviation of the signal; beyond five it is cut (6 in 10 million ticks)."""
_STEPS = 10_000
"""Sizes come in steps of depth / 10,000."""


def simulate(
    params: SyntheticParams, tick_size: float, chunk: int = CHUNK
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    r"""Yield quotes and their truth, up to ``chunk`` ticks at a time; the ticks do not depend on ``chunk``.

    Parameters
    ----------
    params
        The market.
    tick_size
        Smallest price step, quote currency.

    Yields
    ------
    tuple
        A frame with the columns of QUOTES, and beside it the truth, row by row: `regime` (from 0), `mid` (true mid
        price, ticks, not rounded) and `signal` (standard normal). The truth must reach no stage but a test.

    Notes
    -----
    Regime :math:`s` is a Markov chain; the true mid price moves by
    :math:`m_{t+1} / m_t - 1 = \mu_s + \sigma_s (\rho x_t + \sqrt{1-\rho^2} e_{t+1})`, in units of the starting
    price, with :math:`s` the regime at :math:`t+1`. So within a regime moves have the variance :math:`\sigma_s^2`
    whatever is planted, and without drift and plant :math:`m` is a martingale. The signal :math:`x` is a standardised
    AR(1), seen as (bid_size - ask_size) / (bid_size + ask_size) = x / 5. The quoted mid is :math:`m_t + \eta z_t`,
    rounded to ticks: in one regime its changes have the lag-1 autocorrelation
    :math:`-\eta^2 / (\sigma^2 + 2\eta^2)` (Roll 1984, with normal noise), where rounding adds some 1/12 to
    :math:`\eta^2` in square ticks. No price is below one tick.

    Each kind of draw has a stream of its own, so that a longer market begins with the shorter one's ticks. Nothing but
    ``+ - * /`` and square roots is computed: the bytes are the same on every processor.
    """
    streams = [np.random.default_rng(child) for child in np.random.SeedSequence(params.seed).spawn(6)]
    gaps, switches, moves, news, noises, start = streams
    state = np.array([params.start_price_ticks, start.standard_normal(), 0.0])
    elapsed_ms = 0
    for first in range(0, params.n_ticks, chunk):
        n = min(chunk, params.n_ticks - first)
        passed = elapsed_ms + np.cumsum(
            np.rint(gaps.standard_exponential(n) * params.seconds_per_tick * 1e3).astype(np.int64)
        )
        elapsed_ms = int(passed[-1])
        path = _walk(state, switches.random(n), moves.standard_normal(n), news.standard_normal(n), *_laws(params))
        truth = pl.DataFrame(dict(zip(("regime", "mid", "signal"), path, strict=True)))
        yield (
            _quotes(
                params, tick_size, weekday_time(passed * 1_000_000, params.first_day), noises.standard_normal(n), path
            ),
            truth,
        )


def _laws(params: SyntheticParams) -> tuple[Floats, Floats, Floats, float, float]:
    """Return cumulative transition rows, drift and volatility as returns, persistence and correlation per tick."""
    persistence = 1.0 - 1.0 / params.signal_lifetime_ticks
    correlation = tick_correlation(params.signal_correlation, params.signal_horizon_ticks, persistence)
    drift = np.array(params.drift_ticks) / params.start_price_ticks
    volatility = np.array(params.volatility_ticks) / params.start_price_ticks
    return np.cumsum(np.array(params.transition), axis=1), drift, volatility, persistence, correlation


@njit(cache=True)
def _follow(cumulative: Floats, regime: int, uniform: float) -> int:
    """Return the next regime: the first whose cumulative probability exceeds the draw."""
    for after in range(cumulative.shape[1] - 1):
        if uniform < cumulative[regime, after]:
            return after
    return cumulative.shape[1] - 1


@njit(cache=True)
def _walk(
    state: Floats,
    uniform: Floats,
    shock: Floats,
    news: Floats,
    cumulative: Floats,
    drift: Floats,
    volatility: Floats,
    persistence: float,
    correlation: float,
) -> tuple[Ints, Floats, Floats]:
    """Move the market on by ``n`` ticks; ``state`` (mid, signal, regime) is carried over in place."""
    n = uniform.size
    regimes, mids, signals = np.empty(n, np.int64), np.empty(n), np.empty(n)
    mid, signal, regime = state[0], state[1], int(state[2])
    rest, fresh = np.sqrt(1.0 - correlation * correlation), np.sqrt(1.0 - persistence * persistence)
    for i in range(n):
        regime = _follow(cumulative, regime, uniform[i])
        mid *= 1.0 + drift[regime] + volatility[regime] * (correlation * signal + rest * shock[i])
        signal = persistence * signal + fresh * news[i]
        regimes[i], mids[i], signals[i] = regime, mid, signal
    state[0], state[1], state[2] = mid, signal, regime
    return regimes, mids, signals


def _quotes(
    params: SyntheticParams, tick_size: float, time_ns: Ints, noise: Floats, path: tuple[Ints, Floats, Floats]
) -> pl.DataFrame:
    """Return what the market shows of its path."""
    regime, mid, signal = path
    spread = np.array(params.spread_ticks)[regime]
    bid = np.maximum(np.rint(mid + params.noise_ticks * noise - spread / 2), 1.0)
    tilt = np.rint(_STEPS * np.clip(_SHARE * signal, -1.0, 1.0))
    columns = {
        "time": pl.Series(time_ns).cast(TIME),
        "bid": _price(bid, tick_size),
        "ask": _price(bid + spread, tick_size),
        "bid_size": (_STEPS + tilt) * params.depth / _STEPS,
        "ask_size": (_STEPS - tilt) * params.depth / _STEPS,
        "flags": np.zeros(bid.size, np.uint16),
    }
    return pl.DataFrame(columns)


def _price(ticks: Floats, tick_size: float) -> Floats:
    """Return prices of whole ticks as the nearest floats to their decimals: 3 ticks of 0.1 are 0.3."""
    per_unit = round(1.0 / tick_size)
    return ticks / per_unit if per_unit and abs(tick_size * per_unit - 1.0) < 1e-12 else ticks * tick_size  # noqa: PLR2004
