"""The loop of steps over ticks, compiled for a GPU: a thread for each set-up. See ``assay.bars.gpu``.

Compilers for GPUs fuse a product with the sum it goes into, which rounds once where a processor rounds twice. Neither
numba nor numba-cuda has an option against it, so what they hand to NVVM is given it here, and the result is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeAlias

from numba import njit

from assay.bars.expectation import Rule
from assay.bars.state import State, write
from assay.bars.tick_loop import through
from assay.bars.ticks import Ticks
from assay.errors import ComputeError
from assay.types import Floats, Ints

INSTALL = "install numba-cuda[cu12] beside a CUDA device, or make the same bars by assay.bars.builder"

cuda: Any = import_module("numba.cuda") if find_spec("numba.cuda") else None
"""None where numba has no target for CUDA: see ``assay.bars.gpu.refuse_no_gpu``."""

SIMULATED: bool = import_module("numba.core.config").ENABLE_CUDASIM
NUMBA_CUDA = find_spec("numba_cuda") is not None

THREADS = 32
FUSED = "fma.rn.f64"

Columns: TypeAlias = tuple[Any, ...]
"""Arrays on the GPU: the columns of ``Ticks`` that trades have, or those that quotes have, in order."""


class Kernel:
    """A loop for a GPU that is compiled at its first run, for the types of the arrays it is then given, and no others.

    Parameters
    ----------
    function
        What one thread does.
    """

    def __init__(self, function: Callable[..., None]) -> None:
        # A linker that compiles once more would fuse after all; numba forgets the option if it is given it alone.
        options = {"lto": False} if NUMBA_CUDA and not SIMULATED else {}
        self._compiled = cuda.jit(function, **options)
        self._is_looked_at = SIMULATED

    def run(self, n: int, *given: Any) -> None:
        """Run in ``n`` threads.

        Raises
        ------
        ComputeError
            If its compiler fused a product with a sum.
        """
        if self._is_looked_at:
            self._launch(n, *given)
            return
        with unfused():
            self._launch(n, *given)
        if any(FUSED in ptx for ptx in self._compiled.inspect_asm().values()):
            rule = "bars on a GPU need products and sums that are rounded apart"
            raise ComputeError("assay.bars.gpu", rule, f"{FUSED} in the compiled kernel", INSTALL)
        self._compiled.disable_compile()
        self._is_looked_at = True

    def _launch(self, n: int, *given: Any) -> None:
        self._compiled[-(-n // THREADS), THREADS](*given)


@contextmanager
def unfused() -> Iterator[None]:
    """Have NVVM round every product and every sum, as long as this lasts."""
    nvvm: Any = import_module("numba.cuda.cudadrv.nvvm")
    compiled = nvvm.compile_ir
    nvvm.compile_ir = lambda modules, **options: compiled(modules, **(options | {"fma": False}))
    try:
        yield
    finally:
        nvvm.compile_ir = compiled


@njit(forceinline=True)
def of_trades(c: Columns) -> Ticks:
    """Return the columns of trades as ticks."""
    return Ticks(c[0], c[1], c[2], c[3], None, None, None, None, None, None)


@njit(forceinline=True)
def of_quotes(c: Columns) -> Ticks:
    """Return the columns of quotes as ticks."""
    return Ticks(c[0], c[1], c[2], None, c[3], c[4], c[5], c[6], c[7], c[8])


@njit(forceinline=True)
def _rule(rules: Floats, row: int) -> Rule:
    return Rule(rules[row, 0], rules[row, 1], rules[row, 2], rules[row, 3])


@cache
def kernels(form: int, unit: int, ticks_of: Callable[[Columns], Ticks]) -> tuple[Kernel, Kernel]:
    """Return the kernel that counts the bars of each set-up, and the one that writes them and the bar left open."""

    def count(bar: State, session: Ints, columns: Columns, rules: Floats, n_closed: Ints) -> None:
        row = cuda.grid(1)
        if row < n_closed.shape[0]:
            ticks, rule = ticks_of(columns), _rule(rules, row)
            n_closed[row] = through(bar, session, ticks, rule, None, None, form, unit)[1]

    def make(
        bar: State, session: Ints, columns: Columns, rules: Floats, starts: Ints, whole: Ints, real: Floats
    ) -> None:
        row = cuda.grid(1)
        if row < starts.shape[0]:
            ticks, rule, start = ticks_of(columns), _rule(rules, row), starts[row]
            left, n = through(bar, session, ticks, rule, whole[start:], real[start:], form, unit)
            write(left, whole, real, start + n)

    return Kernel(count), Kernel(make)


@cache
def quoted() -> Kernel:
    """Return the kernel that writes the columns of quotes that are made of theirs, as ``assay.bars.ticks`` makes them.

    Those given are bids, asks and their sizes; those written are mids, sizes, spreads and imbalances.
    """

    def write_one(quotes: Columns, price: Floats, size: Floats, spread: Floats, imbalance: Floats) -> None:
        i = cuda.grid(1)
        if i < price.shape[0]:
            bid, ask, bid_size, ask_size = quotes[0][i], quotes[1][i], quotes[2][i], quotes[3][i]
            sizes = bid_size + ask_size
            price[i] = 0.5 * (bid + ask)
            size[i] = 0.5 * sizes
            spread[i] = ask - bid
            imbalance[i] = (bid_size - ask_size) / sizes if sizes > 0.0 else 0.0

    return Kernel(write_one)
