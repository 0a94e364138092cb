"""The same inputs give the same bytes: other path, threads, hash seed, processor and executor."""

from __future__ import annotations

import io
import os
import re
import socket
import subprocess
import sys
import tempfile
import zlib
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("market")]

SIMD = "import numpy; print(*numpy.show_config(mode='dicts')['SIMD Extensions'].get('found', []))"
OTHER = {
    "PYTHONHASHSEED": "12345",
    "NUMBA_CPU_NAME": "generic",
    "NUMBA_CACHE_DIR": "numba-cache",
    "NPY_DISABLE_CPU_FEATURES": " ".join(np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])),
    "OPENBLAS_CORETYPE": "Haswell",
    "TZ": "Asia/Tokyo",
    "LC_ALL": "C",
}
"""Another machine, as far as one can be had here; numpy without the instructions it found beyond its baseline."""
PLACE = f"{tempfile.gettempdir()}/"
HERE_AND_NOW = [re.escape(PLACE), rf"\b{re.escape(socket.gethostname())}\b", f"{datetime.now(tz=UTC):%Y-%m-}"]


def test_every_output_has_the_same_bytes_elsewhere(finished, make_workspace):
    other = make_workspace({"compute.executor": "serial"}, OTHER).run()
    ours, theirs = finished.files(), other.files()
    assert list(ours) == list(theirs)
    assert [name for name in ours if ours[name] != theirs[name]] == []


def test_elsewhere_numpy_has_no_instructions_beyond_its_baseline():
    """Names of instructions change with numpy, and an unknown one would disable nothing."""
    done = subprocess.run([sys.executable, "-c", SIMD], env={**os.environ, **OTHER}, capture_output=True, check=True)
    assert done.stdout.split() == []


STREAM = re.compile(rb"<<([^\n]*)>>\s*stream\r?\n(.*?)endstream", re.DOTALL)


def plain(name: str, content: bytes) -> bytes:
    """Return what a file says where it is compressed: schema and values of a table, streams of a PDF but its fonts."""
    if name.endswith(".parquet"):
        values = pl.read_parquet(io.BytesIO(content)).write_csv()
        schema = pq.read_schema(io.BytesIO(content)).to_string(truncate_metadata=False)
        return f"{pq.read_metadata(io.BytesIO(content)).to_dict()}{schema}{values}".encode()
    if name.endswith(".pdf"):
        packed = [stream for head, stream in STREAM.findall(content) if b"Flate" in head and b"Font" not in head]
        return STREAM.sub(b"", content) + b"".join(zlib.decompressobj().decompress(stream) for stream in packed)
    return content


def traced(files: dict[str, bytes], patterns: list[str]) -> list[str]:
    """Return the names of the files in which one of some patterns is found."""
    pattern = re.compile("|".join(patterns).encode())
    return [name for name, content in files.items() if pattern.search(plain(name, content))]


def test_a_run_has_no_trace_of_its_place_or_time(finished):
    assert traced(finished.files(), [re.escape(str(finished.folder)), *HERE_AND_NOW]) == []


def parquet(**columns: list[object]) -> bytes:
    file = io.BytesIO()
    pl.DataFrame(columns).write_parquet(file, compression="zstd")
    return file.getvalue()


PLANTED = {
    "path.parquet": parquet(source=[f"{PLACE}ticks.csv"] * 100),
    "host.parquet": parquet(host=[socket.gethostname()] * 100),
    "clock.parquet": parquet(time=[datetime.now(tz=UTC)] * 100),
    "column.parquet": parquet(**{PLACE: [1]}),
    "page.pdf": b"<</Filter/FlateDecode/Length 13>>\nstream\n" + zlib.compress(PLACE.encode()) + b"\nendstream",
    "notes.json": f'{{"source": "{PLACE}"}}'.encode(),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_trace_is_found(name):
    assert traced({name: PLANTED[name], "clean.parquet": parquet(x=[1])}, HERE_AND_NOW) == [name]
