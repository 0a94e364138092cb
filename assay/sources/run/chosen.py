"""Which of the feeds that were fetched bars are made of: the manifest says it, whatever they are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assay.errors import DataError
from assay.tables import document
from assay.tables.kinds import PRICES

MANIFEST = Path("data/manifest.json")
_SHAPE: document.Shape = {"feeds": [dict.fromkeys(("source", "symbol", "kind"), str)]}
_AGAIN = "run the stage fetch: dvc repro fetch"


def label_of_prices(manifest: Any, symbols: Sequence[str]) -> str:
    """Return the label of the prices that bars are made of: those of the feed of ``data``, or of what stood in for it.

    Parameters
    ----------
    manifest
        Content of ``data/manifest.json``.
    symbols
        What the market is made of: itself, or its contracts.

    Raises
    ------
    DataError
        If the feed has no prices of a symbol, or several; or if those of some contracts come from one place and those
        of others from another, such as a fallback: prices of two venues make no continuous market.
    """
    mine = _of_prices(manifest)
    labels = {symbol: [one["source"] for one in mine if one["symbol"] == symbol] for symbol in symbols}
    _refuse_missing(labels, sorted({one["symbol"] for one in mine}))
    _refuse_several(labels)
    return _one({symbol: label for symbol, (label,) in labels.items()})


def markets_beside(manifest: Any, symbols: Sequence[str]) -> list[str]:
    """Return the other symbols that have prices of the feed of ``data``, or of what stood in for it.

    Parameters
    ----------
    manifest
        Content of ``data/manifest.json``.
    symbols
        What the main market is made of.
    """
    found = dict.fromkeys(one["symbol"] for one in _of_prices(manifest))
    return [symbol for symbol in found if symbol not in symbols]


def _of_prices(manifest: Any) -> list[Any]:
    """Return what the manifest says of the prices that bars can be made of."""
    feeds = document.check(manifest, _SHAPE, MANIFEST)["feeds"]
    return [one for one in feeds if one["kind"] in PRICES and "entry" not in one]


def _refuse_missing(labels: Mapping[str, Sequence[str]], others: Sequence[str]) -> None:
    missing = ", ".join(symbol for symbol, found in labels.items() if not found)
    if missing:
        rule, found = f"must have prices of {missing} from the feed of data", f"those of {', '.join(others)}"
        remedy = f"list {missing} in data.symbols and fetch, or set instrument.symbol to what was fetched"
        raise DataError(MANIFEST, rule, found if others else "none", remedy if others else _AGAIN)


def _refuse_several(labels: Mapping[str, Sequence[str]]) -> None:
    for symbol, found in labels.items():
        if len(found) > 1:
            told = f"{symbol} from {' and '.join(found)}"
            raise DataError(MANIFEST, "bars are made of one feed, that of data", told, _AGAIN)


def _one(labels: Mapping[str, str]) -> str:
    first, *others = dict.fromkeys(labels.values())
    if others:
        found = ", ".join(f"{symbol} from {label}" for symbol, label in labels.items())
        remedy = "fetch all of them from one, or take the others out of bars.roll.contracts"
        raise DataError("data.fallback", "contracts of one market come from one source", found, remedy)
    return first
