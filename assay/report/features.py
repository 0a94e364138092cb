"""What each feature knows, for how long, and which say the same: on rows before the sealed hold-out alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from assay.errors import DataError, ParamsError
from assay.metrics.information import Information, clusters, information, quantile_returns, rank_matrix
from assay.report.origin import refuse_of_other_bars
from assay.splits.holdout import holdout_start
from assay.stats.elementary import log
from assay.tables.features import FEATURES
from assay.types import Floats

N_QUANTILES = 5
N_PERIODS = 20
SAME = 0.9
"""Rank correlation from which on two features are held to say the same."""
_MOST_ROWS = 20_000
"""Rows on which features are compared with each other, evenly spread."""
_BPS = 1e4


@dataclass(frozen=True)
class Known:
    """What one feature knows.

    Parameters
    ----------
    name
        The feature.
    by_horizon
        Its information coefficient at each horizon, bars; ICIR and t are NaN where it is known in too few rows for
        periods as long as the horizon.
    spread_bps
        At each horizon, mean log return after its highest fifth less that after its lowest, basis points.
    peak
        The horizon of its largest ICIR, bars.
    half_life
        The first horizon after the peak at which its coefficient is half that of the peak or less, or of the other
        sign; None if there is none.
    cluster
        Number of the group of features that say the same.
    """

    name: str
    by_horizon: dict[int, Information]
    spread_bps: dict[int, float]
    peak: int
    half_life: int | None
    cluster: int


@dataclass(frozen=True)
class FeatureReport:
    """What all features know, the one with the largest ICIR first.

    Parameters
    ----------
    n_rows
        Rows it rests on.
    sealed_from
        First sealed ordinal; nothing at or after it was looked at.
    until
        The ordinal before which it stopped, that or an earlier one.
    horizons
        Bars ahead.
    known
        The features.
    """

    n_rows: int
    sealed_from: int
    until: int
    horizons: tuple[int, ...]
    known: tuple[Known, ...]

    def document(self) -> dict[str, Any]:
        """Return it as plain values; what does not exist is None."""
        return _plain(asdict(self))


def feature_report(
    features: pl.DataFrame,
    bars: pl.DataFrame,
    holdout_fraction: float,
    horizons: Sequence[int],
    until: int | None = None,
) -> FeatureReport:
    """Return what features know of the returns that follow.

    Parameters
    ----------
    features
        Rows of the features table.
    bars
        Rows of the bars table they were built of.
    holdout_fraction
        Share of the bars, the last ones, that is sealed.
    horizons
        Bars ahead, rising.
    until
        Ordinal at which to stop looking, at most that where the hold-out begins; None for that. Of what lies between
        the first bar that the walk-forward tests and the hold-out, features chosen by the report know the answers.

    Raises
    ------
    DataError
        If symbols, ordinals or closes of the features are not those of the bars. Also if too few bars are left to look
        ahead from: each of the periods that the ICIR compares must be as long as the longest horizon, else neighbouring
        periods share returns.
    ParamsError
        If ``until`` lies in the hold-out.

    Notes
    -----
    The return of horizon h is that of a position taken when it can be: log of the open h bars after the next one over
    the open of the next one. Every horizon has the same rows: those whose longest return ends before the hold-out.
    """
    refuse_of_other_bars(features, bars.select(*FEATURES.columns))
    sealed_from = holdout_start(features["ordinal"].to_numpy(), holdout_fraction)
    until = sealed_from if until is None else until
    if until > sealed_from:
        rule = f"must not lie in the hold-out, which begins at bar {sealed_from}"
        raise ParamsError("--until", rule, until, "give that bar, or one before it")
    n = _n_rows(features["ordinal"], until, max(horizons))
    opens = log(bars["open"].to_numpy()[: n + 1 + max(horizons)].copy())
    ahead = {h: opens[1 + h : 1 + h + n] - opens[1 : 1 + n] for h in horizons}
    values = {
        name: features[name][:n].to_numpy().astype(np.float64) for name in features.columns[len(FEATURES.columns) :]
    }
    found = [_known(name, column, ahead) for name, column in values.items()]
    groups = _groups(list(values.values()))
    told = [Known(**{**one, "cluster": int(group)}) for one, group in zip(found, groups, strict=True)]
    ordered = sorted(told, key=lambda one: -_size(one.by_horizon[one.peak]))
    return FeatureReport(n, sealed_from, until, tuple(horizons), tuple(ordered))


def fitting(horizons: Sequence[int], ordinals: pl.Series, until: int) -> list[int]:
    """Return the horizons for which there are enough bars before an ordinal; the shortest in any case."""
    n_bars = int((ordinals.to_numpy() < until).sum())
    return [h for h in horizons if h == horizons[0] or n_bars - 1 - h >= N_PERIODS * h]


def _n_rows(ordinals: pl.Series, end: int, longest: int) -> int:
    """Return how many rows have returns that end before an ordinal; refuse fewer than the periods need."""
    n, fewest = int((ordinals < end).sum()) - 1 - longest, N_PERIODS * longest
    if n < fewest:
        rule, remedy = f"need {fewest} bars to look ahead from", "take more bars or shorter horizons"
        raise DataError("features", rule, f"{max(n, 0)} whose longest return ends before bar {end}", remedy)
    return n


def _known(name: str, column: Floats, ahead: dict[int, Floats]) -> dict[str, Any]:
    by_horizon = {h: _information(column, returns, h) for h, returns in ahead.items()}
    quantiles = {h: quantile_returns(column, returns, N_QUANTILES) for h, returns in ahead.items()}
    peak = max(by_horizon, key=lambda h: _size(by_horizon[h]))
    return {
        "name": name,
        "by_horizon": by_horizon,
        "spread_bps": {h: _BPS * float(means[-1] - means[0]) for h, means in quantiles.items()},
        "peak": peak,
        "half_life": _half_life(by_horizon, peak),
    }


def _information(column: Floats, returns: Floats, horizon: int) -> Information:
    """Return what a feature knows; without ICIR and t where its periods would be shorter than the returns.

    Periods have as many rows in which the feature is known each. Of fewer than a horizon, neighbours share returns:
    of noise known in 15 rows a period, 60 bars ahead, 22 to 38 in 100 were two standard errors from 0.
    """
    found = information(column, returns, N_PERIODS)
    return found if found.n_rows >= N_PERIODS * horizon else replace(found, icir=math.nan, t=math.nan)


def _size(one: Information) -> float:
    return 0.0 if math.isnan(one.icir) else abs(one.icir)


def _half_life(by_horizon: dict[int, Information], peak: int) -> int | None:
    top = by_horizon[peak].mean
    after = (h for h, one in by_horizon.items() if h > peak and one.mean * top <= 0.5 * top * top)
    return next(after, None)


def _groups(columns: Sequence[Floats]) -> list[int]:
    """Return the cluster of each column."""
    step = max(columns[0].size // _MOST_ROWS, 1)
    return clusters(rank_matrix([column[::step] for column in columns]), SAME).tolist()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value
