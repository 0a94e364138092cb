"""The rules of bars: each has a fault that fires it, and what is legal passes."""

import polars as pl
import pytest

from assay.errors import DataError
from assay.tables.bars import BARS

NAN = float("nan")
GOOD = pl.DataFrame(
    {
        "symbol": "X", "ordinal": [0, 1], "session": [19_000, 19_000], "opened_at": [0, 10], "closed_at": [5, 15],
        "open": 100.0, "high": 102.0, "low": 99.0, "close": 101.0,
        "volume": 10.0, "buy_volume": 6.0, "sell_volume": 4.0, "value": 1_000.0, "vwap": 100.0,
        "n_ticks": 3, "n_buys": 2, "n_sells": 1, "path": 4.0, "largest": 5.0,
        "spread_open": NAN, "spread_mean": NAN, "imbalance": NAN, "partial": False, "order_flow": NAN,
    }
)  # fmt: skip
FAULTS = [
    ({"ordinal": 3}, "ordinals count from 0"),
    ({"opened_at": 4}, "bars follow one another"),
    ({"closed_at": 9}, "a bar closes after it opens"),
    ({"open": 98.0}, "low <= open, close <= high"),
    ({"close": 103.0}, "low <= open, close <= high"),
    ({"session": 18_999}, "sessions never fall"),
    ({"n_ticks": 0, "n_buys": 0, "n_sells": 0}, "a bar has a tick"),
    ({"n_ticks": -1, "n_buys": 0, "n_sells": 0}, "a bar has a tick"),
    ({"n_buys": -1}, "no count is negative"),
    ({"n_sells": -1}, "no count is negative"),
    *(({name: -1.0}, "no sum is negative") for name in ("volume", "buy_volume", "sell_volume", "value", "vwap")),
    *(({name: -1e-300}, "no sum is negative") for name in ("path", "largest")),
    ({"buy_volume": 6.0 + 1e-6}, "signed volumes are volume"),
    ({"sell_volume": 10.0, "buy_volume": 1.0}, "signed volumes are volume"),
    ({"volume": 0.0}, "signed volumes are volume"),
    ({"n_buys": 3}, "signed ticks are ticks"),
    ({"high": 1e13}, "prices are from 1e-12 to 1e.12"),
    ({"low": 1e-13}, "prices are from 1e-12 to 1e.12"),
    ({"volume": float("inf")}, "volume is finite"),
    ({"order_flow": float("-inf")}, "order_flow is finite or NaN"),
]


def bars(**changed) -> pl.DataFrame:
    """Two good bars, the second with other values."""
    second = pl.int_range(pl.len()) == 1
    frame = GOOD.with_columns(
        pl.when(second).then(pl.lit(value)).otherwise(pl.col(name)).alias(name) for name, value in changed.items()
    )
    dates = frame.with_columns(pl.col("session").cast(pl.Int32))
    return dates.select(pl.col(name).cast(column.dtype) for name, column in BARS.columns.items())


@pytest.mark.parametrize(("changed", "rule"), FAULTS)
def test_a_fault_is_one_line_with_rule_row_and_remedy(changed, rule):
    with pytest.raises(DataError, match=rf"^here: bars: {rule}; found 1 of 2 rows, the first is row 1") as caught:
        BARS.check(bars(**changed), "here")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "legal",
    [
        {},
        {"buy_volume": 6.0 + 1e-9},
        {"buy_volume": 0.0, "sell_volume": 0.0},
        dict.fromkeys(("volume", "buy_volume", "sell_volume", "value", "largest", "path"), 0.0),
        {"n_ticks": 1, "n_buys": 0, "n_sells": 0},
        {"order_flow": -3.0, "imbalance": -1.0},
    ],
)
def test_what_is_legal_passes(legal):
    """Sums of sizes by side may be rounded otherwise, quotes have no volume where no size is given, flows a sign."""
    frame = bars(**legal)
    assert BARS.check(frame, "here") is frame


def test_every_rule_has_its_fault():
    told = {rule for _, rule in FAULTS}
    unplanted = {rule.name.replace("+", ".") for rule in BARS.rules} - told
    assert unplanted == {
        *(f"{name} is finite" for name in ("value", "buy_volume", "sell_volume", "largest", "vwap", "path")),
        *(f"{name} is finite or NaN" for name in ("spread_open", "spread_mean", "imbalance")),
    }
