"""The instruments that ship with Assay, in the form in which ``instrument.table`` adds to them.

One lot is one contract of a future, 100,000 units of a currency pair's base, one coin, or one share. The profit is in
the quote currency of a pair (yen for USDJPY). Hours are those of the exchange; ES has its hours of 2013, the year of
the sample. Fees and spreads are round numbers of small accounts: check them against your own.
"""

from __future__ import annotations

from typing import TypeAlias

Entry: TypeAlias = dict[str, str | float | bool]
"""Fields of an instrument by name."""


def _future(tick_size: float, multiplier: float, zone: str, start: str, end: str) -> Entry:
    """Return a future of CME Group, 2.25 dollars per contract and side."""
    return {
        "kind": "future",
        "tick_size": tick_size,
        "multiplier": multiplier,
        "fee_per_lot": 2.25,
        "zone": zone,
        "session_start": start,
        "session_end": end,
        "friday_end": end,
    }


def _pair(currency: str, spread_ticks: float) -> Entry:
    """Return a currency pair: a tick is a tenth of a pip, the commission 3.5 per 100,000 units and side."""
    return {
        "kind": "fx",
        "tick_size": 1e-3 if currency == "JPY" else 1e-5,
        "multiplier": 100_000.0,
        "currency": currency,
        "lot": 0.01,
        "fee_bps": 0.35,
        "spread_ticks": spread_ticks,
        "session_end": "21:55",
        "friday_end": "20:00",
    }


def _coin(tick_size: float, currency: str, lot: float = 0.001, fee_bps: float = 10.0) -> Entry:
    """Return a spot market of a coin: open all hours of all days, a taker's fee."""
    return {
        "kind": "crypto",
        "tick_size": tick_size,
        "currency": currency,
        "lot": lot,
        "fee_bps": fee_bps,
        "weekend_trading": True,
    }


def _share() -> Entry:
    """Return a share listed in New York, regular hours, half a cent per share and side."""
    return {
        "kind": "equity",
        "tick_size": 0.01,
        "fee_per_lot": 0.005,
        "zone": "America/New_York",
        "session_start": "09:30",
        "session_end": "16:00",
        "friday_end": "16:00",
    }


_CHICAGO, _NEW_YORK = "America/Chicago", "America/New_York"

TABLE: dict[str, Entry] = {
    "ES": _future(0.25, 50.0, _CHICAGO, "17:00", "16:15"),
    "NQ": _future(0.25, 20.0, _CHICAGO, "17:00", "16:00"),
    "RTY": _future(0.1, 50.0, _CHICAGO, "17:00", "16:00"),
    "YM": _future(1.0, 5.0, _CHICAGO, "17:00", "16:00"),
    "ZN": _future(0.015625, 1_000.0, _CHICAGO, "17:00", "16:00"),
    "ZB": _future(0.03125, 1_000.0, _CHICAGO, "17:00", "16:00"),
    "6E": _future(0.00005, 125_000.0, _CHICAGO, "17:00", "16:00"),
    "CL": _future(0.01, 1_000.0, _NEW_YORK, "18:00", "17:00"),
    "NG": _future(0.001, 10_000.0, _NEW_YORK, "18:00", "17:00"),
    "GC": _future(0.1, 100.0, _NEW_YORK, "18:00", "17:00"),
    "SI": _future(0.005, 5_000.0, _NEW_YORK, "18:00", "17:00"),
    "EURUSD": _pair("USD", 4.0),
    "GBPUSD": _pair("USD", 8.0),
    "USDJPY": _pair("JPY", 6.0),
    "GBPJPY": _pair("JPY", 20.0),
    "EURJPY": _pair("JPY", 10.0),
    "EURGBP": _pair("GBP", 8.0),
    "AUDUSD": _pair("USD", 8.0),
    "USDCAD": _pair("CAD", 10.0),
    "USDCHF": _pair("CHF", 10.0),
    "NZDUSD": _pair("USD", 10.0),
    "BTCUSDT": _coin(0.01, "USDT"),
    "ETHUSDT": _coin(0.01, "USDT"),
    "XRPUSDT": _coin(0.0001, "USDT", lot=1.0),
    "XRPETH": _coin(1e-8, "ETH", lot=1.0),
    "BTCUSD": _coin(0.01, "USD", fee_bps=40.0),
    "ETHUSD": _coin(0.01, "USD", fee_bps=40.0),
    "SPY": _share(),
    "AAPL": _share(),
    "AIG": _share(),
    "BAC": _share(),
    "IBM": _share(),
}
"""Every shipped instrument by its symbol."""
