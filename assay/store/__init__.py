"""The only reader and writer of artifacts: fixed settings, checked tables, and no half-written file."""

from assay.store.documents import read_bytes, read_json, sha256, write_bytes, write_files, write_json
from assay.store.tables import TableWriter, read_months, read_parquet, read_table, ticks_of, write_table
from assay.store.writing import writing

__all__ = [
    "TableWriter",
    "read_bytes",
    "read_json",
    "read_months",
    "read_parquet",
    "read_table",
    "sha256",
    "ticks_of",
    "write_bytes",
    "write_files",
    "write_json",
    "write_table",
    "writing",
]
