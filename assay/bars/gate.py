"""The gate of bars: rules of their health, each a warning, or the end of the stage where params say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from assay.bars.bounds import GateRule
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
    gate, median = params.gate, summary["bars_per_session"]["median"]
    share, tail, run = summary["max_tick_share"], summary["duration_tail"], summary["one_tick_run"]
    partial, target = summary["n_partial"] / summary["n_bars"], gate.per_session.get(kind, median)
    off = max(median / target, target / median)
    rules: list[tuple[GateRule, bool, str]] = [
        (
            "tick_share",
            share > params.max_tick_share,
            (
                f"one bar holds {share:.1%} of all ticks in sessions, more than bars.max_tick_share = "
                f"{params.max_tick_share:g}"
            ),
        ),
        (
            "per_session",
            off > gate.max_factor,
            (
                f"a session has {median:g} bars at the median, more than bars.gate.max_factor = {gate.max_factor:g} "
                f"times off bars.gate.per_session = {target:g}"
            ),
        ),
        (
            "duration_tail",
            tail is not None and tail > gate.max_duration_tail,
            (
                f"the longest hundredth of the bars takes {tail or 0.0:.1%} of the time of all, more than "
                f"bars.gate.max_duration_tail = {gate.max_duration_tail:g}"
            ),
        ),
        (
            "one_tick_run",
            run > gate.max_one_tick_run and kind not in COUNTED_AS_ASKED,
            (
                f"{run} bars of one tick follow one another, more than bars.gate.max_one_tick_run = "
                f"{gate.max_one_tick_run}: the threshold is too low, or the expectation has collapsed"
            ),
        ),
        (
            "partial_share",
            partial > gate.max_partial_share and kind != "time",
            (
                f"session breaks closed {partial:.1%} of the bars before they were full, more than "
                f"bars.gate.max_partial_share = {gate.max_partial_share:g}: the threshold is too high"
            ),
        ),
    ]
    return {rule: words for rule, is_broken, words in rules if is_broken}


def passed(kind: Kind, found: Mapping[GateRule, str], params: BarsParams) -> list[str]:
    """Return the breaches as warnings.

    Raises
    ------
    DataError
        If ``bars.gate.fail`` names one of them.
    """
    for rule, words in found.items():
        if rule in params.gate.fail:
            remedy = f"change bars.types.{kind} or the limit, or take {rule} out of bars.gate.fail"
            raise DataError(f"{kind} bars", f"bars.gate.fail asks for {rule}", words, remedy)
    return list(found.values())
