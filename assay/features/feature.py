"""What a feature is: a name, a definition, and a function of the bars so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assay.features.inputs import Inputs
from assay.types import Floats

CLOSE_ENOUGH = 1e-6
"""Of a feature's scale: how near a fading memory comes to that of all bars within its look-back."""


@dataclass(frozen=True)
class Feature:
    """One causal column: row i is a function of the bars 0 to i.

    Parameters
    ----------
    group
        The group it is switched on and off with.
    name
        Its column.
    definition
        What it is, in one line, its windows and its undefined cases (NaN) included.
    unit
        Its unit, or its range where it has none.
    lookback
        Bars that decide its value, the current one included. What is known beside the bars is not counted: how many of
        those rows, or hours, are looked at is part of the definition.
    function
        Bars to values, shape (n,); NaN where undefined, never infinite.
    reference
        Where the definition comes from.
    needs
        Columns of the bars, tables of the context or other markets without which it is not built: see
        ``Inputs.holds``.
    starts_at
        First row with a value, for features whose memory fades but never ends (recursions and running sums). Their
        value on the last ``lookback`` bars alone agrees with that on all bars within 1e-6 of their scale. None for
        all others: they start at row ``lookback - 1`` and agree bit for bit.
    fades
        Whether a fading memory does so whatever prices do, but for what a move thousands of times those after it
        leaves. False for ratios of fading sums, which keep their value when both have faded, and for recursions that
        choose their pace or their side by prices: after moves such as those, or on prices that stand still, rise
        evenly or repeat, what lies before the look-back may count for more.
    price_power, size_power
        How it grows with the unit of money, and of volume: 0 not at all, 1 as a price, -1 as its inverse. None where
        no such law is claimed.
    """

    group: str
    name: str
    definition: str
    unit: str
    lookback: int
    function: Callable[[Inputs], Floats]
    reference: str
    needs: tuple[str, ...] = ()
    starts_at: int | None = None
    fades: bool = True
    price_power: int | None = 0
    size_power: int | None = 0

    @property
    def first_valid(self) -> int:
        """The first row with a value, where nothing is undefined."""
        return self.lookback - 1 if self.starts_at is None else self.starts_at

    @property
    def memory(self) -> str:
        """How it forgets: ``window``, ``fading``, or ``fading on ordinary prices``."""
        fading = "fading" if self.fades else "fading on ordinary prices"
        return "window" if self.starts_at is None else fading

    def describe(self) -> dict[str, Any]:
        """Return the entry as plain values, for the schema; ``tolerance`` is a share of its scale."""
        return {
            "name": self.name,
            "group": self.group,
            "definition": self.definition,
            "unit": self.unit,
            "lookback": self.lookback,
            "first_valid": self.first_valid,
            "memory": self.memory,
            "tolerance": 0.0 if self.starts_at is None else CLOSE_ENOUGH,
            "needs": list(self.needs),
            "reference": self.reference,
        }


def kind_of(need: str) -> str:
    """Return the kind of data that a need is of: ``open_interest`` of ``open_interest.value``."""
    return need.partition(".")[0]
