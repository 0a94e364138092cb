"""Contracts joined into one market: against a join by hand, and that nothing later is known."""

import json
from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from assay import store
from assay.bars import roll
from assay.bars.builder import build
from assay.bars.figures import figures
from assay.bars.params import BarsParams
from assay.bars.roll import joined
from assay.bars.sessions import row_days
from assay.errors import DataError, ParamsError
from assay.market.sessions import Hours
from assay.params import load
from assay.tables.bars import BARS
from assay.tables.context import OPEN_INTEREST
from assay.tables.table import TIME
from stages.bars import main

from .conftest import _trades
from .fetched import manifest
from .test_rows import ohlcv

HOUR_NS, DAY_NS = 3_600 * 10**9, 86_400 * 10**9
HOURS = Hours("UTC", 0, 86_400, 86_400, weekend_trading=True)
SAME = ("open", "high", "low", "close", "volume", "n_ticks", "partial")
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


@pytest.mark.parametrize(("rule", "days"), [("volume", 0), ("days_before_expiry", 0), ("days_before_expiry", 2)])
@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6))
def test_the_join_is_that_of_plain_loops(rule, days, seed):
    prices = market(seed)
    held, expected = by_hand(prices, rule, days)
    made = joined(prices, {}, params(rule, days=days), HOURS, "ES")
    bars = made.bars["tick"]
    assert bars["ordinal"].to_list() == list(range(len(expected)))
    assert bars["session"].to_physical().to_list() == [day for day, *_ in expected]
    path = [(p[0], max(p), min(p), p[-1], volume, len(p), cut) for _, _, p, volume, cut in expected]
    assert bars.select(SAME).rows() == path
    rolls = made.report["rolls"]
    changes = [(a[1], b[1]) for a, b in pairwise(expected) if a[1] != b[1]]
    assert [(one["from"], one["to"]) for one in rolls["made"]] == changes
    unused = sum(held[t // DAY_NS] != name for name, f in prices.items() for t in f["time"].to_physical())
    assert rolls["n_ticks_not_held"] == unused == sum(f.height for f in prices.values()) - made.given.n_rows


def test_open_interest_counts_from_when_it_was_known():
    prices = {
        name: _trades(np.arange(24) * 6 * HOUR_NS, np.full(24, price)) for name, price in (("H", 1.0), ("M", 2.0))
    }
    last = {"H": 5, "M": 9}
    told = {"H": interest({0: 9, 1: 8}), "M": interest({0: 1, 1: 9})}
    made = joined(prices, told, params("open_interest", last=last), HOURS, "ES")
    assert made.bars["time"]["close"].to_list() == [1.0] * 8 + [2.0] * 15
    late = {"H": told["H"], "M": told["M"].with_columns(pl.col("known_at").dt.offset_by("2h"))}
    made = joined(prices, late, params("open_interest", last=last), HOURS, "ES")
    assert made.bars["time"]["close"].to_list() == [1.0] * 12 + [2.0] * 11


def test_volume_of_rows_that_are_known_late_counts_late():
    days = np.arange(6) * DAY_NS
    size = {"H": [9.0, 2, 2, 2, 2, 2], "M": [1.0, 8, 8, 8, 8, 8]}
    first = {}
    for lag_ns in (0, HOUR_NS):
        rows = {name: ohlcv(days, DAY_NS, lag_ns, volume=np.array(size[name])) for name in size}
        wanted = params(last={"H": 4, "M": 9}, types={"tick": 1})
        made = joined(rows, {}, wanted.model_copy(update={"main": "tick"}), HOURS, "ES")
        first[lag_ns] = made.bars["tick"].filter(pl.col("volume") == 8.0)["session"].to_physical()[0]
    assert first == {0: 2, HOUR_NS: 3}


def test_a_new_contract_waits_until_the_last_bar_of_the_old_one_is_known():
    rows = {"H": ohlcv(np.arange(2) * DAY_NS, DAY_NS, HOUR_NS), "M": ohlcv(np.arange(2, 4) * DAY_NS, DAY_NS, HOUR_NS)}
    made = joined(rows, {}, params("days_before_expiry", last={"H": 2, "M": 9}, types={"tick": 1}), HOURS, "ES")
    opened = made.bars["tick"]["opened_at"].to_physical().to_list()
    assert opened == [0, *(day * DAY_NS + HOUR_NS for day in (1, 2, 3))]
    assert made.report["rows"]["rules"]["known_late"] == 4


def returns(bars):
    return np.diff(bars["close"].to_numpy())


def earlier(prices, at_ns):
    return {name: rows.filter(pl.col("time").to_physical() <= at_ns) for name, rows in prices.items()}


def breaks(seed, cut, adjustment="none"):
    """Tell whether a market that is cut in the middle has other bars than the whole has there."""
    prices = market(seed)
    at_ns = int(cut * 12 * DAY_NS)
    seen = {name: rows for name, rows in earlier(prices, at_ns).items() if rows.height}
    last = {name: LAST[name] for name in seen}
    then = joined(seen, {}, params("volume", adjustment, last), HOURS, "ES").bars
    now = joined(prices, {}, params("volume", adjustment), HOURS, "ES").bars
    for kind, bars in then.items():
        whole = now[kind].head(bars.height)
        same = bars.equals(whole) if adjustment == "none" else np.allclose(returns(bars), returns(whole), atol=1e-9)
        if not same:
            return True
    return False


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.floats(0.15, 1.0), st.sampled_from(["none", "difference"]))
def test_later_ticks_change_no_bar_and_no_return(seed, cut, adjustment):
    assert not breaks(seed, cut, adjustment)


def test_a_rule_that_looks_at_the_same_day_is_found(monkeypatch):
    monkeypatch.setattr(roll, "figures", same_day)
    assert sum(breaks(seed, cut) for seed in range(4) for cut in np.arange(0.2, 0.9, 0.06)) > 1


def same_day(*given_):
    """Move each day's volume to the day before, as if it had been known then."""
    return figures(*given_).with_columns(pl.col("volume").shift(-1, fill_value=0.0).over("contract"))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.sampled_from(["difference", "ratio"]))
def test_nobody_earns_the_step_from_one_contract_to_the_next(seed, adjustment):
    prices = market(seed)
    raw, made = (joined(prices, {}, params("volume", how), HOURS, "ES") for how in ("none", adjustment))
    assert [one["at"] for one in raw.report["rolls"]["made"]] == [one["at"] for one in made.report["rolls"]["made"]]
    held, _ = by_hand(prices, "volume")
    before, after = raw.bars["tick"], made.bars["tick"]
    for i in range(1, before.height):
        (day_0, day) = before["session"][i - 1 : i + 1].to_physical()
        old = before["close"][i - 1]
        if held[day_0] != held[day]:
            old = last_common(prices, held[day_0], held[day], day, old)
        if adjustment == "difference":
            assert after["close"][i] - after["close"][i - 1] == pytest.approx(before["close"][i] - old, abs=1e-9)
        else:
            assert after["close"][i] / after["close"][i - 1] == pytest.approx(before["close"][i] / old, rel=1e-12)


def last_common(prices, old, new, day, close):
    """Return the old contract's last price in units of the new one: moved by the step of their last common day."""
    last = {
        name: {t // DAY_NS: p for t, p in zip(f["time"].to_physical(), f["price"], strict=True) if t // DAY_NS < day}
        for name, f in prices.items()
    }
    shared = max(set(last[old]) & set(last[new]))
    assert last[old][shared] == close
    return last[new][shared]


def test_all_columns_move_with_the_prices():
    prices = market(3)
    raw, points, levels = (
        joined(prices, {}, params("volume", how), HOURS, "ES").bars["tick"] for how in ("none", "difference", "ratio")
    )
    step, factor = points["close"] - raw["close"], levels["close"] / raw["close"]
    assert step.n_unique() == factor.round(9).n_unique() == 3
    for name in ("open", "high", "low", "vwap"):
        assert np.allclose(points[name], raw[name] + step, rtol=1e-12)
        assert np.allclose(levels[name], raw[name] * factor, rtol=1e-12)
    assert np.allclose(points["vwap"] * raw["volume"], points["value"], rtol=1e-12)
    assert np.allclose(levels["path"], raw["path"] * factor, rtol=1e-12)
    for name in ("path", "volume", "n_ticks"):
        assert points[name].equals(raw[name])


def test_one_contract_is_the_market_as_it_is():
    only = market(5)["U"]
    made = joined({"U": only}, {}, params(last={"U": 30}), HOURS, "ES")
    for kind, size in params().types.items():
        assert made.bars[kind].equals(build(only, kind, size, row_days(only, HOURS), "ES"))
    assert made.report["rolls"]["made"] == []
    assert made.warnings == []


def test_rolls_that_are_not_adjusted_for_are_warned_of():
    prices = market(3)
    assert "not adjusted for 2 of 2 rolls" in joined(prices, {}, params(), HOURS, "ES").warnings[0]
    assert joined(prices, {}, params(adjustment="ratio"), HOURS, "ES").warnings == []
    first = joined(prices, {}, params(), HOURS, "ES").report["rolls"]["made"][0]["at"][:10]
    part = joined(prices, {}, params(adjustment="ratio", as_of=first), HOURS, "ES")
    assert [one["step"] is None for one in part.report["rolls"]["made"]] == [False, True]
    assert "not adjusted for 1 of 2 rolls" in part.warnings[0]


def test_what_cannot_be_joined_is_refused(quotes):
    prices = market(3)
    with pytest.raises(DataError, match=r"must reach to the last session"):
        joined({"H": prices["H"], "M": prices["M"]}, {}, params(last={"H": 2, "M": 5}), HOURS, "ES")
    ones = [1.0, 1.0]
    book = quotes([0, DAY_NS], ones, ones, ones, ones)
    with pytest.raises(DataError, match=r"volume needs trades or OHLCV; found quotes"):
        joined({"U": book}, {}, params(last={"U": 30}), HOURS, "ES")
    with pytest.raises(DataError, match=r"contracts must be of one kind"):
        joined({**prices, "M": book}, {}, params(), HOURS, "ES")
    with pytest.raises(DataError, match=r"tick bars need enough ticks to fill one"):
        joined({"U": prices["U"].head(1)}, {}, params(last={"U": 30}), HOURS, "ES")
    with pytest.raises(DataError, match=r"bars need rows in a session"):
        joined({"U": prices["U"].clear()}, {}, params(last={"U": 30}), HOURS, "ES")
    falling = {"H": _trades([0, 1, DAY_NS], [2.0, 9.0, 9.0]), "M": _trades(np.arange(3) * DAY_NS, np.ones(3))}
    with pytest.raises(DataError, match=r"adjusted prices must be positive; found -6 in tick bars"):
        joined(falling, {}, params("days_before_expiry", "difference", {"H": 2, "M": 9}, {"tick": 1}), HOURS, "ES")


@pytest.fixture
def stage(tmp_path, monkeypatch):
    """Return a function that runs the stage on the contracts of a market."""
    monkeypatch.chdir(tmp_path)

    def run(prices, **rolled):
        contracts = params().roll.contracts
        blocks = {
            "instrument": {
                "symbol": "ES",
                "table": {"ES": {"zone": "UTC", "session_start": "00:00", "session_end": "24:00"}},
            },
            "session": {"weekend_trading": True, "friday_end": "24:00"},
            "bars": {"types": {"tick": 3}, "roll": {"contracts": contracts, "rule": "volume", **rolled}},
        }
        YAML().dump(blocks, tmp_path / "params.yaml")
        for name, rows in prices.items():
            put(tmp_path / "data/ticks/files" / name, rows)
        manifest(tmp_path, *(("files", name) for name in prices))
        main()
        report = json.loads((tmp_path / "reports/bars.json").read_text())
        return store.read_table(tmp_path / "data/bars/tick/ES.parquet", BARS), report

    return run


def put(folder, frame):
    folder.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(folder / "1970-01.parquet")


def test_the_stage_joins_what_was_fetched_of_each_contract(stage):
    bars, report = stage(market(3), adjustment="none")
    _, expected = by_hand(market(3), "volume")
    assert bars["symbol"].unique().to_list() == ["ES"]
    assert bars["close"].to_list() == [p[-1] for _, _, p, *_ in expected]
    (roll_h, roll_m) = report["rolls"]["made"]
    assert (roll_h["from"], roll_h["to"], roll_m["from"], roll_m["to"]) == ("H", "M", "M", "U")
    assert "not adjusted for 2 of 2 rolls" in report["types"]["tick"]["warnings"][0]
    assert report["n_ticks"] == report["n_ticks_in_session"]
    assert report["n_ticks"] + report["rolls"]["n_ticks_not_held"] == sum(rows.height for rows in market(3).values())
    _, adjusted = stage(market(3))
    assert adjusted["types"]["tick"]["warnings"] == []
    assert adjusted["rolls"]["adjustment"] == "difference"


def test_the_stage_reads_open_interest_or_says_what_to_fetch(stage, tmp_path):
    prices = market(3)
    with pytest.raises(DataError, match=r"open_interest needs that of H.*found none; add a feed \{kind: open_interest"):
        stage(prices, rule="open_interest")
    days = range(12)
    for name, figure in (("H", 5), ("M", 9), ("U", 1)):
        put(tmp_path / "data/context/open_interest/binance" / name, interest(dict.fromkeys(days, figure)))
    _, report = stage(prices, rule="open_interest")
    assert [one["at"][:10] for one in report["rolls"]["made"]] == ["1970-01-02", "1970-01-10"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{roll: {contracts: {ESH4: tomorrow}}}", "bars.roll.contracts"),
        ("{roll: {contracts: {../x: 2014-03-21}}}", "bars.roll.contracts"),
        ("{roll: {as_of: never}}", "bars.roll.as_of"),
        ("{adjust: splits, roll: {contracts: {ESH4: 2014-03-21}}}", "adjust is for shares"),
    ],
)
def test_params_of_the_roll_are_checked(tmp_path, text, rule):
    path = tmp_path / "params.yaml"
    path.write_text(f"bars: {text}\n")
    with pytest.raises(ParamsError, match=rule):
        load("bars", BarsParams, path)
    path.write_text("bars: {roll: {contracts: {ESH4: 2014-03-21}, as_of: 2014-01-01}}\n")
    assert load("bars", BarsParams, path).roll.expiries == {"ESH4": 16150}
