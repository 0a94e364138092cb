"""What a fit sees: features of some bars and the events on them, and nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from assay.errors import DataError
from assay.splits.holdout import holdout_start, open_events
from assay.tables.document import check
from assay.tables.features import FEATURES
from assay.tables.regimes import REGIMES
from assay.types import Ints, Singles

FOREVER = 2**62
"""Past every ordinal: the end of a gap without end."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Bars with their features, and the events decided at them.

    Bars that are not training bars are not hidden behind a mask: they are not there. So nothing that is fitted on such
    rows can depend on them.

    Parameters
    ----------
    features
        FEATURES of the bars, rising by ordinal; gaps are allowed.
    events
        LABELS of the events, rising by ordinal, each at one of the bars.
    schema
        Hash of the feature schema.
    """

    features: pl.DataFrame
    events: pl.DataFrame
    schema: str

    @property
    def names(self) -> list[str]:
        """Names of the features, in order."""
        return self.features.columns[len(FEATURES.columns) :]

    @property
    def reach(self) -> tuple[Ints, Ints]:
        """Closed spans of the events had each lasted as long as it could, ordinals: what every cut in time goes by."""
        return reach(self.events)

    def segments(self) -> list[tuple[int, int]]:
        """Return the runs of consecutive bars as half-open ranges of rows."""
        jumps = np.flatnonzero(np.diff(self.features["ordinal"].to_numpy()) != 1) + 1
        edges = [0, *jumps.tolist(), self.features.height]
        return list(itertools.pairwise(edges))

    def matrix(self, more: pl.DataFrame) -> Singles:
        """Return the features of the events' bars, shape (events, features), with further columns of all bars.

        Raises
        ------
        DataError
            If an event's bar is not among the bars.
        """
        bars, at = self.features["ordinal"].to_numpy(), self.events["ordinal"].to_numpy()
        place = np.searchsorted(bars, at)
        if at.size and (place[-1] >= bars.size or np.any(bars[place] != at)):
            raise DataError("events", "lie at bars that have features", "an event without", "rerun features and labels")
        table = pl.concat([self.features.select(self.names), more], how="horizontal")
        return np.ascontiguousarray(table[place].to_numpy(), dtype=np.float32)

    def of_bars(self, table: pl.DataFrame) -> pl.DataFrame:
        """Return the columns that a table of all bars (REGIMES) has beyond the keys, for the bars that are there."""
        kept = table.join(self.features.select("ordinal"), on="ordinal", how="semi", maintain_order="left")
        return kept.drop(list(REGIMES.columns))

    def only(self, events: Ints, gaps: Sequence[tuple[int, int]]) -> Rows:
        """Return some of the events, and the bars outside the gaps.

        Parameters
        ----------
        events
            Positions of the events that are kept, rising.
        gaps
            Closed ranges of ordinals whose bars are left out.
        """
        if not gaps:
            return Rows(self.features, self.events[events], self.schema)
        outside = [~pl.col("ordinal").is_between(first, last) for first, last in gaps]
        return Rows(self.features.filter(outside), self.events[events], self.schema)

    def until(self, events: Ints) -> Rows:
        """Return some of the events, one at least, and all bars up to the last one's decision."""
        last = int(self.events["ordinal"][int(events[-1])])
        return self.only(events, [(last + 1, FOREVER)])


def reach(events: pl.DataFrame) -> tuple[Ints, Ints]:
    """Return the ordinals at which events are decided, and at which their trades end at the latest."""
    return events["ordinal"].to_numpy(), events["latest_ordinal"].to_numpy()


def unsealed(labels: pl.DataFrame, sealed_from: int) -> pl.DataFrame:
    """Return the events whose span cannot reach into the sealed bars."""
    return labels.filter(open_events(labels["latest_ordinal"].to_numpy(), sealed_from))


def at_finite(events: pl.DataFrame, features: pl.DataFrame) -> pl.DataFrame:
    """Return the events at bars whose features are all numbers."""
    return events.join(finite(features).select("ordinal"), on="ordinal", how="semi", maintain_order="left")


def before_holdout(
    features: pl.DataFrame, labels: pl.DataFrame, schema: str, holdout_fraction: float
) -> tuple[Rows, dict[str, int]]:
    """Return the rows that may be learnt from and tested on, and how many events were left out, by rule.

    Parameters
    ----------
    features
        FEATURES of all bars.
    labels
        LABELS of all events.
    schema
        Hash of the feature schema.
    holdout_fraction
        Share of the bars, the last ones, that is sealed.

    Returns
    -------
    tuple
        The rows, and the counts of ``holdout`` (events whose span could reach into the sealed bars) and of
        ``features_not_finite`` (events at a bar where a feature is NaN or infinite).

    Raises
    ------
    DataError
        If no event is left.

    Notes
    -----
    An event goes by how far its trade could have lasted. To keep those near the border that were soon over would be to
    choose events, and the trades of a backtest, by how they ended.
    """
    sealed_from = holdout_start(features["ordinal"].to_numpy(), holdout_fraction)
    known = features.filter(pl.col("ordinal") < sealed_from)
    events = unsealed(labels, sealed_from)
    kept = at_finite(events, known)
    counts = {"holdout": labels.height - events.height, "features_not_finite": events.height - kept.height}
    if kept.is_empty():
        found = ", ".join(f"{rule} {n}" for rule, n in counts.items())
        remedy = f"give more bars, or exclude {_emptiest(known)}, the feature that is finite most seldom"
        raise DataError("events", "one at least must be left", f"none, left out are {found}", remedy)
    return Rows(known, kept, schema), counts


def schema_hash(content: Any) -> str:
    """Return the hash in a feature schema, as read from its file."""
    return str(check(content, {"hash": str}, "data/features/schema.json")["hash"])


def finite(features: pl.DataFrame) -> pl.DataFrame:
    """Return the bars all of whose features are finite."""
    names = features.columns[len(FEATURES.columns) :]
    return features.filter([pl.col(name).is_finite() for name in names])


def _emptiest(features: pl.DataFrame) -> str:
    """Return the feature with the fewest finite values."""
    names = features.columns[len(FEATURES.columns) :]
    return min(names, key=lambda name: int(features[name].is_finite().sum()))
