"""Bombs of each packed form are refused before they fill the memory."""

import gzip
import io
import lzma
import struct
import zipfile
import zlib

import pytest

from assay.errors import DataError
from assay.sources.decode.packed import MEMBERS, gunzip, unzip
from assay.sources.dukascopy.unpack import unpacked
from tests.sources.fuzz import watched

ZEROS = bytes(300_000_000)
FEW, SOME = 20 << 20, 150 << 20
"""What refusing may take, bytes: less than a tenth of what a bomb holds, and half: 250 times is no bomb."""


def zipped(content):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", content)
    return packed.getvalue()


def lying(raw, n_bytes):
    """Return a zip whose headers give another length unpacked."""
    told = struct.pack("<I", len(ZEROS))
    return raw.replace(told, struct.pack("<I", n_bytes))


@pytest.mark.parametrize(
    ("unpack", "raw", "rule"),
    [
        (gunzip, gzip.compress(ZEROS), r"must unpack to \d+ bytes at most; found more"),
        (gunzip, gzip.compress(b"1") + gzip.compress(ZEROS), r"must unpack to \d+ bytes at most; found more"),
        (gunzip, gzip.compress(b"") * (MEMBERS + 1), f"must hold {MEMBERS} gzip streams at most; found more"),
        (unzip, zipped(ZEROS), r"must unpack to \d+ bytes at most; found 300000000"),
        (unzip, lying(zipped(ZEROS), 1_000), "must be a whole zip; found Bad CRC|must hold as many bytes as it says"),
    ],
    ids=["gzip", "gzip, second stream", "many streams", "zip", "zip with a short length"],
)
def test_bombs_are_refused(unpack, raw, rule):
    with watched("a bomb", n_bytes=SOME), pytest.raises(DataError, match=f"^x: ({rule})"):
        unpack(raw, "x")


def test_a_bomb_of_lzma_is_refused():
    raw = lzma.compress(ZEROS, lzma.FORMAT_ALONE, preset=0)
    with watched("a bomb", n_bytes=FEW), pytest.raises(DataError, match=r"^x: must hold 100 ticks at most; found more"):
        unpacked(raw, 20, 100, "ticks", "x")


def test_a_header_of_lzma_that_asks_for_gigabytes_is_refused():
    raw = bytearray(lzma.compress(b"20 bytes of a record", lzma.FORMAT_ALONE, preset=0))
    raw[1:5] = struct.pack("<I", 1 << 31)
    with watched("a bomb", n_bytes=FEW), pytest.raises(DataError, match=r"^x: must be LZMA; found memory usage limit"):
        unpacked(bytes(raw), 20, 100, "ticks", "x")


def test_zlib_is_none_of_them():
    for unpack in (gunzip, unzip):
        with pytest.raises(DataError, match=r"^x: must be (whole gzip|a whole zip)"):
            unpack(zlib.compress(b"text"), "x")
