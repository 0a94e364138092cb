"""The feature report as lines of text, with what chance alone would show."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from assay.metrics.information import Information
from assay.report.features import SAME, FeatureReport

_FAR, _CHANCE = 2.0, 0.06
"""Standard errors, and the share of features without information that lie as far from 0: Student's t, 19 periods.

It is a mean, and holds for features that change within a period. Those that last about as long as one have up to three
times as many on average: what they know is not independent from period to period (measured on random walks of 4,400
bars, momentum of 120). Features that move together are far together, so that on one walk there may be none or many.
"""


def lines(report: FeatureReport, most: int, end: str) -> Iterator[str]:
    """Yield the report as lines of text: the best features, then what chance alone would show.

    Parameters
    ----------
    report
        What all features know.
    most
        How many of them to tell.
    end
        What the bar is before which it stops, in words.
    """
    heads = [f"{f'IC {h}':>8}{f'ICIR {h}':>9}{f'bps {h}':>8}" for h in report.horizons]
    yield f"{report.n_rows:,} rows before bar {report.until:,}, {end}"
    yield f"{'feature':32}{''.join(heads)}{'peak':>6}{'half':>6}{'group':>7}"
    for one in report.known[:most]:
        cells = [_cells(one.by_horizon[h], one.spread_bps[h]) for h in report.horizons]
        yield f"{one.name:32}{''.join(cells)}{one.peak:>6}{one.half_life or '-':>6}{one.cluster:>7}"
    n, n_groups = len(report.known), len({one.cluster for one in report.known})
    yield f"{n} features say {n_groups} different things: groups whose rank correlation is below {SAME:g}"
    yield from (f"{h} bars ahead: {_far([one.by_horizon[h].t for one in report.known])}" for h in report.horizons)


def _far(distances: Sequence[float]) -> str:
    """Return how many features lie far from 0, and how many would by chance; of those known in too few rows nothing."""
    told = [t for t in distances if not math.isnan(t)]
    far, by_chance = sum(abs(t) > _FAR for t in told), f"about {_CHANCE * len(told):.0f} by chance"
    unknown = f"; {len(distances) - len(told)} are known in too few rows to tell" if len(told) < len(distances) else ""
    slow = "on average; more if features are slow, and many at once where they move together"
    return f"{far} of {len(told)} are {_FAR:g} standard errors from 0, {by_chance} {slow}{unknown}"


def _cells(one: Information, spread_bps: float) -> str:
    return f"{one.mean:>8.3f}{one.icir:>9.2f}{spread_bps:>8.1f}"
