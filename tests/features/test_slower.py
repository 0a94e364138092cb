"""Features of slower bars: taken as a feed had them, from the ticks that main and slower bars are both made of."""

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from assay.bars.build import build as build_bars
from assay.bars.known import known
from assay.errors import DataError, ParamsError
from assay.features.build import build
from assay.features.catalogue import catalogue, schema, slower
from assay.features.params import FeatureParams
from assay.tables.features import FEATURES
from assay.tables.table import TIME

from .conftest import HOURS, TICK
from .test_laws import assert_same_bits

TYPES = {"tick": 15, "time": 45, "volume": 900}
SHORT = {
    "returns": {"windows": [1, 5]},
    "volatility": {"windows": [10], "range_window": 10},
    "technical": {"sma_windows": [5, 10]},
    **{group: {"enabled": False} for group in ("statistics", "flow", "spread", "time")},
}
PARAMS = FeatureParams.model_validate({**SHORT, "slower": ["time", "volume"]})
N = 9_000


@pytest.fixture(scope="module")
def ticks():
    """Trades of a random walk in two sessions, Tuesday and Wednesday, many of them at one time as another."""
    rng = np.random.default_rng(3)
    time_ns = 1_378_220_400_000_000_000 + np.cumsum(rng.integers(0, 4, N)) * 500_000_000
    time_ns[N // 2 :] += 86_400_000_000_000
    columns = {
        "time": pl.Series(time_ns).cast(TIME),
        "price": TICK * (8000 + np.cumsum(rng.integers(-1, 2, N))),
        "size": rng.integers(1, 30, N).astype(float),
        "side": np.zeros(N, np.int8),
        "flags": np.zeros(N, np.uint16),
    }
    return pl.DataFrame(columns), np.repeat([15_952, 15_953], N // 2)


def made(ticks, market, params=PARAMS, known=known):
    """Return features of bars made of ticks."""
    frame, days = ticks
    bars = {kind: build_bars(frame, kind, size, days, "WALK") for kind, size in TYPES.items()}
    others = {kind: known(bars[kind], kind, TYPES[kind], market[1]) for kind in params.slower}
    return build(bars["tick"], params, *market, others)


def until(ticks, at):
    """Return the ticks up to an instant, all of that instant with them."""
    frame, days = ticks
    seen = frame["time"] <= at
    return frame.filter(seen), days[seen.to_numpy()]


@pytest.fixture(scope="module")
def market(instrument, hours):
    return instrument, hours


@pytest.fixture(scope="module")
def whole(ticks, market):
    return made(ticks, market)


def ends_of_periods(ticks, n):
    """Return closes of main bars that are last ticks of slower ones: where a bar is known too early, it shows there."""
    bars = [build_bars(ticks[0], kind, TYPES[kind], ticks[1], "WALK") for kind in ("tick", "time")]
    return bars[0].join(bars[1], on="closed_at", how="semi")["closed_at"][-n:]


def prefix_law(ticks, whole, market, cuts, known=known):
    for at in cuts:
        early = made(until(ticks, at), market, known=known)
        assert early.height > 0
        assert_same_bits(early, whole[: early.height])


def test_the_features_at_an_instant_are_those_of_the_ticks_until_then(ticks, whole, market):
    cuts = ticks[0]["time"][[900, 2222, 4499, 4500, 4501, 7000, 8998]]
    prefix_law(ticks, whole, market, [*cuts, *ends_of_periods(ticks, 3)])


def stamped(column):
    return lambda bars, kind, threshold, hours: bars.with_columns(known_at=pl.col(column))


@pytest.mark.parametrize("column", ["opened_at", "closed_at"])
def test_slower_bars_joined_before_they_are_known_are_caught_by_that_law(column, ticks, whole, market):
    """Even the last tick of a time bar is too early: that no other follows shows when its period is over."""
    cuts, cheated = ends_of_periods(ticks, 40), made(ticks, market, known=stamped(column))
    with pytest.raises(AssertionError, match="time_"):
        prefix_law(ticks, cheated, market, cuts, known=stamped(column))
    prefix_law(ticks, whole, market, cuts)
    own = [name for name in whole.columns if not name.startswith(("time_", "volume_"))]
    assert_same_bits(cheated.select(own), whole.select(own))


def test_ticks_after_the_last_one_of_a_bar_change_nothing_even_at_the_same_instant(ticks, whole, market):
    """The next tick is the one at whose price the bar's decision is filled."""
    frame, days = ticks
    last = build_bars(frame, "tick", TYPES["tick"], days, "WALK")["n_ticks"].cum_sum().to_numpy()
    time = frame["time"].to_physical().to_numpy()
    within = [int(n) for n in last[60:-1] if time[n - 1] == time[n]]
    assert len(within) > 40
    for n in within[::5]:
        early = made((frame[:n], days[:n]), market)
        assert_same_bits(early, whole[: early.height])


def test_each_row_has_the_last_slower_bar_known_at_its_close(ticks, whole, market):
    bars = known(build_bars(*ticks[:1], "time", 45, ticks[1], "WALK"), "time", 45, HOURS)
    alone = build(bars, FeatureParams.model_validate(SHORT), *market)
    names = {entry.name: entry.name.removeprefix("time_") for entry in slower(PARAMS)["time"]}
    for row in range(0, whole.height, 37):
        seen = (bars["known_at"] <= whole["closed_at"][row]).sum()
        for name, own in names.items():
            if name in whole.columns:
                expected = alone[own][seen - 1] if seen else np.nan
                np.testing.assert_equal(whole[name][row], expected, err_msg=name)


def test_what_is_built_is_what_the_schema_says_in_its_order(whole):
    FEATURES.check(whole, "slower")
    entries = schema(PARAMS)["features"]
    lacking = {entry["name"] for entry in entries if set(entry["needs"]) & {"spread_mean", "imbalance", "order_flow"}}
    assert whole.columns[3:] == [entry["name"] for entry in entries if entry["name"] not in lacking]
    told = {entry["name"]: entry for entry in entries}
    assert told["time_log_return_1"]["bars"] == "time"
    assert told["time_log_return_1"]["definition"].endswith("; of the last time bar known at the close")
    assert {entry["group"] for entry in entries if "bars" in entry} == {"returns", "volatility", "technical"}


def test_a_slower_feature_is_nan_until_its_look_back_is_full(ticks, whole):
    bars = known(build_bars(*ticks[:1], "time", 45, ticks[1], "WALK"), "time", 45, HOURS)
    for entry in slower(PARAMS)["time"]:
        first = bars["known_at"][entry.first_valid]
        assert whole.filter(pl.col("closed_at") < first)[entry.name].is_nan().all()
        if entry.name.startswith("time_log_return"):
            assert whole.filter(pl.col("closed_at") >= first)[entry.name].is_finite().all()


def test_without_slower_bars_schema_and_features_are_as_they_were(ticks, whole, market):
    plain = FeatureParams.model_validate(SHORT)
    assert "slower" not in schema(plain)["params"]
    assert not any("bars" in entry for entry in schema(plain)["features"])
    assert_same_bits(made(ticks, market, plain), whole.select(*whole.columns[:3], *(e.name for e in catalogue(plain))))
    assert schema(plain)["hash"] != schema(PARAMS)["hash"]


def test_a_slower_feature_is_excluded_by_its_own_name(ticks, market):
    params = PARAMS.model_copy(update={"exclude": ["time_natr", "natr"]})
    names = made(ticks, market, params).columns
    assert "volume_natr" in names
    assert not {"time_natr", "natr"} & {*names}
    with pytest.raises(ParamsError, match="did you mean time_natr"):
        catalogue(PARAMS.model_copy(update={"exclude": ["time_nat"]}))


@pytest.mark.parametrize(
    ("kinds", "found"),
    [(["tick"], "tick, of time.*there already"), (["dollar"], "dollar, of time.*add it to bars.types")],
)
def test_types_that_are_not_built_or_are_the_main_one_are_refused(kinds, found):
    params = FeatureParams(slower=kinds)
    with pytest.raises(ParamsError, match=f"features.slower: must name types.*{found}"):
        params.others("tick", {"tick": 100, "time": 300})


def test_slower_types_are_named_once():
    with pytest.raises(ValidationError, match="once"):
        FeatureParams(slower=["time", "time"])


def test_slower_bars_that_are_not_given_or_left_without_a_feature_are_one_line(ticks, market):
    with pytest.raises(DataError, match=r"features\.slower: needs bars of every type it names.*no time bars"):
        build(build_bars(*ticks[:1], "tick", 15, ticks[1], "WALK"), PARAMS, *market)
    off = {**{group: {"enabled": False} for group in ("returns", "volatility", "technical")}, "slower": ["time"]}
    with pytest.raises(ParamsError, match=r"features\.slower: must have features of its bars; found none; switch on"):
        slower(FeatureParams.model_validate(off))
