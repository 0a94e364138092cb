"""What the backtest earns on an event is what its label said, bit for bit."""

import numpy as np
import polars as pl
import pytest

from assay.backtest.book import Orders
from assay.backtest.params import BacktestParams
from assay.backtest.run import run
from assay.labels.build import build
from assay.labels.params import LabelParams, TripleBarrierParams
from assay.market.costs import CostParams, resolve
from assay.market.sessions import Hours
from assay.tables.book import EQUITY, ROUND_TRIPS


@pytest.mark.parametrize("touch", ["close", "high_low"])
def test_trades_have_the_end_reason_and_return_of_their_labels(draw_market, as_bars, as_predictions, future, touch):
    barriers = TripleBarrierParams(touch=touch, min_horizon_bars=1, max_horizon_bars=12)
    bars = as_bars(draw_market(5, 600))
    labels, _ = build(bars, LabelParams(triple_barrier=barriers), future)
    predictions = predicted(labels, bars, as_predictions)
    result = run(bars, predictions, BacktestParams(), resolve(CostParams(), future), future, barriers)
    both = ROUND_TRIPS.check(result.trades, "t").join(labels, left_on="decided", right_on="ordinal", how="left")
    assert EQUITY.check(result.equity, "e").height == 1200
    assert both.filter(pl.col("book") == "signals").height > 30
    for side, name in ((1, "long"), (-1, "short")):
        rows = both.filter(pl.col("side") == side)
        assert rows["exited"].to_list() == rows[f"{name}_end"].to_list()
        assert rows["reason"].to_list() == rows[f"{name}_exit"].to_list()
        assert rows["gross_return"].to_list() == rows[f"{name}_return"].to_list()


@pytest.mark.parametrize("touch", ["close", "high_low"])
@pytest.mark.parametrize("shortest", [1, 5])
def test_trades_leave_before_the_session_ends_at_the_bars_of_their_labels(
    draw_market, as_bars, as_predictions, future, touch, shortest
):
    """Twenty bars a session, one an hour; the last at which a trade may be kept closes at 15:00."""
    barriers = TripleBarrierParams(
        touch=touch, min_horizon_bars=shortest, max_horizon_bars=12, session_exit_minutes=240.0
    )
    bars, session = as_bars(draw_market(5, 600)), Hours("UTC", 0, 72_000, 72_000, weekend_trading=True)
    coin = future.model_copy(update={"kind": "crypto"})
    labels, _ = build(bars, LabelParams(triple_barrier=barriers), coin, session=session)
    assert (labels["ordinal"] % 20 < 16).all()
    assert (labels["end_ordinal"] // 20 == labels["ordinal"] // 20).all()
    predictions = predicted(labels, bars, as_predictions)
    trades = run(bars, predictions, BacktestParams(), resolve(CostParams(), coin), coin, barriers, session).trades
    both = trades.filter(pl.col("book") == "signals").join(labels, left_on="decided", right_on="ordinal")
    assert both.height == trades.filter(pl.col("book") == "signals").height > 30
    for side, name in ((1, "long"), (-1, "short")):
        rows = both.filter(pl.col("side") == side)
        assert rows["exited"].to_list() == rows[f"{name}_end"].to_list()
        assert rows["reason"].to_list() == rows[f"{name}_exit"].to_list()
        assert rows["gross_return"].to_list() == rows[f"{name}_return"].to_list()


def predicted(labels, bars, as_predictions):
    side = np.where(np.arange(labels.height) % 2, 1, -1).astype(np.int8)
    orders = Orders(labels["ordinal"].to_numpy(), side, labels["tp"].to_numpy(), labels["sl"].to_numpy())
    return as_predictions(orders, bars)
