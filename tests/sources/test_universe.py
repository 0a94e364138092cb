"""The universe of a run: ranges cut to memberships, receipts that tell them, and lists of survivors found."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import ParamsError
from assay.market.instruments import InstrumentParams
from assay.params import load
from assay.sources.feeds import feeds
from assay.sources.moments import nanoseconds
from assay.sources.params import DataParams

MADE = {"source": "synthetic", "synthetic": {"n_ticks": 4000, "seconds_per_tick": 60.0, "first_day": "2024-01-01"}}
BOTH = {"EURUSD": ["2023-01-01"], "GBPUSD": ["2024-01-02", "2024-01-03"]}


def found(symbol="EURUSD", **data):
    listed = feeds(DataParams.model_validate({**MADE, **data}), InstrumentParams(symbol=symbol))
    return {feed.symbol: (feed.start_ns, feed.end_ns) for feed in listed}


def ns(*moments):
    return tuple(None if moment is None else nanoseconds(moment) for moment in moments)


def test_ranges_are_cut_to_memberships():
    assert found() == {"EURUSD": (None, None)}
    assert found(universe=BOTH) == {"EURUSD": ns("2023-01-01", None), "GBPUSD": ns("2024-01-02", "2024-01-03")}
    cut = found(universe=BOTH, start="2024-01-01", end="2024-01-02T12:00")
    assert cut == {"EURUSD": ns("2024-01-01", "2024-01-02T12:00"), "GBPUSD": ns("2024-01-02", "2024-01-02T12:00")}


def test_symbols_of_the_universe_are_fetched_beside_those_that_are_named():
    listed = feeds(
        DataParams.model_validate({**MADE, "symbols": ["EURUSD=EUR", "USDJPY"], "universe": BOTH}), InstrumentParams()
    )
    assert [(one.symbol, one.venue_symbol) for one in listed] == [
        ("EURUSD", "EUR"),
        ("USDJPY", "USDJPY"),
        ("GBPUSD", "GBPUSD"),
    ]
    assert (listed[1].start_ns, listed[1].end_ns) == (None, None)


def test_a_symbol_is_not_fetched_for_a_time_in_which_it_did_not_belong():
    assert list(found(universe=BOTH, start="2024-01-03")) == ["EURUSD"]
    assert list(found(universe=BOTH, end="2024-01-02")) == ["EURUSD"]
    with pytest.raises(ParamsError, match=r"data\.universe: a symbol must belong to it in the range; found none, all"):
        found(universe={"EURUSD": ["2024-01-02"]}, end="2024-01-02")


@settings(deadline=None, max_examples=60)
@given(st.tuples(*[st.integers(1, 28)] * 4))
def test_a_range_holds_an_instant_if_both_do(days):
    entered, left = sorted(days[:2])
    start, end = sorted(days[2:])
    moments = [f"2024-01-{day:02d}" for day in (entered, left + 1, start, end + 1)]
    universe = {"EURUSD": ["2020-01-01"], "GBPUSD": moments[:2]}
    start_ns, end_ns = found(universe=universe, start=moments[2], end=moments[3]).get("GBPUSD", (0, 0))
    for day in range(1, 29):
        at = nanoseconds(f"2024-01-{day:02d}T12:00")
        assert (start_ns <= at < end_ns) == (entered <= day <= left and start <= day <= end)


def test_the_manifest_tells_memberships_and_the_health_of_the_universe(project):
    manifest = project.run("EURUSD", **MADE, universe=BOTH)
    (euro, pound) = manifest["feeds"]
    assert (euro["entered_at"], euro["left_at"]) == ("2023-01-01T00:00:00.000000000Z", None)
    assert (pound["entered_at"], pound["left_at"]) == (
        "2024-01-02T00:00:00.000000000Z",
        "2024-01-03T00:00:00.000000000Z",
    )
    assert pound["first_at"] >= pound["entered_at"]
    assert pound["last_at"] < pound["left_at"] < euro["last_at"]
    (told,) = project.health()["universes"]
    assert (told["n_symbols"], told["n_left"], told["n_fetched"], told["findings"]) == (2, 1, 2, [])


def test_a_universe_of_survivors_is_found(project):
    project.run("EURUSD", **MADE, universe={"EURUSD": ["2020-01-01"], "GBPUSD": ["2021-01-01"]})
    (told,) = project.health()["universes"]
    assert told["findings"] == ["nobody left it in 4.0 years, so it was chosen among survivors"]


def test_without_a_universe_nothing_is_said_of_one(project):
    manifest = project.run("EURUSD", **MADE)
    assert "entered_at" not in manifest["feeds"][0]
    assert "universes" not in project.health()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{A: []}", "data.universe"),
        ("{A: [2020-01-01, 2021-01-01, 2022-01-01]}", "data.universe"),
        ("{A: [all]}", "needs the dates of A, not all"),
        ("{A: [2020-01-01, 2020-01-01]}", "leave after they enter, not so A: 2020-01-01 to 2020-01-01"),
        ("{../A: [2020-01-01]}", "data.universe"),
    ],
)
def test_impossible_universes_are_refused(tmp_path, text, rule):
    path = tmp_path / "params.yaml"
    path.write_text(f"data: {{universe: {text}}}\n")
    with pytest.raises(ParamsError, match=rule):
        load("data", DataParams, path)
