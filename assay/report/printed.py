"""Two pages for print: the verdict and what it rests on, set by typst with the fonts it carries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from assay.report import theme
from assay.report.summarize import Summary
from assay.report.verdict import trials
from assay.report.words import bps, count, fixed, instant, percent, plural, signed

TEMPLATE = Path(__file__).parent / "templates" / "summary.typ"
NAMES = ("signals", "selected")


def pdf(summary: Summary, figures: Mapping[str, str]) -> bytes:
    """Return the summary as a PDF of two pages.

    Parameters
    ----------
    summary
        All numbers and words. They reach the document as data, so nothing in them is read as markup.
    figures
        SVG by name, in colours that stand for roles, letters drawn as paths.

    Notes
    -----
    No clock, no system font, no file but the template: the same summary gives the same bytes.
    """
    drawn = {name: theme.for_print(svg) for name, svg in figures.items()}
    inputs = {"content": json.dumps(_content(summary) | {"figures": drawn}, sort_keys=True)}
    made = typst.compile(TEMPLATE.read_bytes(), format="pdf", ignore_system_fonts=True, sys_inputs=inputs)
    return bytes(made)


def _content(summary: Summary) -> dict[str, Any]:
    """Return every word and number of the two pages, as text."""
    period = summary.period
    return {
        "name": summary.name,
        "span": f"{summary.symbol}, {instant(period.first_at)} to {instant(period.last_at)} UTC, "
        f"{plural(period.n_bars, 'bar')} on {plural(period.n_days, 'trading day')}",
        "headline": summary.verdict.headline,
        "grounds": " ".join(part for part in (summary.verdict.grounds, summary.verdict.caveat) if part),
        "tone": theme.TONES[TONE_OF[summary.verdict.kind]].light,
        "books": _books(summary),
        "folds": [_fold(fold) for fold in summary.folds],
        "note": summary.reports["montecarlo"]["note"],
        "inputs": [[path, sha256[:16]] for path, sha256 in summary.hashes.items()],
    }


TONE_OF = {"edge": "gain", "weak": "signals", "loss": "loss", "none": "muted"} | dict.fromkeys(
    ("no trades", "too few", "untested"), "muted"
)
"""The colour of each verdict, as on the page."""


def _books(summary: Summary) -> list[list[str]]:
    """Return the rows of the table of books: a name, then every signal, then the thresholded ones."""
    books = [summary.books[name] for name in NAMES]
    lines = {
        "Trades": [count(book["n_trades"]) for book in books],
        "Mean gross, bps per trade": [_interval(book["gross_return_bps"]) for book in books],
        "Mean net, bps per trade": [_interval(book["net_return_bps"]) for book in books],
        f"Gross profit, {summary.currency}": [signed(book["gross"]) for book in books],
        f"Net profit, {summary.currency}": [signed(book["net"]) for book in books],
        f"Deepest drawdown, net, {summary.currency}": [signed(book["max_drawdown_net"]) for book in books],
        "Confidence that the mean is above zero (PSR)": [percent(book["psr"]) for book in books],
        "Independent trials it would survive": [trials(summary.survived[name]) for name in NAMES],
        "Annual Sharpe ratio, of days": [fixed(book["sharpe_annualised"]) for book in books],
    }
    return [[name, *values] for name, values in lines.items()]


def _interval(found: Mapping[str, float | None]) -> str:
    mean = signed(found["mean"])
    return mean if found["low"] is None else f"{mean} ({signed(found['low'])} to {signed(found['high'])})"


def _fold(fold: Mapping[str, Any]) -> list[str]:
    """Return a fold's row: number, rows trained on and asked, scores, trades and means in basis points."""
    return [
        str(fold["fold"]),
        count(fold["n_train"]),
        count(fold["n_test"]),
        fixed(fold["auc"], 3),
        fixed(fold["win_auc"], 3),
        count(fold["n_signals"]),
        bps(fold["signals_gross"]),
        bps(fold["signals_net"]),
        count(fold["n_selected"]),
        bps(fold["selected_net"]),
    ]
