"""The instrument table, and what parameters add to it."""

import pytest
from pydantic import ValidationError

from assay.errors import ParamsError
from assay.market.instruments import InstrumentParams, find
from assay.market.sessions import SessionParams, hours
from assay.market.table import TABLE


@pytest.mark.parametrize("symbol", TABLE)
def test_every_shipped_instrument_is_whole(symbol):
    instrument = find(InstrumentParams(symbol=symbol))
    assert instrument.symbol == symbol
    assert hours(SessionParams(), instrument).zone == instrument.zone


def test_es_contract_of_cme():
    es = find(InstrumentParams())
    assert (es.symbol, es.tick_size, es.multiplier, es.currency) == ("ES", 0.25, 50.0, "USD")
    assert es.tick_size * es.multiplier == 12.5  # CME: one tick of one contract, dollars


def test_pairs_count_in_tenths_of_a_pip_of_their_quote_currency():
    euro, yen = find(InstrumentParams(symbol="EURUSD")), find(InstrumentParams(symbol="USDJPY"))
    assert (euro.tick_size, euro.currency) == (1e-5, "USD")
    assert (yen.tick_size, yen.currency) == (1e-3, "JPY")
    assert 10 * euro.tick_size * euro.multiplier == pytest.approx(10.0)  # a pip of a standard lot, dollars


def test_an_entry_of_your_own_corrects_a_shipped_one():
    es = find(InstrumentParams(table={"ES": {"fee_per_lot": 1.0, "session_end": "16:00"}}))
    assert (es.fee_per_lot, es.session_end, es.tick_size) == (1.0, "16:00", 0.25)


def test_an_entry_of_your_own_is_a_new_market():
    entry = {"kind": "future", "tick_size": 0.5, "multiplier": 25.0, "zone": "Europe/Berlin"}
    dax = find(InstrumentParams(symbol="FDAX", table={"FDAX": entry}))
    assert (dax.symbol, dax.multiplier, dax.session_end) == ("FDAX", 25.0, "24:00")


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"symbol": "EURSUD"}, "EURUSD"),
        ({"symbol": "eurusd"}, "EURUSD"),
        ({"symbol": "NEW", "table": {"NEW": {"kind": "future"}}}, r"table\.NEW\.tick_size: field required"),
        ({"table": {"ES": {"tik_size": 1.0}}}, "did you mean tick_size"),
        ({"table": {"ES": {"tick_size": -1.0}}}, "greater than or equal"),
        ({"table": {"ES": {"tick_size": 1e-320}}}, "tick_size: .*greater than or equal"),
        ({"table": {"ES": {"multiplier": 1e300}}}, "multiplier: .*less than"),
        ({"table": {"ES": {"lot": 1e-320}}}, "lot: .*greater than"),
        ({"table": {"ES": {"fee_per_lot": 1e300}}}, "fee_per_lot: .*less than"),
        ({"table": {"ES": {"fee_bps": 1e300}}}, "fee_bps: .*less than"),
        ({"table": {"ES": {"spread_ticks": 1e300}}}, "spread_ticks: .*less than"),
        ({"table": {"ES": {"symbol": "NQ"}}}, r"instrument\.table\.ES\.symbol: .* is its key; found 'NQ'"),
        ({"table": {"ES": {"zone": "Mars/Olympus"}}}, "zone must be a time zone; found 'Mars/Olympus'"),
        ({"table": {"ES": {"zone": ""}}}, "zone must be a time zone"),
        ({"table": {"ES": {"zone": "+05:00"}}}, "zone must be a time zone"),
        ({"table": {"ES": {"session_start": "25:00"}}}, "session_start: .*found '25:00'"),
        ({"table": {"ES": {"session_end": "9:30"}}}, "session_end: .*found '9:30'"),
        ({"table": {"ES": {"friday_end": "24:01"}}}, "friday_end: .*found '24:01'"),
        ({"table": {"..": {"kind": "fx", "tick_size": 1.0}}}, r"match pattern '\^\[A-Za-z0-9\]"),
        ({"table": {"ES": {"kind": "futures"}}}, "found 'futures'"),
        ({"table": {"no/name": {"kind": "fx", "tick_size": 1.0}}}, "symbol"),
    ],
)
def test_what_is_no_instrument_is_one_line(params, message):
    with pytest.raises(ParamsError, match=message) as error:
        find(InstrumentParams.model_validate(params))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("symbol", [".", "..", "", "../ES", "a/b", "-x", "S" * 33, "ES\n"])
def test_a_symbol_is_the_name_of_a_file_in_its_folder(symbol):
    with pytest.raises(ValidationError, match="symbol"):
        InstrumentParams(symbol=symbol)


@pytest.mark.parametrize("symbol", ["6E", "BRK.B", "BTC-USD", "S1_a"])
def test_symbols_of_venues_are_allowed(symbol):
    assert InstrumentParams(symbol=symbol).symbol == symbol
