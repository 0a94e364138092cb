"""Rows: what is not given is not there."""

import numpy as np
import polars as pl
import pytest

from assay.errors import DataError
from assay.learn.rows import FOREVER, Rows, before_holdout, schema_hash


def test_left_out_bars_are_absent_and_segments_follow_the_gaps(small):
    rows = small.rows().only(np.array([0, 1, 700]), [(100, 199), (500, 600)])
    assert rows.features["ordinal"].to_list() == [*range(100), *range(200, 500), *range(601, 900)]
    assert rows.segments() == [(0, 100), (100, 400), (400, 699)]
    assert rows.events["ordinal"].to_list() == [0, 1, 700]


def test_an_events_row_is_its_bars_row_across_gaps(small):
    rows = small.rows().only(np.array([3, 450, 700]), [(100, 199)])
    more = rows.features.select(pl.col("ordinal").cast(pl.Float32).alias("more"))
    x = rows.matrix(more)
    whole = small.features.drop("symbol", "ordinal", "closed_at").to_numpy()
    assert x.dtype == np.float32
    assert np.array_equal(x[:, :-1], whole[[3, 450, 700]])
    assert x[:, -1].tolist() == [3, 450, 700]


@pytest.mark.parametrize("gap", [(400, 500), (890, FOREVER)])
def test_an_event_without_its_bar_is_refused(small, gap):
    rows = small.rows().only(np.array([3, 450, 897]), [gap])
    with pytest.raises(DataError, match="events: lie at bars that have features"):
        rows.matrix(rows.features.select())


def test_until_ends_with_the_last_decision(small):
    rows = small.rows().until(np.array([5, 80]))
    assert rows.features["ordinal"].to_list() == list(range(81))
    assert rows.events["ordinal"].to_list() == [5, 80]


def test_before_the_holdout_counts_what_it_leaves_out_by_rule(small):
    holes = pl.when(pl.col("ordinal").is_in([0, 4, 899])).then(float("nan")).otherwise(pl.col("x")).cast(pl.Float32)
    infinite = pl.when(pl.col("ordinal") == 7).then(float("inf")).otherwise(pl.col("rv_24")).cast(pl.Float32)
    rows, counts = before_holdout(small.features.with_columns(x=holes, rv_24=infinite), small.labels, "s1", 0.1)
    assert rows.features["ordinal"].max() == 809
    assert rows.events["end_ordinal"].max() == 809
    assert set(range(10)) - set(rows.events["ordinal"].to_list()) == {0, 4, 7}
    assert counts == {"holdout": 90, "features_not_finite": 3}
    assert rows.events.height + 93 == small.labels.height


def test_an_event_that_could_have_reached_into_the_holdout_is_left_out_however_soon_it_was_over(small):
    """Else the events before the border would be those of trades that end soon: chosen by how they ended."""
    soon = pl.when(pl.col("ordinal") % 2 == 0).then(pl.col("latest_ordinal") + 20).otherwise("latest_ordinal")
    rows, counts = before_holdout(small.features, small.labels.with_columns(latest_ordinal=soon), "s1", 0.1)
    assert rows.events["ordinal"].to_list() == [*range(788), *range(789, 809, 2)]
    assert counts["holdout"] == 100


def test_regimes_of_a_table_follow_the_bars(small):
    table = small.features.select("symbol", "ordinal", "closed_at", pl.col("x").alias("macro_0"))
    rows = small.rows().only(np.array([0]), [(10, 20)])
    assert rows.of_bars(table).equals(rows.features.select(pl.col("x").alias("macro_0")))


def test_no_bars_make_one_empty_segment(small):
    nothing = Rows(small.features[:0], small.labels[:0], "s1")
    assert nothing.segments() == [(0, 0)]
    assert nothing.matrix(nothing.features.select()).shape[0] == 0


def test_no_event_left_is_one_line_with_the_counts_and_the_emptiest_feature(small):
    empty = small.features.with_columns(decoy_2=pl.lit(float("nan"), pl.Float32))
    with pytest.raises(DataError, match=r"holdout 90, features_not_finite 808; .*exclude decoy_2,"):
        before_holdout(empty, small.labels, "s1", 0.1)


@pytest.mark.parametrize("content", [None, [], {}, {"hash": 7}, {"features": []}])
def test_a_schema_of_another_shape_is_one_line(content):
    with pytest.raises(DataError, match=r"data/features/schema\.json.*dvc repro"):
        schema_hash(content)
