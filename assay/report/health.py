"""What a trader should know of the data before believing anything made of it: sentences and rows of tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assay.errors import DataError
from assay.report.counts import COUNTED
from assay.report.words import compact, duration, fixed, percent, plain, plural, sentence, share, signed, stamp
from assay.tables.document import REMEDY

LONG_GAP_SECONDS = 3600.0
"""Open time without a row that is worth a sentence; shorter gaps are counted."""

RULES: Mapping[str, str] = {
    "out_of_range": "Outside the wanted range",
    "missing_values": "Without a value that must be there",
    "one_sided_quotes": "Without a bid or without an ask",
    "price_not_positive": "Price that is 0, below 0 or no number",
    "size_not_positive": "Size that is 0 or below",
    "crossed_quotes": "Bid above the ask (crossed)",
    "locked_quotes": "Bid equal to the ask (locked)",
    "ohlc_order": "Open or close outside low to high",
    "flat_bars": "Filled in where nothing was traded",
    "venue_flags": "Marked as suspicious by the venue itself",
    "unsorted_times": "Earlier than a row before",
    "duplicate_rows": "Equal to the row before in every column (duplicate)",
    "duplicate_times": "Second row of one instant (duplicate)",
    "overlapping_bars": "Bar that begins before the last one ends",
    "outliers": "Price that jumps and comes back (outlier)",
}
"""What each rule looks for, in the order in which rules are shown."""

DONE: Mapping[str, str] = {"dropped": "dropped", "flagged": "kept, flagged", "sorted": "put in order"}
"""What was done, by the ending of a count's name."""


@dataclass(frozen=True)
class Said:
    """A sentence, and whether it speaks against the data."""

    text: str
    is_fault: bool


@dataclass(frozen=True)
class Applied:
    """A rule: what it looks for, how many rows broke it, and what was done with them; None where there were none."""

    name: str
    n: int
    done: str | None


@dataclass(frozen=True)
class History:
    """One feed: its receipt and its health as the stage wrote them, and what follows from them in words.

    ``faults`` are sentences against the data, ``notes`` what else is to be said, ``rules`` and ``counted`` what the
    rules and the decoder counted.
    """

    title: str
    receipt: Mapping[str, Any]
    health: Mapping[str, Any]
    faults: list[str]
    notes: list[str]
    rules: list[Applied]
    counted: list[tuple[str, int]]


@dataclass(frozen=True)
class Told:
    """All that is said of the data: each feed, what could not be had, universes, and two sources of one symbol."""

    histories: list[History]
    failed: list[str]
    universes: list[str]
    pairs: list[Said]


def told(manifest: Mapping[str, Any], health: Mapping[str, Any]) -> Told:
    """Return what is said of the data by the manifest and by the report on its health."""
    return Told(
        histories=histories(manifest["feeds"], health["feeds"]),
        failed=[sentence(f"{_title(one)} could not be fetched: {one['error']}") for one in manifest["failed"]],
        universes=[_universe(one, text) for one in health.get("universes", ()) for text in one["findings"]],
        pairs=[_pair(one) for one in health["pairs"]],
    )


def _universe(found: Mapping[str, Any], text: str) -> str:
    return sentence(f"universe of {plural(found['n_symbols'], 'symbol')} from {found['source']}: {text}")


def histories(receipts: Sequence[Mapping[str, Any]], healths: Sequence[Mapping[str, Any]]) -> list[History]:
    """Return the feeds in their order, the one that bars are made of first.

    Raises
    ------
    DataError
        If receipts and healths are not of the same feeds.
    """
    of_receipts, of_healths = ([_title(one) for one in listed] for listed in (receipts, healths))
    if of_receipts != of_healths or not of_receipts:
        where, rule = "reports/data_health.json", f"must be of {', '.join(of_receipts) or 'a feed'}"
        raise DataError(where, rule, ", ".join(of_healths) or "none", REMEDY)
    return [_history(receipt, health) for receipt, health in zip(receipts, healths, strict=True)]


def _history(receipt: Mapping[str, Any], health: Mapping[str, Any]) -> History:
    return History(
        title=_title(receipt),
        receipt=receipt,
        health=health,
        faults=_faults(health, receipt["rules"]),
        notes=_clock(health),
        rules=_applied(receipt["rules"]),
        counted=_counted(receipt["rules"]),
    )


def _title(feed: Mapping[str, Any]) -> str:
    kind = "bars (OHLCV)" if feed["kind"] == "ohlcv" else plain(feed["kind"])
    return f"{feed['symbol']} {kind} from {feed['source']}"


def _faults(health: Mapping[str, Any], rules: Mapping[str, int]) -> list[str]:
    n_rows, n_crossed, n_outliers = health["rows"]["in"], health["n_crossed"], health["outliers"]["n"]
    n_dropped = sum(rules.get(f"{rule}_dropped", 0) for rule in RULES if rule != "out_of_range")
    n_sorted = rules.get("unsorted_times_sorted", 0)
    n_outside = rules.get("outside_piece_dropped", 0)
    counted = [
        (n_outside, f"{plural(n_outside, 'row')} of a month that their file does not cover: dropped"),
        (n_dropped, f"{_of(n_dropped, n_rows)} broke a rule and were dropped"),
        (n_sorted, f"{_of(n_sorted, n_rows)} came later than newer ones and were put in order"),
        (n_crossed, f"bid above the ask in {plural(n_crossed, 'row')}"),
        (n_outliers, f"far from the rows before and after, a jump that comes back: {plural(n_outliers, 'price')}"),
    ]
    found = [*health["findings"], *(text for n, text in counted if n), *_long_gaps(health["gaps"])]
    return [sentence(text) for text in found]


def _of(n: int, n_rows: int) -> str:
    return f"{plural(n, 'row')} of {fixed(n_rows, 0)} ({share(n, n_rows)})"


def _long_gaps(gaps: Mapping[str, Any]) -> list[str]:
    """Return a clause on the gaps of an hour or more; of the longest ones only the ends are known."""
    least = max(LONG_GAP_SECONDS, gaps["least_seconds"])
    long = [gap for gap in gaps["longest"] if gap["open_seconds"] >= least]
    if not long:
        return []
    longest, known = long[0], "" if len(long) < len(gaps["longest"]) or len(long) == gaps["n"] else "at least "
    text = f"{known}{plural(len(long), 'gap')} of {duration(least)} or more while the market was open; the longest has "
    span = f"{stamp(longest['begin'])} to {stamp(longest['end'])}"
    return [f"{text}{duration(longest['open_seconds'])} of open time, {span} UTC"]


def _clock(health: Mapping[str, Any]) -> list[str]:
    """Return what speaks for the clock, or that nothing can."""
    if not health["rows"]["out"]:
        return [sentence("nothing happened in the range: there is no row")]
    seasons, funding = health["clock"]["by_calendar"], health["clock"].get("by_funding")
    found = []
    if not seasons:
        found.append("the calendar says nothing about the clock: the market never closes, or a row is longer than that")
    elif not any(season["shift_hours"] for season in seasons.values()):
        closed = max(season["closed_share"] for season in seasons.values())
        found.append(f"the clock agrees with the calendar: {percent(closed, 2)} of the rows lie in closed hours")
    if funding and not funding["shift_hours"]:
        found.append("the clock agrees with the hours of funding: 0, 8 and 16 UTC")
    return [sentence(text) for text in found]


def _applied(rules: Mapping[str, int]) -> list[Applied]:
    """Return every rule of the kind; one whose rows were treated in two ways comes twice."""
    found = []
    for rule, words in RULES.items():
        counts = [(DONE[done], rules[f"{rule}_{done}"]) for done in DONE if f"{rule}_{done}" in rules]
        broken = [Applied(words, n, done) for done, n in counts if n]
        found += broken or [Applied(words, 0, None)] * bool(counts)
    return found


def _counted(rules: Mapping[str, int]) -> list[tuple[str, int]]:
    own = {"rows_in", "rows_out", *(f"{rule}_{done}" for rule in RULES for done in DONE)}
    return [(COUNTED.get(name, sentence(plain(name))[:-1]), n) for name, n in rules.items() if n and name not in own]


def _pair(found: Mapping[str, Any]) -> Said:
    sources, shift = f"{found['left']} and {found['right']}", found["shift_hours"]
    if shift is None:
        return Said(f"{found['symbol']}: {sources} have too little in common to compare their clocks.", is_fault=False)
    agree = f"their one-minute returns correlate {fixed(found['correlation'])}"
    if not shift:
        text = f"{found['symbol']}: the clocks of {sources} agree; {agree} over {plural(found['n_minutes'], 'minute')}."
        return Said(text, is_fault=False)
    moved = f"the clocks of {sources} differ by {compact(abs(shift))} h"
    text = f"{found['symbol']}: {moved}; with {signed(shift, 1)} h on the times of {found['left']} {agree}, "
    return Said(f"{text}as they are {fixed(found['correlation_unshifted'])}.", is_fault=True)
