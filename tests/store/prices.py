"""A small table of prices, and what lies in a folder."""

from pathlib import Path

import polars as pl

from assay.tables.table import Column, Rule, Table

TABLE = Table(
    "prices",
    {"n": Column(pl.Int64, "number"), "price": Column(pl.Float64, "price")},
    (Rule("price is positive", pl.col("price") <= 0, "check the scale"),),
)
FRAME = pl.DataFrame({"n": [0, 1], "price": [1.5, 2.5]})


def everything(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
