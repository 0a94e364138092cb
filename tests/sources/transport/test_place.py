"""Paths never leave the cache; a cache that cannot be written is named."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError, ParamsError, StoreError
from assay.sources.transport.cache import Cache
from tests.sources.transport.conftest import piece
from tests.sources.transport.obtained import had, write


@pytest.mark.parametrize(
    "path",
    ["../x", "a/../../x", "/etc/x", "a/../x", "", ".", ".receipts/x", "a/.hidden", "a\\..\\x", "a\0b", "a\nb", ".."],
)
def test_a_path_never_leaves_the_cache(server, feed_here, path):
    with pytest.raises(ParamsError, match="must lie below the raw cache"):
        had([replace(piece(server), path=path)], feed_here)
    assert not server.requests


@settings(deadline=None, max_examples=300)
@given(st.text(st.sampled_from("./\\a~ \0é"), max_size=12))
def test_no_path_that_is_taken_lies_outside(tmp_path_factory, path):
    root = tmp_path_factory.getbasetemp() / "root"
    try:
        place = Cache(root, None).place(path)
    except ParamsError:
        return
    assert place != root
    assert place.resolve().is_relative_to(root.resolve())


def test_a_file_where_a_folder_goes_is_named(server, feed_here):
    write(feed_here, b"", "spot")
    with pytest.raises((DataError, StoreError), match="cache"):
        had([piece(server)], feed_here)


def test_a_cache_that_cannot_be_written_is_named(server, tmp_path, feed_here):
    feed_here.root.parent.mkdir(exist_ok=True)
    feed_here.root.write_bytes(b"a file")
    with pytest.raises((DataError, StoreError), match="cache"):
        had([piece(server)], feed_here)
