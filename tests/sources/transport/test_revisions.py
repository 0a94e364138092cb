"""What changes after its period was closed is not taken silently; what was pruned comes back, if it is the same."""

import hashlib

import pytest

from assay.errors import DataError
from assay.sources.transport.obtain import obtain
from tests.sources.transport.conftest import AFTER, CSV, line, piece
from tests.sources.transport.obtained import HOUR_NS, NAME, PATH, had, receipt_of


@pytest.mark.parametrize("is_pruned", [False, True])
def test_a_closed_period_that_changes_is_refused_and_shown(server, feed_here, is_pruned):
    had([piece(server)], feed_here)
    server.content[PATH] = CSV.replace(b"\n7,1.25", b"\n7,1.35") + b"one more\n"
    if is_pruned:
        (feed_here.root / NAME).unlink()
    with pytest.raises(DataError, match="a closed period must not change") as caught:
        had([piece(server)], feed_here, refresh=True)
    assert f"{len(CSV) + 9:,} bytes instead of {len(CSV):,}" in caught.value.found
    shown = "no longer there" if is_pruned else r"line 8 is '7,1.35,7\n', was '7,1.25,7\n'"
    assert shown in caught.value.found
    assert (feed_here.root / NAME).exists() is not is_pruned
    aside = list((feed_here.root / ".revisions" / NAME).iterdir())
    assert [path.read_bytes() for path in aside] == [server.content[PATH]]
    if not is_pruned:
        assert had([piece(server)], feed_here) == [CSV]


@pytest.mark.parametrize("is_pruned", [False, True])
def test_a_revision_that_is_accepted_is_recorded(server, feed_here, is_pruned):
    had([piece(server)], feed_here)
    server.content[PATH] = other = b"other"
    if is_pruned:
        (feed_here.root / NAME).unlink()
    assert had([piece(server)], feed_here, refresh=True, accept_revision=True) == [other]
    (past,) = receipt_of(feed_here)["revisions"]
    assert past["sha256"] == hashlib.sha256(CSV).hexdigest()
    server.content[PATH] = b"third"
    assert had([piece(server)], feed_here, refresh=True, accept_revision=True) == [b"third"]
    assert [past["n_bytes"] for past in receipt_of(feed_here)["revisions"]] == [len(CSV), 5]
    assert had([piece(server)], feed_here, refresh=True) == [b"third"]
    assert len(receipt_of(feed_here)["revisions"]) == 2


def without_stamp(raw, piece):
    """Return the bytes of a piece up to a stamp of the request."""
    assert piece.path == NAME
    return raw.partition(b"#")[0]


@pytest.mark.parametrize("accept", [False, True])
def test_closed_bytes_that_differ_in_their_mark_only_stay_with_their_receipt(server, feed_here, accept):
    server.content[PATH] = CSV + b"#1"
    had([piece(server)], feed_here)
    before, server.content[PATH] = receipt_of(feed_here), CSV + b"#22"
    with line(now_ns=lambda: AFTER + HOUR_NS) as transport:
        options = {"steady": without_stamp, "refresh": True, "accept_revision": accept}
        (raw,) = obtain([piece(server)], feed_here, transport, **options)
    assert (raw.read(), raw.is_new, len(server.requests)) == (CSV + b"#1", False, 2)
    assert receipt_of(feed_here) == before
    assert not [path for path in (feed_here.root / ".parts").rglob("*") if path.is_file()]
    assert not (feed_here.root / ".revisions").exists()


def test_closed_bytes_whose_data_differ_are_refused_and_kept_as_served(server, feed_here):
    server.content[PATH] = CSV + b"#1"
    had([piece(server)], feed_here)
    server.content[PATH] = CSV.replace(b"\n7,1.25", b"\n7,1.35") + b"#22"
    with pytest.raises(DataError, match=r"line 8 is '7,1.35,7\\n', was '7,1.25,7\\n'") as caught:
        had([piece(server)], feed_here, steady=without_stamp, refresh=True)
    assert f"{len(CSV) + 3:,} bytes instead of {len(CSV) + 2:,}" in caught.value.found
    (aside,) = (feed_here.root / ".revisions" / NAME).iterdir()
    assert aside.read_bytes() == server.content[PATH]


def test_pruned_bytes_come_back(server, feed_here):
    had([piece(server)], feed_here)
    (feed_here.root / NAME).unlink()
    assert had([piece(server)], feed_here) == [CSV]


def test_pruned_bytes_come_back_with_another_mark(server, feed_here):
    server.content[PATH] = CSV + b"#1"
    had([piece(server)], feed_here, steady=without_stamp)
    (feed_here.root / NAME).unlink()
    server.content[PATH] = other = CSV + b"#22"
    assert had([piece(server)], feed_here, steady=without_stamp) == [other]
    receipt = receipt_of(feed_here)
    assert receipt["sha256"] == hashlib.sha256(other).hexdigest()
    assert (receipt["data_sha256"], receipt["revisions"]) == (hashlib.sha256(CSV).hexdigest(), [])


@pytest.mark.parametrize("was_marked", [False, True])
def test_pruned_bytes_whose_data_are_others_or_not_known_are_refused(server, feed_here, was_marked):
    """Not known they are where the receipt was written before marks were told from data."""
    server.content[PATH] = CSV + b"#1"
    had([piece(server)], feed_here, **({"steady": without_stamp} if was_marked else {}))
    (feed_here.root / NAME).unlink()
    server.content[PATH] = CSV + (b"one more\n#1" if was_marked else b"#2")
    with pytest.raises(DataError, match="the old ones are no longer there"):
        had([piece(server)], feed_here, steady=without_stamp)
