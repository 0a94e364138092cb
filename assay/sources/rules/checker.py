"""One pass over a stream of rows: the range is cut, every rule is applied, and each application is counted."""

from __future__ import annotations

from typing import NoReturn, get_args

import polars as pl

from assay.errors import DataError
from assay.sources.rules.laws import FLAGS, PRICES, UNIQUE, knobs, laws
from assay.sources.rules.outliers import Spikes
from assay.sources.rules.sequence import Across, Late, Overlap, SameRow, SameTime
from assay.sources.rules.severity import RuleParams
from assay.tables.flags import flag_where, flagged
from assay.tables.kinds import TABLES, Kind, clock

PLACE = "place"
ROWS = 1 << 40
"""Rows that one file can have: a place is the number of the file times this, and the number of the row."""


class Checker:
    """Applies the rules of a kind to frames in the order of their files; the result depends on no batch's size.

    Parameters
    ----------
    kind
        Which table.
    rules
        What is done with rows that break a rule.
    start_ns, end_ns
        The wanted range, nanoseconds since 1970-01-01 UTC, the end not included; None stands for all there is.

    Attributes
    ----------
    counts
        `rows_in`, `out_of_range_dropped`, `<rule>_dropped` and `<rule>_flagged` of every rule of the kind,
        `unsorted_times_sorted`, `rows_out`. What went in came out or was dropped.

    Notes
    -----
    The order: range; what one row breaks by itself, missing values first; times that fall; equal rows and instants;
    overlaps; outliers, which are looked for among the rows that are left. The last row is held back until the next has
    come, since an outlier comes back; with ``unsorted_times: sort`` all rows are. So ``finish`` must be called.
    """

    def __init__(self, kind: Kind, rules: RuleParams, start_ns: int | None = None, end_ns: int | None = None) -> None:
        self._table, self._clock, self._rules = TABLES[kind], clock(kind), rules
        self._none = self._table.empty()
        self._range = start_ns, end_ns
        self._kind, self._laws, self._across = kind, laws(kind), self._followed(kind)
        self._late = Late(self._clock)
        self._spikes = Spikes(rules.outlier_moves) if kind in PRICES else None
        self._files: list[str] = []
        self._held: list[pl.DataFrame] = []
        self.counts: dict[str, int] = {"rows_in": 0, "out_of_range_dropped": 0, **_counted(kind), "rows_out": 0}

    def push(self, frame: pl.DataFrame, where: str, first_row: int = 1) -> pl.DataFrame:
        """Return the rows that are settled now, without those dropped.

        Parameters
        ----------
        frame
            The next rows, with the columns of the kind's table, in the order of the file.
        where
            Their file, for messages.
        first_row
            Number of the first row in the file.

        Raises
        ------
        DataError
            If a row breaks a rule that is to be refused, with file, row, rule, values and remedy.
        """
        if frame.schema != self._none.schema:
            self._table.check(frame.clear(), where)
        self.counts["rows_in"] += frame.height
        rows = self._alone(self._inside(self._placed(frame, where, first_row)))
        if self._rules.unsorted_times != "sort":
            return self._together(rows)
        self._count_late(rows)
        self._held.append(rows)
        return self._none

    def finish(self) -> pl.DataFrame:
        """Return the rows that were held back: the last one, or with ``unsorted_times: sort`` all of them.

        Raises
        ------
        DataError
            As ``push``.
        """
        parts = []
        if self._rules.unsorted_times == "sort" and self._held:
            rows, self._held = pl.concat(self._held).sort(self._clock, maintain_order=True), []
            parts.append(self._together(rows))
        last, self._held = self._held, []
        return pl.concat([self._none, *parts, *map(self._out, last)])

    def _placed(self, frame: pl.DataFrame, where: str, first_row: int) -> pl.DataFrame:
        """Add the column that tells a row's file and number, in messages only."""
        if not self._files or self._files[-1] != where:
            self._files.append(where)
        start = (len(self._files) - 1) * ROWS + first_row
        return frame.hstack([pl.int_range(start, start + frame.height, dtype=pl.Int64, eager=True).alias(PLACE)])

    def _inside(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Drop what lies outside the wanted range; a row without a time is left to the rule about missing values."""
        start, end = self._range
        if start is None and end is None:
            return rows
        time = pl.col(self._clock).to_physical()
        first, last = rows.select(time.min().alias("first"), time.max().alias("last")).row(0)
        if first is None or ((start is None or first >= start) and (end is None or last < end)):
            return rows
        inside = time.is_between(-(1 << 63) if start is None else start, (1 << 63) - 1 if end is None else end - 1)
        kept = rows.filter(inside.fill_null(value=True))
        self.counts["out_of_range_dropped"] += rows.height - kept.height
        return kept

    def _alone(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Apply the rules of single rows: all of them are looked at in one pass, those broken again one by one."""
        n_broken = rows.select(law.rule.broken.sum().alias(str(i)) for i, law in enumerate(self._laws)).row(0)
        for law in (law for law, n in zip(self._laws, n_broken, strict=True) if n):
            broken = rows.select(law.rule.broken.fill_null(value=False)).to_series()
            rows = self._applied(rows, broken, law.knob, law.rule.name, law.rule.remedy)
        return rows

    def _together(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Apply the rules about a row and those before it, and judge which are outliers."""
        for rule in self._across:
            broken = None if rows.is_empty() else rule.broken(rows)
            if broken is not None:
                rows = self._applied(rows, broken, rule.knob, rule.law)
        if self._spikes is None or rows.is_empty():
            return self._out(rows)
        far = self._spikes.judge(rows.select(PRICES[self._kind]).to_series().to_numpy())
        rows = pl.concat([*self._held, rows])
        rows, self._held = rows.head(-1), [rows.tail(1)]
        return self._out(self._applied(rows, pl.Series(far), "outliers", "prices do not jump and come back"))

    def _count_late(self, rows: pl.DataFrame) -> None:
        late = None if rows.is_empty() else self._late.broken(rows)
        self.counts["unsorted_times_sorted"] += 0 if late is None else int(late.sum())

    def _applied(self, rows: pl.DataFrame, broken: pl.Series, knob: str, law: str, remedy: str = "") -> pl.DataFrame:
        """Refuse, drop or flag the rows that break a rule."""
        n_broken = int(broken.sum())
        severity = getattr(self._rules, knob) if knob else "refuse"
        if not n_broken:
            return rows
        if severity == "refuse":
            self._refuse(rows.filter(broken), knob, law, remedy)
        if severity == "drop":
            self.counts[f"{knob}_dropped"] += n_broken
            return rows.filter(~broken)
        return rows.with_columns(flag_where(pl.lit(broken), FLAGS[knob]).alias("flags"))

    def _refuse(self, bad: pl.DataFrame, knob: str, law: str, remedy: str) -> NoReturn:
        values = bad.row(0, named=True)
        file, row = divmod(values.pop(PLACE), ROWS)
        found = ", ".join(f"{name} {value}" for name, value in values.items())
        others = " or ".join(choice for choice in _choices(knob) if choice != "refuse")
        ways = [f"set data.rules.{knob} to {others}"] * bool(others) + [remedy] * bool(remedy)
        raise DataError(f"{self._files[file]} row {row}", law, f"{found} ({bad.height} such rows)", ", or ".join(ways))

    def _out(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return settled rows as the table has them, and count their flags."""
        self.counts["rows_out"] += rows.height
        if rows["flags"].max():
            kept = [name for name in FLAGS if f"{name}_flagged" in self.counts]
            found = rows.select(flagged(FLAGS[name]).sum().alias(name) for name in kept)
            for name, n_flagged in found.row(0, named=True).items():
                self.counts[f"{name}_flagged"] += n_flagged
        return rows[self._none.columns]

    def _followed(self, kind: Kind) -> list[Across]:
        """Return the rules about a row and those before it, in the order in which they are applied."""
        columns = [name for name in self._table.columns if name != "flags"]
        rules: list[Across] = [] if self._rules.unsorted_times == "sort" else [Late(self._clock)]
        if kind not in UNIQUE or self._rules.duplicate_rows != "keep":
            rules.append(SameRow(self._clock, columns))
        rules += [SameTime(self._clock)] * (kind in UNIQUE)
        return [*rules, Overlap()] if kind == "ohlcv" else rules


def _choices(knob: str) -> tuple[str, ...]:
    return get_args(RuleParams.model_fields[knob].annotation) if knob else ()


def _counted(kind: Kind) -> dict[str, int]:
    """Return the names of what is counted, by rule and by what can be done with the rows that break it."""
    done = {"drop": "dropped", "keep": "flagged", "sort": "sorted"}
    return {f"{knob}_{done[choice]}": 0 for knob in knobs(kind) for choice in _choices(knob) if choice in done}
