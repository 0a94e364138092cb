"""Costs, by hand."""

import numpy as np
import pytest
from pydantic import ValidationError

from assay.market.costs import CostParams, resolve, round_trip, spread_of
from assay.market.instruments import InstrumentParams, find

ES, EURUSD = find(InstrumentParams(symbol="ES")), find(InstrumentParams(symbol="EURUSD"))
UNKNOWN = np.array([np.nan])


def test_a_round_trip_in_es_by_hand():
    # one tick of spread is 12.50 dollars, two commissions of 2.25 are 4.50; a contract at 1,640 is worth 82,000
    found = round_trip(resolve(CostParams(), ES), ES, np.array([1640.0]), UNKNOWN)
    assert found == pytest.approx(17.0 / 82_000, rel=1e-14)


def test_slippage_is_paid_twice():
    calm, rough = (resolve(CostParams(slippage_ticks=ticks), ES) for ticks in (0.0, 1.5))
    price = np.array([1640.0])
    more = round_trip(rough, ES, price, UNKNOWN) - round_trip(calm, ES, price, UNKNOWN)
    assert more * 1640.0 == pytest.approx(2 * 1.5 * 0.25)


def test_a_round_trip_in_euro_by_hand():
    # 100,000 euro at 1.25: spread .00002 costs 2 dollars, .35 bp of 125,000 dollars is 4.375 dollars a side
    found = round_trip(resolve(CostParams(), EURUSD), EURUSD, np.array([1.25]), np.array([0.00002]))
    assert found * 125_000 == pytest.approx(2.0 + 2 * 4.375)


def test_parameters_go_before_the_instrument():
    costs = resolve(CostParams(spread_ticks=2.0, fee_per_lot=0.0, fee_bps=1.0), ES)
    found = round_trip(costs, ES, np.array([1000.0]), np.array([0.25]))
    assert found == pytest.approx(0.5 / 1000.0 + 2e-4)


@pytest.mark.parametrize(("ticks", "expected"), [("auto", [0.7, 0.25, 0.25]), (3.0, [0.75, 0.75, 0.75])])
def test_the_spread_of_the_data_unless_one_is_given(ticks, expected):
    found = spread_of(resolve(CostParams(spread_ticks=ticks), ES), np.array([0.7, np.nan, np.inf]))
    assert found.tolist() == expected


@pytest.mark.parametrize("name", CostParams.model_fields)
@pytest.mark.parametrize(
    ("value", "rule"), [(-0.1, "greater than or equal to 0"), (1e308, "less than or equal to 1000000")]
)
def test_no_cost_is_negative_or_beyond_reason(name, value, rule):
    with pytest.raises(ValidationError, match=rule):
        CostParams.model_validate({name: value})
