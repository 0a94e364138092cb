"""Why no label is left, and which parameter to turn."""

from __future__ import annotations

from assay.errors import DataError
from assay.labels.params import EventParams, LabelParams, TripleBarrierParams
from assay.labels.summary import Dropped

_KNOBS = {
    "cusum": "cusum_threshold",
    "session_open": "open_minutes",
    "breakout": "window",
    "cross": "slow_window",
    "bands": "band_sigmas",
}
"""Of each method that may find no event, what to lower for more of them."""
_WINDOWS = {"cusum": "volatility_window", "bands": "window"}
"""Of the methods with another window, which one must be shorter than the bars are."""
_WIDER = {
    "daily": "take bars of more days",
    "spread": "take a source that quotes in every bar",
}
"""Of the sizings that another window does not help, what does."""


def refuse_nothing(dropped: Dropped, params: LabelParams) -> None:
    """Refuse bars of which no label is left, by the rule that dropped the most events.

    Parameters
    ----------
    dropped
        The counts of the rules, which left nothing.
    params
        The ``labels`` block.

    Raises
    ------
    DataError
        Always.
    """
    if not dropped.n_events:
        raise DataError("labels.events", "needs an event", dropped, _more(params.events, dropped.n_bars))
    counts = {
        "whose barriers are known": (dropped.n_without_volatility, _known(params.triple_barrier)),
        "before its session closes": (
            dropped.n_session_closing or 0,
            "lower labels.triple_barrier.session_exit_minutes, or set it to 0",
        ),
        "whose trade cannot outlast the data": (
            dropped.n_censored,
            "lower labels.triple_barrier.max_horizon_bars, or labels.trend.max_bars of method trend_scanning",
        ),
    }
    rule, (_, remedy) = max(counts.items(), key=lambda item: item[1][0])
    raise DataError("labels", f"needs an event {rule}", dropped, f"take more bars, or {remedy}")


def _known(params: TripleBarrierParams) -> str:
    """Return what makes more barriers known."""
    wider = _WIDER.get(params.sizing)
    turned = f"{wider}, or set labels.triple_barrier.sizing to volatility" if wider else ""
    return turned or "lower labels.triple_barrier.volatility_window"


def _more(params: EventParams, n_bars: int) -> str:
    """Return what makes more events."""
    knob, window = _KNOBS.get(params.method), _WINDOWS.get(params.method)
    knob = window if window and getattr(params, window) >= n_bars else knob
    turned = f"lower labels.events.{knob}, " if knob else ""
    return f"{turned}take more bars, or set labels.events.method to every_bar"
