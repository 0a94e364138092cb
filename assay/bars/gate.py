"""The gate of bars: rules of their health, each a warning, or the end of the stage where params say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from assay.bars.bounds import GateRule
from assay.bars.closing import CODES, IMBALANCE, RUN
from assay.bars.params import BarsParams, Kind
from assay.errors import DataError
from assay.types import Floats, Ints

TAIL = 100
"""The tail of durations is the longest bar of as many; fewer bars have none."""

COUNTED_AS_ASKED = ("time", "tick")
"""Kinds whose bars may well hold one tick each, since that was asked for."""


def duration_tail(seconds: Floats) -> float | None:
    """Return the share of all bars' time that the longest hundredth of them takes; None for fewer than 100 bars.

    Parameters
    ----------
    seconds
        Time from the first to the last tick of each bar, shape (n,).
    """
    if seconds.size < TAIL:
        return None
    total = float(seconds.sum())
    longest = np.sort(seconds)[-(seconds.size // TAIL) :]
    return float(longest.sum()) / total if total > 0.0 else 0.0


def one_tick_run(n_ticks: Ints) -> int:
    """Return the length of the longest run of bars of one tick, given the ticks of each bar, shape (n,)."""
    edges = np.flatnonzero(np.concatenate(([True], n_ticks != 1, [True])))
    return int(np.diff(edges).max()) - 1


def _tick_share(_: Kind, summary: Mapping[str, Any], params: BarsParams) -> str | None:
    share, limit = summary["max_tick_share"], params.max_tick_share
    words = f"one bar holds a share of {share:g} of all ticks in sessions, more than bars.max_tick_share = {limit:g}"
    return words if share > limit else None


def _per_session(kind: Kind, summary: Mapping[str, Any], params: BarsParams) -> str | None:
    median, limit = summary["bars_per_session"]["median"], params.gate.max_factor
    target = params.gate.per_session.get(kind, median)
    found = f"a session has {median:g} bars at the median, more than bars.gate.max_factor = {limit:g} times off"
    is_broken = max(median / target, target / median) > limit
    return f"{found} bars.gate.per_session = {target:g}" if is_broken else None


def _duration_tail(_: Kind, summary: Mapping[str, Any], params: BarsParams) -> str | None:
    tail, limit = summary["duration_tail"], params.gate.max_duration_tail
    found = f"the longest hundredth of the bars takes a share of {tail or 0.0:g} of the time of all"
    is_broken = tail is not None and tail > limit
    return f"{found}, more than bars.gate.max_duration_tail = {limit:g}" if is_broken else None


def _one_tick_run(kind: Kind, summary: Mapping[str, Any], params: BarsParams) -> str | None:
    run, limit = summary["one_tick_run"], params.gate.max_one_tick_run
    found = f"{run} bars of one tick follow one another, more than bars.gate.max_one_tick_run = {limit}"
    is_broken = run > limit and kind not in COUNTED_AS_ASKED
    return f"{found}: the threshold is too low, or the expectation has collapsed" if is_broken else None


def _partial_share(kind: Kind, summary: Mapping[str, Any], params: BarsParams) -> str | None:
    share, limit = summary["n_partial"] / summary["n_bars"], params.gate.max_partial_share
    found = f"session breaks closed a share of {share:g} of the bars before they were full, more than bars.gate"
    is_broken = share > limit and kind != "time"
    return f"{found}.max_partial_share = {limit:g}: the threshold is too high" if is_broken else None


def _expected_ticks(kind: Kind, summary: Mapping[str, Any], params: BarsParams) -> str | None:
    median, most = summary["ticks_per_bar"]["median"], params.expectation.most * params.types[kind]
    found = f"the median bar has {median:.9g} ticks, more than may be expected of one, bars.expectation.most = "
    is_broken = median > most and CODES[kind][0] in (IMBALANCE, RUN)
    rest = f"{params.expectation.most:g} times bars.types.{kind}: a large print may have taught them too much"
    return f"{found}{rest}" if is_broken else None


def _stale_open(_: Kind, summary: Mapping[str, Any], __: BarsParams) -> str | None:
    n_stale, n_bars = summary["n_stale_opens"], summary["n_bars"]
    found = f"{n_stale} of {n_bars} bars open at a price of before the bar before them was known"
    return f"{found}, as data.publish_lag_seconds says: no fill can be as early" if n_stale else None


RULES: dict[GateRule, Callable[[Kind, Mapping[str, Any], BarsParams], str | None]] = {
    "tick_share": _tick_share,
    "per_session": _per_session,
    "duration_tail": _duration_tail,
    "one_tick_run": _one_tick_run,
    "partial_share": _partial_share,
    "expected_ticks": _expected_ticks,
    "stale_open": _stale_open,
}
"""What each rule says of bars that break it, in the order of the warnings; None of bars that keep it."""

REMEDIES: dict[GateRule, str] = {
    "stale_open": "take ticks, or bars that lie apart by more than the publish lag, such as days of a session; or "
    "correct data.publish_lag_seconds"
}
"""What to do about bars that break a rule, where it is not to change them or the limit."""


def breaches(kind: Kind, summary: Mapping[str, Any], params: BarsParams) -> dict[GateRule, str]:
    """Return which rules the bars of a type break, and how, in words.

    Parameters
    ----------
    kind
        Type of bar.
    summary
        Its part of the bar report: see ``assay.bars.health``.
    params
        The limits.
    """
    found = {name: rule(kind, summary, params) for name, rule in RULES.items()}
    return {name: words for name, words in found.items() if words is not None}


def passed(kind: Kind, found: Mapping[GateRule, str], params: BarsParams) -> list[str]:
    """Return the breaches as warnings.

    Raises
    ------
    DataError
        If ``bars.gate.fail`` names one of them.
    """
    for rule, words in found.items():
        if rule in params.gate.fail:
            remedy = REMEDIES.get(rule, f"change bars.types.{kind} or the limit")
            out = f"{remedy}, or take {rule} out of bars.gate.fail to be warned only"
            raise DataError(f"{kind} bars", f"bars.gate.fail asks for {rule}", words, out)
    return list(found.values())
