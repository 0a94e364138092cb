"""Columns that know the future: those that go with what later rows bring, more than with all that came before."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from assay.sources.health.correlogram import Ranked, change, correlation, ranked
from assay.sources.health.partners import Partner
from assay.types import Floats

THRESHOLD, MARGIN, COPY, ECHO = 0.4, 0.2, 0.95, 0.4
LAGS = (1, 2, 3, 5, 10)
"""How many rows ahead knowledge is looked for."""
LEAST_ROWS = 100
"""Rows of a table per row ahead."""


@dataclass(frozen=True)
class Finding:
    """A column that knows a later move of its partner.

    ``of`` says what of the column knows it, its value or its change, and ``ahead`` when that move is. ``correlation``
    is with it, ``past`` the strongest one with moves of the same length that have come.
    """

    column: str
    of: str
    partner: str
    ahead: str
    correlation: float
    past: float


def findings(
    columns: Mapping[str, Floats],
    partners: Sequence[Partner],
    anchors: Sequence[Floats] = (),
    threshold: float = THRESHOLD,
    step_seconds: int = 0,
) -> list[Finding]:
    """Return the columns that know the future, each with the move of which it knows most.

    Parameters
    ----------
    columns
        Numbers of the same rows in order of time, shape (n,) each, NaN where there is none.
    partners
        What they are held against.
    anchors
        What is beyond doubt about each row itself, shape (n,) each.
    threshold
        Rank correlation with a later move that no honest column has.
    step_seconds
        Time from row to row; 0 where rows are counted.

    Returns
    -------
    list[Finding]
        One per column, in the order of the columns.

    Notes
    -----
    A column's value, or its change from the row before, is held against the moves of a partner y: the change
    ``y[t+k] - y[t+k-1]`` of a later row, and where the partner is looked at ``far`` the move to it, ``y[t+k] - y[t]``;
    k is 1, 2, 3, 5 and 10, as far as the partner goes and the table has 100 rows per row ahead. A column is named where
    Spearman's correlation reaches the threshold, and exceeds that with every such move that had come by row t: the
    changes of that row and the 9 before it, or the moves over k rows that end with it or with one of the k before it.
    By how much: 0.2 and three standard errors of chance, of which a table of n rows has ``n ** -0.5`` and with moves
    over k rows ``(n / k) ** -0.5``.

    So honest causes are ruled out. Noise about a level: what the next change undoes, the last one did. What goes with
    its own row, such as volume with the range: later rows only repeat it. A partner that is late, in part as a mean of
    the row is, or whole as a snapshot of its beginning: then the anchors, which are of the row itself, go with its next
    change as well, or more than with its last by 0.2. A partner whose moves tell of one another (0.4), such as a mean
    of the last rows: what it will do is in part known. And one whose later move another column holds already (0.95): it
    cannot be told which of the two is at fault.
    """
    held, clearest = _Held(columns, anchors), dict[str, Finding]()
    for one in (one for partner in partners for one in _signs(partner, held, threshold, step_seconds)):
        if one.column not in clearest or abs(one.correlation) > abs(clearest[one.column].correlation):
            clearest[one.column] = one
    return [clearest[name] for name in columns if name in clearest]


def _signs(partner: Partner, held: _Held, threshold: float, step_seconds: int) -> Iterator[Finding]:
    """Yield each column that knows a later move of a partner, once per move."""
    for move, name, form in product(_moves(partner, held.height), partner.suspects, partner.forms):
        one = _judged(held.ranks(name, form), move, max(threshold, partner.least))
        if one is not None and not _is_doubtful(partner, held, move, one[0]):
            yield Finding(name, form, partner.name, _words(move, step_seconds), *one)


class _Held:
    """Columns and anchors, ranked when they are first asked for."""

    def __init__(self, columns: Mapping[str, Floats], anchors: Sequence[Floats]) -> None:
        self.columns, self._anchors = columns, anchors
        self.height = max((x.size for x in columns.values()), default=0)
        self._ranks: dict[tuple[str, str], Ranked] = {}

    def ranks(self, name: str, form: str) -> Ranked:
        """Return the ranks of a column's values, or of its changes."""
        if (name, form) not in self._ranks:
            self._ranks[name, form] = ranked(self.columns[name] if form == "value" else change(self.columns[name]))
        return self._ranks[name, form]

    @cached_property
    def anchors(self) -> list[Ranked]:
        """Ranks of the anchors."""
        return [ranked(anchor) for anchor in self._anchors]


@dataclass(frozen=True)
class _Move:
    """Moves over ``n_rows``: that ``lag`` rows later is not known yet, and is compared with ``n_past`` of the past."""

    ranks: Ranked
    lag: int
    n_rows: int
    n_past: int

    @property
    def margin(self) -> float:
        """By how much the correlation with the former must exceed those with the latter."""
        return MARGIN + 3.0 * math.sqrt(self.n_rows / self.ranks.ranks.size)


def _moves(partner: Partner, height: int) -> Iterator[_Move]:
    lags = [lag for lag in LAGS if height >= LEAST_ROWS * lag and lag <= partner.most_rows]
    steps = ranked(change(partner.level))
    yield from (_Move(steps, lag, 1, max(LAGS)) for lag in lags)
    if partner.far:
        yield from (_Move(ranked(change(partner.level, lag)), lag, lag, lag + 1) for lag in lags[1:])


def _judged(x: Ranked, move: _Move, threshold: float) -> tuple[float, float] | None:
    """Return the correlation with a later move and the strongest one with past moves; None if that explains it."""
    ahead = correlation(x, move.ranks, move.lag)
    if abs(ahead) < threshold:
        return None
    past = max((correlation(x, move.ranks, -back) for back in range(move.n_past)), key=abs)
    return (ahead, past) if abs(ahead) > abs(past) + move.margin else None


def _is_doubtful(partner: Partner, held: _Held, move: _Move, ahead: float) -> bool:
    """Return whether a partner's later move may be told honestly, since it follows in part from earlier rows."""
    if not partner.may_lag:
        return False
    told = max((abs(correlation(anchor, move.ranks, move.lag)) for anchor in held.anchors), default=0.0)
    late = abs(ahead) <= told + move.margin or any(_leads(anchor, move.ranks) for anchor in held.anchors)
    echoes = [correlation(move.ranks, move.ranks, lag) for lag in LAGS]
    if late or max(echoes) > ECHO or not partner.may_repeat:
        return late or max(echoes) > ECHO
    return min(echoes) < -ECHO or any(_holds(held.ranks(name, "change"), move.ranks) for name in held.columns)


def _leads(anchor: Ranked, steps: Ranked) -> bool:
    own = abs(correlation(anchor, steps, 0)) + MARGIN
    return any(abs(correlation(anchor, steps, lag)) > own for lag in LAGS)


def _holds(change_of: Ranked, steps: Ranked) -> bool:
    return any(abs(correlation(change_of, steps, lag)) >= COPY for lag in LAGS)


def _words(move: _Move, step_seconds: int) -> str:
    n, unit = (move.lag * step_seconds, "s") if step_seconds else (move.lag, "row" if move.lag == 1 else "rows")
    return f"{n} {unit} later" if move.n_rows == 1 else f"over the next {n} {unit}"
