"""Nothing changes when the future is cut off or replaced: bars, features, labels, regimes on the real sample."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from assay.bars.build import build as build_bars
from assay.features.build import build as build_features
from assay.features.params import FeatureParams
from assay.labels.build import build as build_labels
from assay.labels.params import LabelParams
from assay.market.instruments import InstrumentParams, find
from assay.market.sessions import SessionParams, days, hours
from assay.regimes.market import fit_regimes
from assay.regimes.params import HmmParams
from tests.pipeline.conftest import ROOT

pytestmark = pytest.mark.slow

INSTRUMENT = find(InstrumentParams())
HOURS = hours(SessionParams(), INSTRUMENT)
N_TICKS_PER_BAR = 100


def bars_of(ticks: pl.DataFrame) -> pl.DataFrame:
    day = days(ticks["time"].to_physical().to_numpy(), HOURS)
    return build_bars(ticks, "tick", N_TICKS_PER_BAR, day, "ES")


def features_of(bars: pl.DataFrame) -> pl.DataFrame:
    return build_features(bars, FeatureParams(), INSTRUMENT, HOURS)


def labels_of(bars: pl.DataFrame) -> pl.DataFrame:
    return build_labels(bars, LabelParams(), INSTRUMENT)[0]


@pytest.fixture(scope="module")
def ticks() -> pl.DataFrame:
    raw = pl.read_parquet(ROOT / "data" / "sample" / "ES_2013-09-01_2013-09-03.parquet")
    time = (
        pl.col("date_time").dt.replace_time_zone("America/Chicago").dt.convert_time_zone("UTC").dt.cast_time_unit("ns")
    )
    return raw.select(time=time, price=pl.col("price"), size=pl.col("volume").cast(pl.Float64), side=pl.lit(0, pl.Int8))


@pytest.fixture(scope="module")
def whole(ticks: pl.DataFrame) -> dict[str, pl.DataFrame]:
    bars = bars_of(ticks)
    features = features_of(bars)
    models = fit_regimes(features, [(0, 4500)], HmmParams())
    return {
        "bars": bars,
        "features": features,
        "labels": labels_of(bars),
        "models": models,
        "regimes": models.columns(features),
    }


CUTS = sorted(np.random.default_rng(20130901).integers(30_000, 499_000, 10).tolist())


def same_bytes(left: pl.DataFrame, right: pl.DataFrame) -> bool:
    """Compare frames bit for bit, NaN included."""
    return left.schema == right.schema and all(
        a.to_arrow().equals(b.to_arrow()) or _bits(a) == _bits(b) for a, b in zip(left, right, strict=True)
    )


def _bits(column: pl.Series) -> bytes:
    return column.to_numpy().tobytes()


@pytest.mark.parametrize("cut", CUTS)
def test_data_up_to_a_tick_give_the_same_rows_as_all_data(cut, ticks, whole):
    bars = bars_of(ticks[:cut])
    n = bars.height
    assert same_bytes(bars, whole["bars"][:n])
    features = features_of(bars)
    assert same_bytes(features, whole["features"][:n])
    assert same_bytes(whole["models"].columns(features), whole["regimes"][:n])
    last_fill = pl.col("ordinal") + LabelParams().triple_barrier.max_horizon_bars + 1
    assert same_bytes(labels_of(bars), whole["labels"].filter(last_fill < n))


@pytest.mark.parametrize("cut", CUTS[::3])
def test_another_future_changes_nothing_that_was_known(cut, ticks, whole):
    rng = np.random.default_rng(cut)
    later = ticks[cut:]
    moved = later.with_columns(
        price=pl.Series(np.round(later["price"].to_numpy() * 4 + rng.integers(-40, 41, later.height)) / 4),
        size=pl.Series(rng.integers(1, 500, later.height).astype(float)),
    )
    n = bars_of(ticks[:cut]).height
    bars = bars_of(pl.concat([ticks[:cut], moved]))
    features = features_of(bars)
    assert same_bytes(bars[:n], whole["bars"][:n])
    assert same_bytes(features[:n], whole["features"][:n])
    assert same_bytes(whole["models"].columns(features)[:n], whole["regimes"][:n])
    known = pl.col("end_ordinal") < n
    assert same_bytes(labels_of(bars).filter(known), whole["labels"].filter(known))


def test_a_planted_peek_is_caught(ticks, whole):
    """A feature that knows the next bar differs at the cut: the comparison can fail."""
    cut = CUTS[4]
    n = bars_of(ticks[:cut]).height
    peek = pl.col("close").shift(-1)
    assert not same_bytes(whole["bars"][:n].select(peek), whole["bars"].select(peek)[:n])
