"""What each feature knows, for how long, and which say the same: on rows before the sealed hold-out alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from assay.errors import DataError
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
_FAR, _CHANCE = 2.0, 0.06
"""Standard errors, and the share of features without information that lie as far from 0: Student's t, 19 periods.

It holds for features that change within a period. Those that last about as long as one have up to three times as many:
what they know is not independent from period to period (measured on random walks of 4,400 bars, momentum of 120).
"""


@dataclass(frozen=True)
class Known:
    """What one feature knows.

    Parameters
    ----------
    name
        The feature.
    by_horizon
        Its information coefficient at each horizon, bars.
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
    horizons
        Bars ahead.
    known
        The features.
    """

    n_rows: int
    sealed_from: int
    horizons: tuple[int, ...]
    known: tuple[Known, ...]

    def document(self) -> dict[str, Any]:
        """Return it as plain values; what does not exist is None."""
        return _plain(asdict(self))


def feature_report(
    features: pl.DataFrame, bars: pl.DataFrame, holdout_fraction: float, horizons: Sequence[int]
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

    Raises
    ------
    DataError
        If symbols, ordinals or closes of the features are not those of the bars. Also if too few bars are left to look
        ahead from: each of the periods that the ICIR compares must be as long as the longest horizon, else neighbouring
        periods share returns.

    Notes
    -----
    The return of horizon h is that of a position taken when it can be: log of the open h bars after the next one over
    the open of the next one. Every horizon has the same rows: those whose longest return ends before the hold-out.
    """
    refuse_of_other_bars(features, bars.select(*FEATURES.columns))
    sealed_from = holdout_start(features["ordinal"].to_numpy(), holdout_fraction)
    n = int((features["ordinal"] < sealed_from).sum()) - 1 - max(horizons)
    fewest = N_PERIODS * max(horizons)
    if n < fewest:
        rule, remedy = f"need {fewest} bars to look ahead from", "take more bars or shorter horizons"
        left = f"{max(n, 0)} whose longest return ends before the hold-out"
        raise DataError("features", rule, left, remedy)
    opens = log(bars["open"].to_numpy()[: n + 1 + max(horizons)].copy())
    ahead = {h: opens[1 + h : 1 + h + n] - opens[1 : 1 + n] for h in horizons}
    values = {
        name: features[name][:n].to_numpy().astype(np.float64) for name in features.columns[len(FEATURES.columns) :]
    }
    found = [_known(name, column, ahead) for name, column in values.items()]
    groups = _groups(list(values.values()))
    told = [Known(**{**one, "cluster": int(group)}) for one, group in zip(found, groups, strict=True)]
    ordered = sorted(told, key=lambda one: -_size(one.by_horizon[one.peak]))
    return FeatureReport(n, sealed_from, tuple(horizons), tuple(ordered))


def _known(name: str, column: Floats, ahead: dict[int, Floats]) -> dict[str, Any]:
    by_horizon = {h: information(column, returns, N_PERIODS) for h, returns in ahead.items()}
    quantiles = {h: quantile_returns(column, returns, N_QUANTILES) for h, returns in ahead.items()}
    peak = max(by_horizon, key=lambda h: _size(by_horizon[h]))
    return {
        "name": name,
        "by_horizon": by_horizon,
        "spread_bps": {h: _BPS * float(means[-1] - means[0]) for h, means in quantiles.items()},
        "peak": peak,
        "half_life": _half_life(by_horizon, peak),
    }


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


def lines(report: FeatureReport, most: int) -> Iterator[str]:
    """Yield the report as lines of text: the best features, then what chance alone would show."""
    heads = [f"{f'IC {h}':>8}{f'ICIR {h}':>9}{f'bps {h}':>8}" for h in report.horizons]
    yield f"{report.n_rows:,} rows before bar {report.sealed_from:,}, where the hold-out begins"
    yield f"{'feature':32}{''.join(heads)}{'peak':>6}{'half':>6}{'group':>7}"
    for one in report.known[:most]:
        cells = [_cells(one.by_horizon[h], one.spread_bps[h]) for h in report.horizons]
        yield f"{one.name:32}{''.join(cells)}{one.peak:>6}{one.half_life or '-':>6}{one.cluster:>7}"
    n, n_groups = len(report.known), len({one.cluster for one in report.known})
    yield f"{n} features say {n_groups} different things: groups whose rank correlation is below {SAME:g}"
    by_chance = f"about {_CHANCE * n:.0f} by chance, up to three times as many if features are slow"
    for h in report.horizons:
        far = [one for one in report.known if abs(one.by_horizon[h].t) > _FAR]
        yield f"{h} bars ahead: {len(far)} of {n} are {_FAR:g} standard errors from 0, {by_chance}"


def _cells(one: Information, spread_bps: float) -> str:
    return f"{one.mean:>8.3f}{one.icir:>9.2f}{spread_bps:>8.1f}"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value
