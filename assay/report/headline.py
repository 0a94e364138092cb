"""The dozen numbers of a run that matter when experiments are compared."""

from __future__ import annotations

from typing import Any

from assay.report.summarize import Summary


def headline(summary: Summary) -> dict[str, float | int | None]:
    """Return the content of ``reports/metrics.json``, flat, with short names that hold the unit.

    Every name is always there. What does not exist, such as the result of a book without trades, is None: DVC shows it
    as a blank, and a reader of the file sees that it was looked for.

    Notes
    -----
    ``auc`` and ``brier`` are of the direction, ``win_auc`` and ``win_brier`` of the calibrated probability that the
    side wins, all out of sample. ``signals`` counts the trades of the book of all signals, ``signals_gross_bps`` and
    ``signals_net_bps`` are its means per trade; ``trades`` counts those of the thresholded book, ``net_bps`` is its
    mean with the 95 % interval ``net_low_bps`` to ``net_high_bps``, ``psr`` the confidence that it is above 0, and
    ``max_drawdown_pct`` its deepest drawdown in percent of the capital. ``mc_loss_share`` is the share of Monte Carlo
    paths that end in a loss.
    """
    signals, selected = summary.books["signals"], summary.books["selected"]
    scores: dict[str, Any] = summary.reports["walkforward"].get("overall", {})
    drawdown, capital = selected["max_drawdown_net"], summary.reports["backtest"]["capital"]
    return {
        **{name: scores.get(name) for name in ("auc", "brier", "win_auc", "win_brier")},
        "signals": signals["n_trades"],
        "signals_gross_bps": signals["gross_return_bps"]["mean"],
        "signals_net_bps": signals["net_return_bps"]["mean"],
        "trades": selected["n_trades"],
        "net_bps": selected["net_return_bps"]["mean"],
        "net_low_bps": selected["net_return_bps"]["low"],
        "net_high_bps": selected["net_return_bps"]["high"],
        "psr": selected["psr"],
        "max_drawdown_pct": None if drawdown is None else 100.0 * drawdown / capital,
        "mc_loss_share": summary.reports["montecarlo"]["loss_probability"],
    }
