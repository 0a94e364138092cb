"""The verdict: is there evidence of an edge after costs, in one sentence that claims no more than it may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from assay.metrics.sharpe import MIN_DAYS
from assay.report.words import bps, count, plural

Kind: TypeAlias = Literal["untested", "no trades", "too few", "loss", "none", "weak", "edge"]
"""What can be said of a mean net result, from nothing at all to evidence that survives many trials."""

MANY_TRIALS = 1_000_000
"""Beyond this many the exact number of trials says nothing more."""


@dataclass(frozen=True)
class Evidence:
    """What the verdict rests on: the net results of non-overlapping trades, each a fraction of its entry price.

    Parameters
    ----------
    n_forecasts, n_trades, n_days
        Out-of-sample forecasts, non-overlapping trades, and trading days of the out-of-sample period.
    mean, low, high
        Mean net result and its 95 % interval; None where there are too few trades for one.
    n_trials
        Independent trials that the result would survive; 0 if it is not significant by itself.
    """

    n_forecasts: int
    n_trades: int
    n_days: int
    mean: float | None
    low: float | None
    high: float | None
    n_trials: int


@dataclass(frozen=True)
class Verdict:
    """The verdict: its kind, the sentence a trader reads first, what it rests on, and what it must not be read as."""

    kind: Kind
    headline: str
    grounds: str
    caveat: str

    @property
    def claims(self) -> bool:
        """Whether it claims an edge, weak or not."""
        return self.kind in {"weak", "edge"}


def decide(evidence: Evidence, every: Evidence, min_trades: int, few_trials: int) -> Verdict:
    """Return the verdict on the net results of the thresholded book.

    Parameters
    ----------
    evidence, every
        Of the thresholded book, and of the book of all signals, which is named where the first made no trade.
    min_trades, few_trials
        Fewer trades are too few to tell; an edge that fewer trials would undo is weak.

    Notes
    -----
    An edge is claimed only if the whole interval of the mean net result is above zero and the result is significant as
    the only idea ever tried (``n_trials`` of 1 or more), and called weak unless it would survive ``few_trials``
    independent trials: whoever tries twenty ideas finds one that looks significant at 5 % (Bailey and López de Prado
    2014, "The Deflated Sharpe Ratio").
    """
    kind = _kind(evidence, min_trades, few_trials)
    return Verdict(kind, _headline(kind, evidence, min_trades), _grounds(evidence, every), _caveat(evidence))


def _kind(evidence: Evidence, min_trades: int, few_trials: int) -> Kind:
    if not evidence.n_trades:
        return "no trades" if evidence.n_forecasts else "untested"
    if evidence.n_trades < min_trades or evidence.low is None or evidence.high is None:
        return "too few"
    if evidence.low > 0 and evidence.n_trials:
        return "edge" if evidence.n_trials >= few_trials else "weak"
    return "loss" if evidence.high < 0 else "none"


def _headline(kind: Kind, evidence: Evidence, min_trades: int) -> str:
    return {
        "untested": "Nothing was tested out of sample, so nothing can be said: walk-forward is switched off.",
        "no trades": "The thresholded book made no trade: no signal was worth its costs.",
        "too few": f"Too few trades to tell: the thresholded book made {plural(evidence.n_trades, 'trade')}, and a "
        f"verdict needs {min_trades} that are not all alike.",
        "loss": "The thresholded book loses after costs: the whole interval of its mean result is below zero.",
        "none": f"No evidence of an edge after costs: {_shortfall(evidence)}.",
        "weak": "Weak evidence of an edge after costs: the interval of the mean result is above zero, but "
        f"it would no longer be significant after more than {plural(evidence.n_trials, 'independent trial')}.",
        "edge": "Evidence of an edge after costs: the whole interval of the mean result is above zero, and it would "
        f"stay so after {trials(evidence.n_trials)} independent trials.",
    }[kind]


def trials(number: int) -> str:
    """Return a number of trials in words: none, the number, or more than a million."""
    if number > MANY_TRIALS:
        return "more than a million"
    return count(number) if number else "none"


def _shortfall(evidence: Evidence) -> str:
    if evidence.low is not None and evidence.low > 0:
        return "its Sharpe ratio would not be significant even as that of the only idea ever tried"
    return "the interval of the mean result reaches down to zero or below"


def _grounds(evidence: Evidence, every: Evidence) -> str:
    if evidence.n_trades:
        return f"{_result(evidence)} Independent trials it would survive: {trials(evidence.n_trials)}."
    if every.n_trades:
        return f"Traded all the same, every signal gave: {_result(every)}"
    return f"{plural(evidence.n_forecasts, 'out-of-sample forecast')} and no trade."


def _result(evidence: Evidence) -> str:
    """Return trades, days, mean and interval in a sentence."""
    days = plural(evidence.n_days, "out-of-sample day")
    mean = (
        f"{plural(evidence.n_trades, 'non-overlapping trade')} on {days}, "
        f"mean net result {bps(evidence.mean)} basis points per trade"
    )
    if evidence.low is None or evidence.high is None:
        return f"{mean}."
    return f"{mean}; 95\u202f% interval {bps(evidence.low)} to {bps(evidence.high)} (autocorrelation allowed for)."


def _caveat(evidence: Evidence) -> str:
    if evidence.n_days >= MIN_DAYS:
        return ""
    return f"With fewer than {MIN_DAYS} days nothing is annualised."
