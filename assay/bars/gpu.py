"""Bars of one history for many set-ups at once, on a GPU: an extra for research, which no stage uses.

A thread makes the bars of one threshold, by the very functions that make them on a processor. They are the bars of
``assay.bars.builder`` bit for bit, but for what has no number: the bits of NaN, and the sign of a high or low of 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from assay.bars.bounds import ExpectationParams
from assay.bars.builder import DEFAULT, BarBuilder
from assay.bars.closing import CODES
from assay.bars.gpu_kernels import (
    INSTALL,
    NUMBA_CUDA,
    SIMULATED,
    Columns,
    cuda,
    kernels,
    of_quotes,
    of_trades,
    quoted,
)
from assay.bars.order import refuse_unordered
from assay.bars.params import Kind
from assay.bars.piece import refuse_broken, refuse_falling_days, refuse_no_days
from assay.bars.state import BAR, Bars, initial, numbers
from assay.errors import ComputeError, DataError
from assay.types import Floats, Ints, read_only

TRADES = {"time": "<i8", "price": "<f8", "size": "<f8", "side": "|i1"}
QUOTES = {"time": "<i8", "bid": "<f8", "ask": "<f8", "bid_size": "<f8", "ask_size": "<f8"}
INSTANTS = np.dtype("<M8[ns]")


def closed_bars_of_many(
    prices: Any, kind: Kind, thresholds: Sequence[float], days: Ints, expectation: ExpectationParams = DEFAULT
) -> list[Bars]:
    """Return the bars of a history for each threshold: see :func:`assay.bars.build.closed_bars`.

    Parameters
    ----------
    prices
        Quotes or trades (tables ``QUOTES`` and ``TRADES``) in order of time, by the names of their columns: any
        mapping to arrays on the GPU (``__cuda_array_interface__``), which are not copied, or to numpy arrays, which
        are. ``time`` is in nanoseconds since 1970-01-01 UTC, as whole numbers or as ``datetime64[ns]``.
    kind, thresholds
        Type of bar, and what fills one in each set-up: see ``assay.bars.builder.BarBuilder``.
    days
        Session day of each tick, shape (n,); ticks outside (-1) are left out.
    expectation
        How imbalance and run bars learn what to expect.

    Raises
    ------
    ComputeError
        If there is no GPU, or its compiler rounds in another way than a processor.
    DataError
        If a threshold is not positive, or of ticks not whole, a column is missing, of another type or another length,
        or has gaps in memory, days are not whole numbers, times or days go back, or a price or size is not finite.
    """
    refuse_no_gpu()
    refuse_no_days(days, kind)
    if not len(thresholds):
        raise DataError(f"bars.types.{kind}", "needs a threshold for each set-up", "none", "give at least one")
    rules = np.array([BarBuilder(kind, one, expectation=expectation).rule for one in thresholds]).reshape(-1, 4)
    form, unit = CODES[kind]
    count, make = kernels(form, unit, of_quotes if "bid" in prices else of_trades)
    columns, bar = _ticks(prices, days.size), initial()
    times = read_only(columns[0].copy_to_host())
    refuse_unordered(times, times, days, bar, kind)
    refuse_falling_days(bar.counts.session, days, kind)
    history = bar, cuda.to_device(days.astype(np.int64)), columns, cuda.to_device(rules)
    n_closed = cuda.to_device(np.zeros(len(rules), np.int64))
    count.run(len(rules), *history, n_closed)
    sizes = n_closed.copy_to_host() + 1
    ends = np.cumsum(sizes)
    made = np.empty(sizes.sum(), BAR)
    room = [cuda.to_device(np.ascontiguousarray(part)) for part in numbers(made)]
    make.run(len(rules), *history, cuda.to_device(ends - sizes), *room)
    for part, one in zip(numbers(made), room, strict=True):
        part[:] = one.copy_to_host()
    return [_closed(bars, kind) for bars in np.split(made, ends[:-1])]


def refuse_no_gpu() -> None:
    """Refuse to go on where there is no GPU.

    Raises
    ------
    ComputeError
        If there is no CUDA device, driver or compiler, or not the one that compiles these kernels.
    """
    if cuda is None:
        raise ComputeError("assay.bars.gpu", "needs the CUDA target of numba", "none", INSTALL)
    if not (cuda.is_available() and len(cuda.gpus)):
        raise ComputeError("assay.bars.gpu", "needs a CUDA device, its driver and NVVM", "not all of them", INSTALL)
    if not (SIMULATED or NUMBA_CUDA):
        raise ComputeError("assay.bars.gpu", "needs numba-cuda", "the older CUDA target of numba itself", INSTALL)


def _types(names: Iterable[str]) -> dict[str, str]:
    return QUOTES if "bid" in names else TRADES


def _ticks(prices: Any, n: int) -> Columns:
    """Return the columns that ticks are made of, on the GPU."""
    given = [_column(prices, name, wanted, n) for name, wanted in _types(prices).items()]
    if "bid" not in prices:
        return tuple(given)
    time_ns, *quotes = given
    made = [cuda.device_array_like(quotes[0]) for _ in range(4)]
    quoted().run(n, tuple(quotes), *made)
    return time_ns, *made, *quotes


def _column(prices: Any, name: str, wanted: str, n: int) -> Floats | Ints:
    """Return a column on the GPU, copied only from where it is not."""
    if name not in prices:
        raise DataError(name, "bars on a GPU are made of quotes or trades", list(prices), "give their columns")
    column = prices[name]
    here = isinstance(column, np.ndarray)
    array = cuda.to_device(np.ascontiguousarray(column)) if here else cuda.as_cuda_array(column)
    array = array.view(np.int64) if array.dtype == INSTANTS else array
    if array.dtype.str != wanted or array.shape != (n,) or not array.is_c_contiguous():
        rule = f"must be of type {wanted}, a value for each session day, without gaps"
        raise DataError(name, rule, f"{array.dtype.str}, shape {array.shape}, of {n}", "cast or cut it")
    return array


def _closed(bars: Bars, kind: Kind) -> Bars:
    """Return all bars but the last one, which is still open, as far as it has ticks at all."""
    refuse_broken(bars if bars["n_ticks"][-1] else bars[:-1], kind)
    return bars[:-1]
