"""The only reader and writer of artifacts: fixed settings, checked tables, and no half-written file."""

from assay.store.context import find_context, read_context, read_labels
from assay.store.documents import read_bytes, read_json, sha256, write_bytes, write_files, write_json
from assay.store.modules import read_module
from assay.store.pieces import read_pieces
from assay.store.tables import TableWriter, read_months, read_parquet, read_table, write_table
from assay.store.writing import writing

__all__ = [
    "TableWriter",
    "find_context",
    "read_bytes",
    "read_context",
    "read_json",
    "read_labels",
    "read_module",
    "read_months",
    "read_parquet",
    "read_pieces",
    "read_table",
    "sha256",
    "write_bytes",
    "write_files",
    "write_json",
    "write_table",
    "writing",
]
