"""Three pages for print: the verdict, what it rests on, and the data; set by typst with the fonts it carries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from assay.report import theme
from assay.report.summarize import Summary
from assay.report.verdict import trials
from assay.report.words import bps, count, duration, fixed, instant, percent, plural, signed, stamp

TEMPLATE = Path(__file__).parent / "templates" / "summary.typ"
NAMES = ("signals", "selected")
MOST_FAULTS, LONGEST = 7, 220
"""Sentences against the data that are printed, and their characters; the page has them all."""


def pdf(summary: Summary, figures: Mapping[str, str]) -> bytes:
    """Return the summary as a PDF of three pages.

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
    """Return every word and number of the three pages, as text."""
    period = summary.period
    return {
        "name": summary.name,
        "span": f"{summary.symbol}, {instant(period.first_at)} to {instant(period.last_at)} UTC, "
        f"{plural(period.n_bars, 'bar')} on {plural(period.n_days, 'trading day')}",
        "headline": summary.verdict.headline,
        "grounds": " ".join(part for part in (summary.verdict.grounds, summary.verdict.caveat) if part),
        "tone": theme.TONES[TONE_OF[summary.verdict.kind]].light,
        "warning": theme.TONES["signals"].light,
        "books": _books(summary),
        "folds": [_fold(fold) for fold in summary.folds],
        "note": summary.reports["montecarlo"]["note"],
        "data": _data(summary),
        "inputs": [[path, sha256[:16]] for path, sha256 in summary.hashes.items()],
    }


def _data(summary: Summary) -> dict[str, Any]:
    """Return what is said of the data: of the feed that bars are made of, and faults of all others in a number."""
    first, *others = summary.data.histories
    health, gaps = first.health, first.health["gaps"]
    of_others = [f"{one.title}: {plural(len(one.faults), 'finding')}." for one in others if one.faults]
    of_pairs = [said.text for said in summary.data.pairs if said.is_fault]
    faults = [shortened(text) for text in (*summary.data.failed, *first.faults, *of_pairs, *of_others)]
    coverage = health["coverage"] or {"share": None}
    return {
        "title": f"{first.title}, {stamp(health['first'])} to {stamp(health['last'])} UTC",
        "faults": faults[:MOST_FAULTS] + [f"And {len(faults) - MOST_FAULTS} more."] * (len(faults) > MOST_FAULTS),
        "notes": " ".join(first.notes),
        "numbers": [
            ["Rows", f"{count(health['rows']['out'])} of {count(health['rows']['in'])} delivered"],
            ["Minutes with data", percent(coverage["share"])],
            ["Gaps in open hours", f"{count(gaps['n'])}, in all {duration(gaps['open_seconds'])}"],
            *([rule.name, f"{count(rule.n)} {rule.done}"] for rule in first.rules if rule.n),
        ],
    }


def shortened(text: str) -> str:
    """Return a sentence that takes two lines of print at most."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}\u2026"


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
