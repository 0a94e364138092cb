"""Golden values: some of the last values of every entry on one made market, kept with the version they belong to.

They are our own output: a tripwire for values that change while ``VERSION`` does not, and no proof that any is right;
that is what the other tests are for. ``python -m tests.features.golden`` writes them anew, and refuses to where values
changed and the version is the old one.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from assay.features.catalogue import VERSION, catalogue
from assay.features.feature import Feature
from assay.features.inputs import Inputs
from assay.features.laws import values

from .conftest import EVERY, made_world

FILE = Path(__file__).with_name("golden.json")
ENTRIES = catalogue(EVERY)
ROWS = [-1 - 97 * k for k in range(8)]
"""Rows that are kept: far apart, for most patterns and calendar days hold for a row and are nothing in the next."""
NEAR = 1e-6
"""Of the largest kept value: how far those through TA-Lib, or of a fading memory, may be off; all others not a bit."""
RAISE = "raise VERSION in assay/features/catalogue.py, then run python -m tests.features.golden"


def market() -> Inputs:
    """Return the made market with numbers of nine digits, which are the same on any processor."""
    world = made_world()
    beside = {kind: _rounded(table) for kind, table in world.context.items()}
    others = {name: other.but(bars=_rounded(other.bars)) for name, other in world.markets.items()}
    return world.but(bars=_rounded(world.bars), context=beside, markets=others)


def _rounded(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.col(pl.Float64).round_sig_figs(9))


def digest(x: Inputs) -> str:
    """Return the SHA-256 of all that the market holds."""
    tables = [x.bars, *x.context.values(), *(other.bars for other in x.markets.values())]
    return hashlib.sha256("".join(table.write_ndjson() for table in tables).encode()).hexdigest()


def told(entries: Sequence[Feature], x: Inputs) -> dict[str, list[float | None]]:
    """Return the kept values of each entry, single precision in as few digits as tell it; None where undefined."""
    return {entry.name: [_number(value) for value in values(entry, x)[ROWS]] for entry in entries}


def _number(value: np.float32) -> float | None:
    return None if np.isnan(value) else float(str(value))


def changed(entries: Sequence[Feature], kept: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Return the names of the entries whose values are no longer those that were kept."""
    return [one.name for one in entries if one.name in kept and not _same(one, kept[one.name], found[one.name])]


def _same(entry: Feature, kept: Sequence[float | None], found: Sequence[float | None]) -> bool:
    before, now = (np.array(told, np.float32).astype(np.float64) for told in (kept, found))
    near = 0.0 if entry.starts_at is None else NEAR * np.abs(np.nan_to_num(before)).max()
    return bool(np.allclose(now, before, rtol=0.0, atol=near, equal_nan=True))


def renewed(kept: dict[str, Any], entries: Sequence[Feature], x: Inputs, version: int) -> dict[str, Any]:
    """Return what is to be kept from now on.

    Raises
    ------
    ValueError
        If values changed in the same market, and the version is the old one.
    """
    found = {"version": version, "market": digest(x), "values": told(entries, x)}
    same = all(kept.get(key) == found[key] for key in ("version", "market"))
    if names := changed(entries, kept["values"], found["values"]) if same else []:
        raise ValueError(f"{', '.join(names)}: values changed; {RAISE}")
    return found


def read() -> dict[str, Any]:
    """Return what was kept."""
    kept: dict[str, Any] = json.loads(FILE.read_text())
    return kept


def text(content: dict[str, Any]) -> str:
    """Return the file's text, an entry a line."""
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in content["values"].items())
    head = "".join(f" {json.dumps(key)}: {json.dumps(content[key])},\n" for key in ("version", "market"))
    return f'{{\n{head} "values": {{\n{lines}\n }}\n}}\n'


if __name__ == "__main__":
    try:
        FILE.write_text(text(renewed(read(), ENTRIES, market(), VERSION)))
    except ValueError as error:
        sys.exit(str(error))
