"""What was fetched beside the prices reaches the features, from files to columns: as it was known, of one feed."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from ruamel.yaml import YAML

from assay import store
from assay.cli import main
from assay.errors import DataError
from assay.features.beside import age_hours, in_order
from assay.tables.context import FUNDING
from assay.tables.features import FEATURES
from assay.tables.table import TIME
from stages import bars, features, fetch

MINUTE_S, HOUR_S = 60, 3600
START_S = 1_704_067_200
N_TRADES = 720
FUNDING_LAG_S, INTEREST_LAG_S = 330, 420
PAID_S = START_S + HOUR_S * np.arange(12)
RATE = 1e-4 * np.array([1, -2, 3, 5, -8, 13, 2, 1, -1, 4, 6, 7])
COUNTED_S = START_S + 5 * MINUTE_S * np.arange(144)
OPEN = 1000.0 + np.arange(144) ** 2 % 97


def feed(root, name, **columns):
    """Write a CSV file and return the feed that reads it."""
    folder = root / "files" / name
    folder.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(columns).write_csv(folder / "all.csv")
    return {"source": "files", "path": str(folder), "time_unit": "s"}


def prices(root):
    walk = 400 + np.cumsum(np.random.default_rng(3).integers(-1, 2, N_TRADES))
    times = START_S + MINUTE_S * np.arange(N_TRADES)
    return feed(root, "prices", time=times, price=0.5 * walk, size=np.ones(N_TRADES)) | {"kind": "trades"}


def funding(root, name="funding", rate=RATE, **more):
    made = feed(root, name, time=PAID_S, rate=rate)
    return made | {"kind": "funding", "publish_lag_seconds": FUNDING_LAG_S} | more


def interest(root):
    made = feed(root, "interest", time=COUNTED_S, open_interest=OPEN)
    return made | {"kind": "open_interest", "publish_lag_seconds": INTEREST_LAG_S}


@pytest.fixture
def pipeline(tmp_path, monkeypatch):
    """Return a function that fetches prices and other feeds, makes bars of five trades, and their features."""
    monkeypatch.chdir(tmp_path)

    def run(*more):
        blocks = {
            "instrument": {"symbol": "WALK", "table": {"WALK": {"kind": "crypto", "tick_size": 0.5}}},
            "data": prices(tmp_path) | {"more": [*more]},
            "session": {"weekend_trading": True},
            "bars": {"types": {"tick": 5}, "main": "tick", "roll": {"contracts": {}}},
            "features": {"derivatives": {"enabled": True}},
            "transport": {},
        }
        YAML().dump(blocks, tmp_path / "params.yaml")
        fetch.main()
        bars.main()
        return built()

    return run


def built():
    """Run the stage of features and return its table."""
    features.main()
    return store.read_table("data/features/WALK.parquet", FEATURES)


def latest(table, at_s, times, values, lag_s):
    """Return by hand the value of the last row published before an instant; NaN before the first."""
    found = [value for time, value in zip(times, values, strict=True) if time + lag_s < at_s]
    return found[-1] if found else math.nan


def closes_s(table):
    return (table["closed_at"].to_physical() // 10**9).to_list()


def test_funding_and_open_interest_of_files_are_columns_from_when_they_were_published(pipeline, tmp_path):
    table = pipeline(funding(tmp_path), interest(tmp_path))
    at_s = closes_s(table)
    assert len(at_s) == N_TRADES // 5
    rates = [latest(table, at, PAID_S, RATE, FUNDING_LAG_S) for at in at_s]
    assert table["funding_rate"].to_list() == pytest.approx(rates, rel=1e-6, nan_ok=True)
    opened = [latest(table, at, COUNTED_S, OPEN, INTEREST_LAG_S) for at in at_s]
    assert table["open_interest"].to_list() == pytest.approx(opened, rel=1e-6, nan_ok=True)
    before = [latest(table, at - HOUR_S, COUNTED_S, OPEN, INTEREST_LAG_S) for at in at_s]
    change = [math.log(now / then) for now, then in zip(opened, before, strict=True)]
    assert table["open_interest_change_1h"].to_list() == pytest.approx(change, rel=1e-5, abs=1e-7, nan_ok=True)
    assert math.isnan(rates[0])
    assert sum(map(math.isnan, change)) == 13
    assert {name for name in table.columns if name.startswith(("liquid", "basis", "long_short"))} == set()


def test_of_several_feeds_that_with_the_label_of_the_prices_is_taken(pipeline, tmp_path):
    other = funding(tmp_path, "other", -RATE, label="another")
    table = pipeline(funding(tmp_path), other)
    assert table["funding_rate"][-1] == pytest.approx(RATE[-1], rel=1e-6)
    assert pipeline(other)["funding_rate"][-1] == pytest.approx(-RATE[-1], rel=1e-6)


def test_two_feeds_of_other_labels_are_refused_with_both_ways_out(pipeline, tmp_path):
    two = [funding(tmp_path, name, label=name) for name in ("left", "right")]
    with pytest.raises(
        DataError,
        match=r"features: need the funding of WALK from files or one other source; found left, right; leave one of "
        r"them in data\.more, or set the label of the one that is meant to files$",
    ):
        pipeline(*two)
    assert not (tmp_path / "data/features").exists()


def test_the_group_without_anything_to_make_it_of_is_one_clear_line(pipeline, tmp_path):
    with pytest.raises(
        DataError,
        match=r"features\.derivatives: needs one of funding, liquidations, mark_price, open_interest of the market; "
        r"found none; add a feed of one to data\.more and fetch, or set features\.derivatives\.enabled to false$",
    ):
        pipeline()
    assert not (tmp_path / "data/features").exists()


def test_what_becomes_known_later_changes_no_earlier_row(pipeline, tmp_path):
    """Rates not known by row 80, and one from long before that is told only then, are replaced by absurd ones."""
    before = pipeline(funding(tmp_path), interest(tmp_path))
    path = tmp_path / "data/context/funding/files/WALK/2024-01.parquet"
    rows, at_ns = store.read_table(path, FUNDING), before["closed_at"].to_physical()[80]
    known_ns = rows["known_at"].to_physical().to_numpy().copy()
    late = (known_ns >= at_ns) | (np.arange(rows.height) == 3)
    known_ns[3] = at_ns + 1
    absurd = pl.Series("rate", np.where(late, 1.0, rows["rate"]))
    store.write_table(path, rows.with_columns(pl.Series("known_at", known_ns).cast(TIME), absurd), FUNDING)
    after = built()
    third = (before["closed_at"] > rows["known_at"][3]) & (before["closed_at"] <= rows["known_at"][4])
    names = [name for name in before.columns if name.startswith("funding")]
    for name in (name for name in before.columns if name not in names):
        assert after[name].equals(before[name], null_equal=True), name
    known = pl.Series(np.arange(before.height) <= 80) & ~third
    assert after.filter(known)["funding_rate"].equals(before.filter(known)["funding_rate"], null_equal=True)
    assert after.filter(third)["funding_rate"].unique().to_list() == pytest.approx([RATE[2]], rel=1e-6)
    assert third.sum() == 12
    assert after["funding_rate"][-1] == 1.0


def test_a_table_whose_rows_came_late_is_refused_unless_they_are_left_out(world):
    """Row 7 was known before row 6: a value of it that counts row 6 would be known too early."""
    funding = world.context["funding"]
    known_ns = funding["known_at"].to_physical().to_numpy().copy()
    known_ns[6] = known_ns[7] + 1
    late = funding.with_columns(pl.Series("known_at", known_ns).cast(TIME))
    with pytest.raises(DataError, match=r"known_at: must not fall from row to row; found a fall in row 7; leave out"):
        world.known(late, np.arange(late.height, dtype=float))
    kept = in_order(world.but(context={"funding": late}), "funding")
    assert kept["time"].to_list() == [time for row, time in enumerate(late["time"]) if row != 6]
    told = world.known(kept, kept["rate"].to_numpy())
    assert told[-1] == late["rate"][-1]


def test_what_is_never_known_is_known_to_no_bar(world):
    """The last instant there is says never; a nanosecond later would be before everything."""
    funding = world.context["funding"]
    never = pl.Series(np.full(funding.height, np.iinfo(np.int64).max)).cast(funding["known_at"].dtype)
    rows = pl.int_range(pl.len()) < funding.height - 5
    told = funding.with_columns(known_at=pl.when(rows).then("known_at").otherwise(never))
    one, other = (world.but(context={"funding": table}) for table in (told, funding[:-5]))
    assert in_order(one, "funding").height == funding.height
    np.testing.assert_array_equal(age_hours(one, "funding"), age_hours(other, "funding"))


def test_the_check_of_features_reads_the_same_tables(pipeline, tmp_path, capsys):
    pipeline(funding(tmp_path), interest(tmp_path))
    path = tmp_path / "params.yaml"
    blocks = YAML(typ="safe").load(path)
    blocks["features"]["only"] = ["log_return_1", "funding_rate", "open_interest", "basis_close"]
    YAML().dump(blocks, path)
    assert main(["features", "check"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line for line in told if not line.startswith("  ")][1:] == [
        "data/bars/tick/WALK.parquet: 3 of 4 features on 144 bars",
        "held to no law: basis_close",
    ]
    assert told[-2] == "  left out for want of mark_price: basis_close"
