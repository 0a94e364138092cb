"""Text in blocks of whole lines: none is of blank lines alone, however many follow one another."""

import time

import pytest

from assay.sources.files import raw

LINES = b"2024-01-01 00:00:00,1\n" * 10


@pytest.mark.parametrize("blank", [b"\n", b"\r\n"])
@pytest.mark.parametrize("step", [64, 300, raw.STEP])
def test_blank_lines_at_the_end_are_no_block(tmp_path, monkeypatch, step, blank):
    monkeypatch.setattr(raw, "STEP", step)
    monkeypatch.setattr(raw, "SIP", 16)
    path = tmp_path / "a.csv"
    path.write_bytes(LINES + blank * 300)
    blocks = list(raw.blocks(path))
    assert b"".join(blocks) == LINES
    assert all(b"," in block for block in blocks)
    path.write_bytes(LINES + blank * 300 + LINES)
    blocks = list(raw.blocks(path))
    assert b"".join(blocks) == LINES + blank * 300 + LINES
    assert all(b"," in block for block in blocks)


def test_millions_of_blank_lines_take_no_time(tmp_path):
    """Line by line it would be a minute."""
    path, began_at = tmp_path / "a.csv", time.monotonic()
    path.write_bytes(LINES + b"\n" * (12 << 20))
    assert list(raw.blocks(path)) == [LINES]
    assert time.monotonic() - began_at < 10.0
