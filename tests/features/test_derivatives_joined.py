"""Every entry of derivatives against pandas: rows in order, joined backward to the closes, at the default windows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assay.features.catalogue import catalogue

from .conftest import EVERY

ENTRIES = {entry.name: entry for entry in catalogue(EVERY) if entry.group == "derivatives"}
HOUR_NS = 3_600_000_000_000


@pytest.fixture(scope="module")
def tables(world):
    """Each table as pandas has it, its times in ns."""
    frames = {}
    for kind, table in world.context.items():
        columns = {name: table[name].to_physical().to_numpy() for name in table.columns if kind != "book"}
        frames[kind] = pd.DataFrame(columns)
    return frames


@pytest.fixture(scope="module")
def told(world, tables):
    """What was known of a table's values at each close, or hours before it; NaN where older than some hours."""

    def of(kind, values, oldest_hours=2, ago_hours=0):
        table = tables[kind]
        rows = pd.DataFrame({"at": table["known_at"], "time": table["time"], "value": np.asarray(values, float)})
        at = world.closed_ns - ago_hours * HOUR_NS
        joined = pd.merge_asof(pd.DataFrame({"at": at}), rows, on="at", allow_exact_matches=False)
        return joined["value"].where(at - joined["time"] <= oldest_hours * HOUR_NS)

    return of


@pytest.fixture(scope="module")
def liquidated(world, tables):
    """The value that became known in the hours before each close, by sides."""

    def of(hours, *sides):
        table = tables["liquidations"]
        value = np.append(0.0, (table["value"] * table["side"].isin(sides)).cumsum())
        begin, end = (
            np.searchsorted(table["known_at"], world.closed_ns - ago * HOUR_NS, side="left") for ago in (hours, 0)
        )
        return pd.Series(value[end] - value[begin])

    return of


def zscore(s, n):
    return (s - s.rolling(n).mean()) / s.rolling(n).std()


def test_funding_and_basis(told, tables, world):
    rate, mark = tables["funding"]["rate"], tables["mark_price"]
    index = told("mark_price", 1e4 * (mark["mark"] / mark["index"] - 1))
    close = 1e4 * (world["close"] / told("mark_price", mark["mark"]) - 1)
    check = {
        "funding_rate": told("funding", rate, 24),
        "funding_zscore_90": told("funding", zscore(rate, 90), 24),
        "funding_predicted": told("mark_price", mark["rate"]),
        "basis_index": index,
        "basis_index_zscore_120": zscore(index, 120),
        "basis_close": close,
        "basis_close_zscore_120": zscore(close, 120),
    }
    assert_equal(check, world)


def test_open_interest(told, tables, world):
    table = tables["open_interest"]
    opened, logs = table["open_interest"], np.log(table["open_interest"])
    ratios = ("long_short_accounts", "long_short_top_accounts", "long_short_top_positions", "taker_buy_sell")
    check = {
        "open_interest": told("open_interest", opened),
        **{
            f"open_interest_change_{n}h": told("open_interest", logs) - told("open_interest", logs, 2, n)
            for n in (1, 24)
        },
        "open_interest_zscore_288": told("open_interest", zscore(opened, 288)),
        **{name: told("open_interest", np.log(table[name])) for name in ratios},
    }
    assert_equal(check, world)


@pytest.mark.parametrize("hours", [1, 24])
def test_liquidations(hours, liquidated, told, tables, world):
    longs, shorts, both = (liquidated(hours, *sides) for sides in ((-1,), (1,), (-1, 0, 1)))
    opened = told("open_interest", tables["open_interest"]["value"])
    check = {
        f"liquidated_longs_{hours}h": longs / 1e6,
        f"liquidated_shorts_{hours}h": shorts / 1e6,
        f"liquidation_imbalance_{hours}h": (shorts - longs) / both,
        f"liquidation_share_{hours}h": both / opened,
    }
    assert_equal(check, world)


@pytest.mark.parametrize("name", ["funding_age", "open_interest_age", "mark_age", "liquidation_age"])
def test_ages(name, tables, world):
    kinds = {"mark_age": "mark_price", "liquidation_age": "liquidations"}
    table = tables[kinds.get(name, name.removesuffix("_age"))]
    last = table["time"].to_numpy()[np.searchsorted(table["known_at"], world.closed_ns, side="left") - 1]
    assert ENTRIES[name].function(world) == pytest.approx((world.closed_ns - last) / HOUR_NS, rel=1e-12)


def assert_equal(expected, world):
    for name, values in expected.items():
        found = ENTRIES[name].function(world)[-1000:]
        assert np.isfinite(found).all(), name
        np.testing.assert_allclose(found, values[-1000:], rtol=1e-6, atol=1e-9, err_msg=name)
