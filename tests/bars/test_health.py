"""The bar report, on ticks counted by hand."""

import json

import numpy as np
import pytest
from pydantic import ValidationError

from assay.bars.builder import build
from assay.bars.health import health
from assay.bars.params import BarsParams


@pytest.fixture(scope="module")
def report(trades):
    params = BarsParams(types={"tick": 2, "volume": 6}, main="volume")
    days = np.array([3, 3, 3, -1, 4, 4, 4])
    ticks = trades(np.arange(7) * 10**9, [10.0, 11, 12, 99, 12, 10, 10], [1, 2, 3, 99, 4, 2, 1])
    bars = {kind: build(ticks, kind, size, days, "TEST") for kind, size in params.types.items()}
    return health(bars, params, days, 0.5)


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
    assert tick["warnings"] == ["one bar holds 33.3% of all ticks in sessions, more than bars.max_tick_share = 0.25"]


def test_the_report_can_be_written_as_json(report):
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_one_bar_has_no_move(trades):
    days = np.zeros(1, np.int64)
    bars = {"tick": build(trades([0], [1.0]), "tick", 1, days, "TEST")}
    report = health(bars, BarsParams(types={"tick": 1}, max_tick_share=1.0), days, 1.0)["types"]["tick"]
    assert report["move_std_ticks"] is None
    assert report["warnings"] == []


@pytest.mark.parametrize(
    "found",
    [
        {"types": {"tick": 0}},
        {"types": {"tick": 0.5}},
        {"types": {"tick": 1.5}},
        {"types": {"tick": 1, "time": 1e300}},
        {"types": {"range": 1}},
        {"main": "dollar"},
        {"types": {}},
        {"price": "bid"},
    ],
)
def test_what_is_no_bar_is_refused(found):
    with pytest.raises(ValidationError):
        BarsParams.model_validate(found)
