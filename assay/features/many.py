"""The features of many markets: one function of a market, to be handed to any executor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from assay.errors import ParamsError
from assay.features.build import table
from assay.features.catalogue import catalogue
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.own import NONE, Own
from assay.features.params import FeatureParams


def none() -> Own:
    """Return no feature."""
    return NONE


@dataclass(frozen=True)
class Builder:
    """Makes of any market the same features; the catalogue is read once per process.

    Each market is built of its own bars alone, so neither their order nor who builds them changes a bit. With
    ``assay.compute.outcomes``, one that fails or takes too long is named, and the others are built.

    Parameters
    ----------
    params
        Which features; without slower bars.
    own
        How to get the user's own features, called in the process that builds; a function of a module, so that it can
        be sent there.

    Raises
    ------
    ParamsError
        If features of slower bars are asked for.
    """

    params: FeatureParams
    own: Callable[[], Own] = none

    def __post_init__(self) -> None:
        if self.params.slower:
            rule, remedy = "many markets are built of their main bars", "set it to []"
            raise ParamsError("features.slower", rule, ", ".join(self.params.slower), remedy)

    def __call__(self, market: Inputs) -> pl.DataFrame:
        """Return the features table of one market: see ``assay.features.build``."""
        return table(self._entries, market.fresh())

    def __getstate__(self) -> dict[str, object]:
        """Leave the entries behind: their functions cannot be sent to another process."""
        return {"params": self.params, "own": self.own}

    @cached_property
    def _entries(self) -> list[Feature]:
        return catalogue(self.params, self.own())
