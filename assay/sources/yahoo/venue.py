"""Yahoo as a venue: answers of its chart, checked for its known damage, as traded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from assay.sources.decode.refusals import UnwantedError
from assay.sources.decode.times import lag_ns
from assay.sources.told import Told
from assay.sources.venue import Decoded, Feed, Piece, Turn
from assay.sources.yahoo import client, past, windows
from assay.sources.yahoo.answer import Answer, read
from assay.sources.yahoo.damage import Damage, examine
from assay.sources.yahoo.traded import actions, as_traded, bars
from assay.tables.flags import Flag
from assay.tables.kinds import TABLES, Kind

OF_PRICES = ("zero_price", "unit_100x", "missed_split")
"""Damage that shows in prices; the rest is of dividends."""


class Yahoo:
    """Yahoo's charts, through the client of yfinance."""

    kinds: tuple[Kind, ...] = ("ohlcv", "actions")

    def pieces(self, feed: Feed) -> Sequence[Piece]:
        """Return years of daily bars, months of minutes and hours, weeks of single minutes.

        Raises
        ------
        ParamsError
            If there is no range, or if Yahoo has no such interval or symbol.
        """
        return windows.pieces(feed)

    def ask(self, piece: Piece, feed: Feed, turn: Turn) -> bytes:
        """Return the answer for a piece: see ``client.ask``.

        Raises
        ------
        ParamsError
            If yfinance is not installed.
        TransportError
            If there is no answer; ``final`` tells whether asking again is in vain.
        """
        return client.ask(piece, feed, turn)

    def told(self, raw: bytes, piece: Piece, feed: Feed) -> Sequence[Told]:
        """Return what an answer tells of bars and of actions, as traded: see ``past.told``.

        Raises
        ------
        DataError
            If it is no answer of Yahoo.
        """
        return past.told(read(raw, piece.path, feed.venue_symbol), windows.interval_of(feed), lag_ns(feed.params))

    def decode(self, raw: bytes, piece: Piece, feed: Feed) -> Decoded:
        """Return the bars of an answer, or its splits and dividends, as they were on the day.

        Damage is looked for in each answer by itself: what shows only against another year is not found.

        Raises
        ------
        DataError
            If it is no answer of Yahoo.
        UnwantedError
            If it is damaged in a way that is known, and ``data.yahoo_damage`` refuses that.
        """
        answer = read(raw, piece.path, feed.venue_symbol)
        if answer is None:
            return TABLES[feed.kind].empty(), {"empty_answers": 1}
        damage = examine(answer.table)
        table = _treated(answer, damage, feed.params.yahoo_damage, piece.path)
        traded = as_traded(table, answer.later)
        counts = {f"yahoo_{kind}": n for kind, n in damage.counts.items()}
        if feed.kind == "actions":
            return actions(traded, answer.zone, lag_ns(feed.params)), counts
        frame, left_out = bars(traded, windows.interval_of(feed), answer.zone, lag_ns(feed.params))
        return frame, counts | _some(left_out)


def _treated(answer: Answer, damage: Damage, severity: str, where: str) -> pl.DataFrame:
    """Return the table put right, as it is with its damaged rows flagged, or not at all."""
    flag = pl.lit(0, pl.UInt16).alias("flags")
    if severity == "repair" or not damage.found.height:
        return damage.repaired.with_columns(flag)
    if severity == "refuse":
        row, time, kind = damage.found.row(0)
        found = f"{dict(damage.counts)}, the first is {kind} of {time:%Y-%m-%d %H:%M}"
        remedy = "set data.yahoo_damage to repair or keep, or take another source"
        raise UnwantedError(f"{where} row {row + 1}", "must be free of Yahoo's known damage", found, remedy)
    rows = damage.found.filter(pl.col("kind").is_in(OF_PRICES)).get_column("row").implode()
    hit = pl.int_range(pl.len()).is_in(rows)
    return answer.table.with_columns(pl.when(hit).then(int(Flag.OUTLIER)).otherwise(0).cast(pl.UInt16).alias("flags"))


def _some(counts: Mapping[str, int]) -> dict[str, int]:
    return {rule: n for rule, n in counts.items() if n}


VENUE = Yahoo()
"""The venue that the registry knows as ``yahoo``."""
