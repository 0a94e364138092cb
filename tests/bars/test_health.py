"""The bar report, on ticks counted by hand."""

import json

import numpy as np
import pytest
from pydantic import ValidationError

from assay.bars.build import build
from assay.bars.health import health
from assay.bars.params import BarsParams
from assay.bars.tally import tally


@pytest.fixture(scope="module")
def report(trades):
    params = BarsParams(types={"tick": 2, "volume": 6}, main="volume")
    days = np.array([3, 3, 3, -1, 4, 4, 4])
    ticks = trades(np.arange(7) * 10**9, [10.0, 11, 12, 99, 12, 10, 10], [1, 2, 3, 99, 4, 2, 1])
    bars = {kind: build(ticks, kind, size, days, "TEST") for kind, size in params.types.items()}
    return health(bars, params, tally(ticks, days), 0.5)


def test_every_tick_is_accounted_for(report):
    assert (report["n_ticks"], report["n_ticks_in_session"], report["n_ticks_outside_session"]) == (7, 6, 1)
    for kind in ("tick", "volume"):
        assert report["types"][kind]["n_ticks_unfinished"] == 1


def test_counts_of_tick_bars_by_hand(report):
    tick = report["types"]["tick"]  # bars 10 11 | 12 (cut) | 12 10; the last tick is left open
    assert (tick["n_bars"], tick["n_partial"], tick["n_sessions"]) == (3, 1, 2)
    assert tick["ticks_per_bar"] == {"min": 1, "q25": 1.5, "median": 2, "q75": 2, "max": 2}
    assert tick["bars_per_session"]["max"] == 2
    assert tick["duration_seconds"]["median"] == 1
    assert tick["move_std_ticks"] == pytest.approx(np.std([2, -4], ddof=1))
    assert tick["n_ticks_without_side"] == 1
    assert tick["warnings"] == [
        "one bar holds a share of 0.333333 of all ticks in sessions, more than bars.max_tick_share = 0.25"
    ]


def test_the_report_can_be_written_as_json(report):
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_one_bar_has_no_move(trades):
    days = np.zeros(1, np.int64)
    ticks = trades([0], [1.0])
    bars = {"tick": build(ticks, "tick", 1, days, "TEST")}
    report = health(bars, BarsParams(types={"tick": 1}, max_tick_share=1.0), tally(ticks, days), 1.0)["types"]["tick"]
    assert report["move_std_ticks"] is None
    assert report["warnings"] == []


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ({"types": {"tick": 0}}, r"types\.tick\s+Input should be greater than 0"),
        ({"types": {"tick": 0.5}}, r"tick must be a whole number in types, not 0\.5"),
        ({"types": {"tick": 1.5}}, r"tick must be a whole number in types, not 1\.5"),
        ({"types": {"tick": 1, "time": 1e300}}, r"types\.time\s+Input should be less than or equal to 10+ "),
        ({"types": {"range": 1}}, r"types\.range\.\[key\]\s+Input should be 'time', 'tick'"),
        ({"main": "dollar"}, r"main must be one of types \(tick, time\), not dollar"),
        ({"types": {}}, r"types\s+Dictionary should have at least 1 item"),
        ({"price": "bid"}, r"price\s+Extra inputs are not permitted"),
    ],
)
def test_what_is_no_bar_is_refused(found, why):
    with pytest.raises(ValidationError, match=why):
        BarsParams.model_validate(found)
