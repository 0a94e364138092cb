"""A market of three contracts, and its join in plain loops."""

from datetime import date

import numpy as np
import polars as pl

from assay.bars.params import BarsParams
from assay.market.sessions import Hours
from assay.tables.context import OPEN_INTEREST
from assay.tables.table import TIME

from .conftest import _trades

HOUR_NS, DAY_NS = 3_600 * 10**9, 86_400 * 10**9
HOURS = Hours("UTC", 0, 86_400, 86_400, weekend_trading=True)
LAST = {"H": 4, "M": 8, "U": 30}


def params(rule="volume", adjustment="none", last=LAST, types=None, days=0, as_of="all"):
    dates = {name: str(date.fromordinal(date(1970, 1, 1).toordinal() + day)) for name, day in last.items()}
    given_ = {"contracts": dates, "rule": rule, "adjustment": adjustment, "days_before_expiry": days, "as_of": as_of}
    return BarsParams.model_validate({"types": types or {"tick": 3, "time": 7200}, "roll": given_})


def interest(figure_by_day):
    """Return open interest known an hour before the end of each day."""
    time = pl.Series([day * DAY_NS + 23 * HOUR_NS for day in figure_by_day], dtype=pl.Int64).cast(TIME)
    missing = pl.lit(float("nan"))
    rest = {name: missing for name in OPEN_INTEREST.columns if name not in ("time", "known_at", "open_interest")}
    figure = pl.Series(list(figure_by_day.values()), dtype=pl.Float64)
    frame = pl.DataFrame({"time": time, "known_at": time, "open_interest": figure})
    return OPEN_INTEREST.check(frame.with_columns(**{**rest, "flags": pl.lit(0, pl.UInt16)}), "interest")


def market(seed, n_days=12, n_ticks=8):
    """Return trades of three contracts until their last days; each is little traded until the one before nears its."""
    random = np.random.default_rng(seed)
    found, awake = {}, 0
    for place, (name, last) in enumerate(LAST.items()):
        days = [day for day in range(n_days) if day <= last for _ in range(random.integers(1, n_ticks))]
        time = np.sort(np.array(days) * DAY_NS + random.integers(0, DAY_NS, len(days)))
        price = 100.0 + 20 * place + np.cumsum(random.integers(-1, 2, len(days))) * 0.25
        found[name] = _trades(time, price, random.integers(1, np.where(np.array(days) < awake, 3, 12)))
        awake = last - 2
    return found


def by_hand(prices, rule, days_before=0):
    """Return the contract of each day, from what the days before told, and the bars of three ticks in plain loops."""
    trades = {
        name: [(t // DAY_NS, p, s) for t, p, s in zip(f["time"].to_physical(), f["price"], f["size"], strict=True)]
        for name, f in prices.items()
    }
    every, names, place = sorted({day for rows in trades.values() for day, *_ in rows}), list(LAST), 0
    held, bars = {}, []
    for before, day in zip([None, *every], every, strict=False):
        volume = {name: sum(size for at, _, size in rows if at == before) for name, rows in trades.items()}
        if rule == "volume" and before is not None and place < 2 and volume[names[place + 1]] > volume[names[place]]:
            place += 1
        while LAST[names[place]] - days_before < day + (rule != "volume"):
            place += 1
        held[day] = names[place]
        ticks = [(price, size) for at, price, size in trades[names[place]] if at == day]
        for start in range(0, len(ticks), 3):
            group = ticks[start : start + 3]
            if len(group) == 3 or day != every[-1]:
                bars.append((day, names[place], [p for p, _ in group], sum(s for _, s in group), len(group) < 3))
    return held, bars
