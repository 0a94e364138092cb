"""Bytes that are not those of their receipt, or that a decoder finds damaged, are asked for again."""

import os

import pytest

from assay.errors import DataError, TransportError
from assay.sources.decode.refusals import UnwantedError
from assay.sources.transport.obtain import obtain
from tests.sources.transport.conftest import CSV, line, piece
from tests.sources.transport.obtained import NAME, PATH, had, receipt_of, write


def test_corrupt_bytes_are_asked_again(server, feed_here):
    had([piece(server)], feed_here)
    write(feed_here, CSV.replace(b"1.25", b"9.99"), mtime_ns=1)
    assert had([piece(server)], feed_here) == [CSV]
    assert len(server.requests) == 2


def test_corrupt_bytes_that_cannot_be_asked_for_are_an_error(feed_here):
    write(feed_here)
    had([piece(None)], feed_here)
    write(feed_here, CSV + b"x", mtime_ns=1)
    with pytest.raises(DataError, match="must have the bytes of its receipt"):
        had([piece(None)], feed_here)


def test_bytes_that_change_unseen_are_found_when_they_are_read(server, feed_here):
    with line() as transport:
        raw = obtain([piece(server)], feed_here, transport)[0]
    place = feed_here.root / NAME
    found = place.stat()
    place.write_bytes(CSV.replace(b"1.25", b"9.99"))
    os.utime(place, ns=(found.st_mtime_ns, found.st_mtime_ns))
    with pytest.raises(DataError, match="must have the bytes of its receipt"):
        raw.read()


def test_a_file_that_was_only_touched_is_not_asked_again(server, feed_here):
    had([piece(server)], feed_here)
    os.utime(feed_here.root / NAME, ns=(5, 5))
    assert had([piece(server)], feed_here) == [CSV]
    assert len(server.requests) == 1


def test_bytes_that_two_decoders_find_damaged_are_put_aside_once(server, feed_here):
    with line() as transport:
        first, second = obtain([piece(server), piece(server)], feed_here, transport)
    told = DataError(NAME, "must be rows", "none", "fetch it again")
    with pytest.raises(DataError) as caught, first.read_by(), second.read_by():
        raise told
    assert caught.value is told
    assert [path.read_bytes() for path in (feed_here.root / ".revisions" / NAME).iterdir()] == [CSV]
    assert not (feed_here.root / NAME).exists()
    assert not [path for path in (feed_here.root / ".parts").rglob("*") if path.is_file()]
    assert had([piece(server)], feed_here) == [CSV]
    assert len(server.requests) == 2


def test_good_bytes_that_the_params_do_not_take_stay(server, feed_here):
    with line() as transport:
        (raw,) = obtain([piece(server)], feed_here, transport)
    with pytest.raises(UnwantedError), raw.read_by():
        raise UnwantedError(NAME, "cash is in USD", "CAD", "convert it")
    assert had([piece(server)], feed_here) == [CSV]
    assert len(server.requests) == 1


def _decode_while(something):
    something()
    raise DataError(NAME, "must be rows", "none", "fetch it again")


def test_bytes_that_came_in_place_of_damaged_ones_stay(server, feed_here):
    with line() as transport:
        (raw,) = obtain([piece(server)], feed_here, transport)
    server.content[PATH] = b"whole"
    with pytest.raises(DataError, match="must be rows"), raw.read_by():
        _decode_while(lambda: had([piece(server)], feed_here, refresh=True, accept_revision=True))
    assert had([piece(server)], feed_here) == [b"whole"]
    assert len(server.requests) == 2


def test_a_broken_receipt_is_named(server, feed_here):
    had([piece(server)], feed_here)
    (feed_here.root / ".receipts" / f"{NAME}.json").write_text('{"sha256": 1}')
    with pytest.raises(DataError, match=r"day\.csv\.json: must be a receipt.*remove the receipt and the file"):
        had([piece(server)], feed_here)


def test_the_checksum_of_the_venue_is_met(server, feed_here):
    checked = piece(server, checksum_url=f"{server.url}{PATH}.CHECKSUM")
    server.fault(PATH, "corrupt")
    assert had([checked], feed_here) == [CSV]
    assert receipt_of(feed_here)["checked"] is True
    assert server.paths() == [f"{PATH}.CHECKSUM", PATH] * 2


def test_a_checksum_that_is_never_met_is_an_error(server, feed_here):
    server.fault(PATH, "corrupt", times=99)
    with pytest.raises(TransportError, match=r"must have the venue's checksum .*tried 4 times"):
        had([piece(server, checksum_url=f"{server.url}{PATH}.CHECKSUM")], feed_here)


@pytest.mark.parametrize("text", [b"", b"no sum\n", b"<html>", b"00  other.csv\n", b"\xff\xfe"])
def test_a_checksum_file_that_gives_none_is_an_error(server, feed_here, text):
    server.content["/sum"] = text
    with pytest.raises(TransportError, match=r"must give one sha256 for day\.csv"):
        had([piece(server, checksum_url=f"{server.url}/sum")], feed_here)


def test_a_venue_without_the_checksum_file_is_named_in_the_log(server, feed_here, caplog):
    assert had([piece(server, checksum_url=f"{server.url}/none")], feed_here) == [CSV]
    assert "day.csv could not be checked" in caplog.text
    assert receipt_of(feed_here)["checked"] is False
