"""One market as the laws look at it: whole, while fewer bars were there, in other units, with more bars before."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assay.features.cuts import cuts
from assay.features.inputs import Inputs
from assay.features.pieces import first, in_units, with_other_future

TWOS = 2
FACTOR = math.ldexp(1.0, TWOS)
"""A power of two, so that another unit changes no bit but the exponent's."""


@dataclass(frozen=True)
class Early:
    """A market while fewer bars were there, then with other bars after half: each with how many are the same.

    Every pass makes them anew, so that nothing is kept of them.

    Parameters
    ----------
    inputs
        Its bars, and what is known beside them.
    cuts
        How many of the first bars to look at alone.
    """

    inputs: Inputs
    cuts: Iterable[int]

    def __iter__(self) -> Iterator[tuple[int, Inputs]]:
        half = self.inputs.bars.height // 2
        yield from ((cut, first(self.inputs, cut)) for cut in self.cuts)
        yield half, with_other_future(self.inputs, half)


@dataclass(frozen=True)
class Views:
    """One market as the laws look at it.

    Parameters
    ----------
    whole
        The bars that are looked at, n of them, and what is known beside them.
    early
        The same as :class:`Early` has it.
    dearer, larger
        The same in a smaller unit of money, and of volume.
    longer
        The same with bars before, of which it is the last n; None if there are none.
    """

    whole: Inputs
    early: Iterable[tuple[int, Inputs]]
    dearer: Inputs
    larger: Inputs
    longer: Inputs | None = None

    @classmethod
    def of(cls, inputs: Inputs) -> Views:
        """Return the views of a market, cut where features of any kind may look ahead; kept for all features."""
        return cls._of(inputs, tuple(Early(inputs, cuts(inputs))))

    @classmethod
    def closely(cls, inputs: Inputs, longer: Inputs | None) -> Views:
        """Return the views of a market, cut after every bar, and with bars before."""
        return cls._of(inputs, Early(inputs, range(1, inputs.bars.height)), longer)

    @classmethod
    def _of(cls, inputs: Inputs, early: Iterable[tuple[int, Inputs]], longer: Inputs | None = None) -> Views:
        return cls(inputs, early, in_units(inputs, money=FACTOR), in_units(inputs, volume=FACTOR), longer)
