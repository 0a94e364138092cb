"""The manifest: a receipt for every table file, without clock, host or absolute path."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from assay import store
from assay.market.instruments import Instrument
from assay.sources.fetch import Month, fetch
from assay.sources.params import DataParams
from assay.tables.ticks import kind_of

ISO = "%Y-%m-%dT%H:%M:%S%.9fZ"


def deliver(params: DataParams, instrument: Instrument, folder: Path) -> dict[str, Any]:
    """Write the wanted ticks below a folder, one file per month, and return the manifest.

    Parameters
    ----------
    params
        The ``data`` block.
    instrument
        The market.
    folder
        Where ``<source>/<symbol>/<YYYY-MM>.parquet`` are written.

    Returns
    -------
    dict
        `source`, `symbol`, `table` (quotes or trades), `n_rows`, `first_at`, `last_at`, `rules` (how often each was
        applied, over all rows read) and `files`, in order of time: see :func:`receipt`.

    Raises
    ------
    DataError, ParamsError
        As in :func:`assay.sources.fetch.fetch`.
    """
    tally: Counter[str] = Counter()
    place = Path(params.source) / instrument.symbol
    files = [receipt(month, place, folder) for month in fetch(params, instrument, tally)]
    return {
        "source": params.source,
        "symbol": instrument.symbol,
        "table": files[0]["table"],
        "n_rows": sum(file["n_rows"] for file in files),
        "first_at": files[0]["first_at"],
        "last_at": files[-1]["last_at"],
        "rules": dict(tally),
        "files": files,
    }


def receipt(month: Month, place: Path, folder: Path) -> dict[str, Any]:
    """Write one month and return its receipt.

    Returns
    -------
    dict
        `file` (path below ``data/ticks``), `table`, `n_rows`, `first_at`, `last_at`, `rules` (over the month),
        `origins` (raw file, relative to its source's folder: SHA-256 of its bytes) and `sha256` of the table file.
    """
    table, name = kind_of(month.frame), place / f"{month.name}.parquet"
    store.write_table(folder / name, month.frame, table)
    first_at, last_at = month.frame["time"].gather([0, month.frame.height - 1]).dt.strftime(ISO)
    return {
        "file": name.as_posix(),
        "table": table.name,
        "n_rows": month.frame.height,
        "first_at": first_at,
        "last_at": last_at,
        "rules": month.rules,
        "origins": month.origins,
        "sha256": store.sha256(folder / name),
    }
