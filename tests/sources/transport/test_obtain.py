"""What is there is not asked again, what is lacking is, and what has changed is not taken silently."""

import hashlib
import json
import logging
import os
import threading
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import DataError, ParamsError, StoreError, TransportError
from assay.sources.decode.refusals import UnwantedError
from assay.sources.transport.cache import Cache
from assay.sources.transport.obtain import obtain
from tests.sources.feeds import ns
from tests.sources.server import Server
from tests.sources.transport.conftest import AFTER, CSV, DAY, line, piece

PATH = "/spot/BTCUSDT/day.csv"
NAME = "spot/BTCUSDT/day.csv"
HOUR_NS = 3_600 * 10**9


def receipt_of(feed, name=NAME):
    return json.loads((feed.root / ".receipts" / f"{name}.json").read_text())


def write(feed, raw=CSV, name=NAME, mtime_ns=AFTER):
    place = feed.root / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(raw)
    os.utime(place, ns=(mtime_ns, mtime_ns))
    return place


def had(pieces, feed, transport=None, **options):
    with transport or line() as talking:
        return [raw.read() for raw in obtain(pieces, feed, talking, **options)]


def test_a_second_run_asks_for_nothing(server, feed_here):
    assert had([piece(server)], feed_here) == had([piece(server)], feed_here) == [CSV]
    assert len(server.requests) == 1


def test_the_receipt_says_what_was_had(server, feed_here):
    had([piece(server, url=f"{server.url}{PATH}?apikey=abc")], feed_here)
    receipt = receipt_of(feed_here)
    assert receipt["sha256"] == hashlib.sha256(CSV).hexdigest()
    assert receipt["n_bytes"] == len(CSV)
    assert receipt["url"] == f"{server.url}{PATH}?apikey=***"
    assert receipt["asked_at"] == "2024-06-01T00:00:00+00:00"
    assert (receipt["start_at"], receipt["end_at"]) == ("2024-01-02T00:00:00+00:00", "2024-01-03T00:00:00+00:00")
    assert receipt["etag"].strip('"') == hashlib.sha256(CSV).hexdigest()[:16]
    assert receipt["last_modified"] == "Thu, 01 Jan 1970 00:00:00 GMT"
    assert (receipt["closed"], receipt["by_hand"], receipt["revisions"]) == (False, False, [])


def test_only_what_is_new_is_asked(feed_here):
    with Server({f"/{i}": b"%d" % i for i in range(6)}) as server:
        assert had([piece(server, str(i)) for i in range(3)], feed_here) == [b"0", b"1", b"2"]
        assert had([piece(server, str(i)) for i in range(6)], feed_here) == [b"%d" % i for i in range(6)]
        assert sorted(server.paths()) == [f"/{i}" for i in range(6)]


def test_a_piece_that_is_wanted_twice_is_asked_once(server, feed_here):
    assert had([piece(server), piece(server)], feed_here) == [CSV, CSV]
    assert len(server.requests) == 1


def test_pieces_are_asked_in_order_and_several_at_once(feed_here):
    lock, seen = threading.Lock(), {"now": 0, "most": 0}

    def answer(request):
        with lock:
            seen["now"] += 1
            seen["most"] = max(seen["most"], seen["now"])
        threading.Event().wait(0.05)
        with lock:
            seen["now"] -= 1
        return request.path.encode()

    with Server({f"/{i:02d}": answer for i in range(12)}) as server:
        pieces = [piece(server, f"{i:02d}") for i in range(12)]
        assert had(pieces, feed_here, line(at_once=3)) == [f"/{i:02d}".encode() for i in range(12)]
        assert seen["most"] == 3
        order = [int(path[1:]) for path in server.paths()]
        assert all(abs(at - number) <= 2 for at, number in enumerate(order))


@pytest.mark.parametrize(
    ("asked", "later_ns", "n_asked"),
    [
        (DAY[1] - 1_000, HOUR_NS, 2),  # open, and old
        (DAY[1] - 1_000, HOUR_NS - 1, 1),  # open, not yet old
        (DAY[1], HOUR_NS, 2),  # just over: the venue's last rows may have come late
        (DAY[1] + HOUR_NS, 10_000 * HOUR_NS, 1),  # closed: never again
    ],
)
def test_a_period_that_was_not_over_is_asked_again_after_an_hour(server, feed_here, asked, later_ns, n_asked):
    had([piece(server)], feed_here, line(now_ns=lambda: asked))
    server.content[PATH] = CSV + b"more\n"
    expected = CSV if n_asked == 1 else CSV + b"more\n"
    assert had([piece(server)], feed_here, line(now_ns=lambda: asked + later_ns)) == [expected]
    assert len(server.requests) == n_asked
    assert receipt_of(feed_here)["revisions"] == []


def test_nothing_there_is_asked_again_for_two_days_after_the_period(feed_here):
    with Server({}) as server:
        missing = piece(server, when_missing="closed")
        assert had([missing], feed_here, line(now_ns=lambda: DAY[1] + HOUR_NS)) == [b""]
        server.content[PATH] = CSV
        assert had([missing], feed_here, line(now_ns=lambda: DAY[1] + 3 * HOUR_NS)) == [CSV]
        assert receipt_of(feed_here)["closed"] is False


def test_refresh_asks_for_everything(server, feed_here):
    had([piece(server)], feed_here)
    assert had([piece(server)], feed_here, refresh=True) == [CSV]
    assert len(server.requests) == 2


def test_what_the_user_put_there_is_taken_as_it_is(server, feed_here):
    write(feed_here, b"mine")
    assert had([piece(server)], feed_here) == [b"mine"]
    assert not server.requests
    assert receipt_of(feed_here)["by_hand"] is True
    assert receipt_of(feed_here)["sha256"] == hashlib.sha256(b"mine").hexdigest()


def test_what_the_user_put_there_long_ago_by_its_time_is_taken_too(server, feed_here):
    write(feed_here, b"mine", mtime_ns=0)
    assert had([piece(server)], feed_here) == [b"mine"]


def test_a_file_without_a_receipt_that_was_written_before_its_period_was_over_is_asked_again(server, feed_here):
    write(feed_here, b"half a day", mtime_ns=DAY[0] + HOUR_NS)
    assert had([piece(server)], feed_here) == [CSV]


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


def test_pruned_bytes_come_back(server, feed_here):
    had([piece(server)], feed_here)
    (feed_here.root / NAME).unlink()
    assert had([piece(server)], feed_here) == [CSV]


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


def test_offline_names_the_first_that_is_missing_and_how_many(server, feed_here):
    pieces = [piece(server), *(piece(server, f"spot/{i}") for i in range(3))]
    had(pieces[:1], feed_here)
    with pytest.raises(TransportError, match=r"3 missing, the first is spot/0"):
        had(pieces, feed_here, line(offline=True))
    assert had(pieces[:1], feed_here, line(offline=True, now_ns=lambda: DAY[0])) == [CSV]
    assert len(server.requests) == 1


def test_what_is_not_downloaded_must_be_there(feed_here):
    with pytest.raises(TransportError, match=rf"1 missing, the first is {NAME}"):
        had([piece(None)], feed_here)
    assert had([piece(None, when_missing="closed")], feed_here) == [b""]
    write(feed_here)
    assert had([piece(None)], feed_here) == [CSV]


def test_on_a_failure_what_is_under_way_is_finished_and_kept(feed_here):
    with Server({"/good": b"good", **{f"/{i}": b"x" for i in range(50)}}) as server:
        server.fault("/good", "slow", seconds=0.3)
        server.fault("/bad", 500, times=99)
        pieces = [piece(server, "good"), piece(server, "bad"), *(piece(server, str(i)) for i in range(50))]
        with pytest.raises(TransportError, match=r"/bad: .*status 500"):
            had(pieces, feed_here, line(at_once=2, retries=0))
        assert (feed_here.root / "good").read_bytes() == b"good"
        assert len(server.requests) < 10


def test_of_several_failures_the_first_in_order_is_told(feed_here):
    with Server({}) as server:
        server.fault("/a", "slow", seconds=0.2)
        with pytest.raises(TransportError, match=r"/a: "):
            had([piece(server, "a"), piece(server, "b")], feed_here, line(at_once=2))


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


def test_slow_answers_are_named_at_the_end(feed_here, caplog):
    with Server({f"/{i}": b"x" for i in range(3)}) as server:
        server.fault("/1", "slow", seconds=0.3)
        server.fault("/2", "slow", seconds=9)
        had([piece(server, str(i)) for i in range(3)], feed_here, line(slow_seconds=0.2, timeout_seconds=0.6))
        warned = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert [text.partition(" took ")[0] for text in warned] == [f"{server.url}/2", f"{server.url}/1"]


def test_nothing_is_logged_above_info_where_all_is_well(server, feed_here, caplog):
    server.fault(PATH, 500)
    had([piece(server)], feed_here)
    assert {record.levelno for record in caplog.records} <= {logging.DEBUG, logging.INFO}


def test_two_runs_at_once_write_each_file_once(feed_here):
    with Server({f"/{i}": bytes(20_000) for i in range(20)}) as server:
        pieces, found = [piece(server, str(i)) for i in range(20)], []
        work = [threading.Thread(target=lambda: found.append(had(pieces, feed_here))) for _ in range(4)]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
        assert found == [[bytes(20_000)] * 20] * 4
        assert sorted(server.paths()) == sorted(f"/{i}" for i in range(20))


def test_one_transport_serves_many_threads(tmp_path):
    with Server({f"/{i}": b"%d" % i for i in range(60)}) as server, line() as transport:
        server.fault(lambda request: hash(request.time) % 5 == 0, 500, times=10)
        results = {}

        def work(first):
            from tests.sources.transport.conftest import feed_at

            pieces = [piece(server, str(i)) for i in range(first, first + 20)]
            raws = obtain(pieces, feed_at(tmp_path / str(first)), transport)
            results[first] = [raw.read() for raw in raws]

        threads = [threading.Thread(target=work, args=(first,)) for first in (0, 20, 40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert results == {first: [b"%d" % i for i in range(first, first + 20)] for first in (0, 20, 40)}


class Talker:
    """A venue's client that fails twice."""

    def __init__(self, n_failures=2):
        self.left = n_failures

    def ask(self, piece, feed, turn):
        with turn.request():
            self.left -= 1
        if self.left >= 0:
            raise TransportError(feed.symbol, "must answer", "apiKey=abcd refused; ?apiKey=abcd", "ask again")
        return f"{feed.symbol} {piece.path}".encode()


def test_a_venue_s_client_is_retried_paced_and_kept(feed_here):
    assert had([piece(None)], feed_here, client=Talker()) == [f"BTCUSDT {NAME}".encode()]
    assert had([piece(None)], feed_here, client=Talker(99)) == [f"BTCUSDT {NAME}".encode()]
    with pytest.raises(TransportError, match="tried 4 times") as caught:
        had([piece(None, "other")], feed_here, client=Talker(99))
    assert "abcd" not in str(caught.value)


def test_a_stopped_run_ends_its_waits(feed_here):
    with Server({}) as server, line(backoff_seconds=600.0) as transport:
        server.fault(lambda _: True, 500, times=99)
        threading.Timer(0.3, transport.stop).start()
        with pytest.raises(TransportError, match="stopped"):
            obtain([piece(server)], feed_here, transport)


def test_periods_are_exact_to_the_microsecond(server, feed_here):
    had([piece(server, start_ns=ns("2024-01-02") + 1_500)], feed_here)
    assert receipt_of(feed_here)["start_at"] == "2024-01-02T00:00:00.000001+00:00"


@pytest.mark.slow
def test_a_thousand_pieces_with_one_answer_in_a_hundred_failing_all_arrive(feed_here):
    """Every hundredth answer fails, in one of three ways; the server sees one more request for each and no other."""
    count = iter(range(1, 10**6))
    with Server({f"/{i}": b"%d" % i for i in range(1000)}) as server:
        numbers = {}
        for k, kind in enumerate((500, "cut", "reset")):
            server.fault(
                lambda r, k=k: numbers.setdefault(id(r), next(count)) % 300 == 100 * k, kind, times=9999, share=0.0
            )
        pieces = [piece(server, str(i)) for i in range(1000)]
        assert had(pieces, feed_here, line(at_once=8)) == [b"%d" % i for i in range(1000)]
        assert 1005 <= len(server.requests) <= 1020


def test_real_files_come_through_whole(shared, feed_here):
    folder = shared / "dukascopy"
    names = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.bi5"))[:20]]
    assert names
    with Server(folder) as server:
        server.fault(lambda request: True, "cut", times=3)
        assert had([piece(server, name) for name in names], feed_here) == [
            (folder / name).read_bytes() for name in names
        ]


SERVED = DAY[1] + 48 * HOUR_NS
"""Until when the venue serves what the next tests ask for; the time now is later."""


def test_refresh_keeps_what_the_venue_no_longer_serves_and_counts_it(feed_here, caplog):
    with Server({f"/{i}": b"%d" % i for i in range(3)}) as server:
        pieces = [piece(server, str(i), served_until_ns=SERVED) for i in range(3)]
        had(pieces, feed_here)
        before = receipt_of(feed_here, "1")
        del server.content["/1"]
        with line(now_ns=lambda: AFTER + HOUR_NS) as transport:
            raws = obtain(pieces, feed_here, transport, refresh=True)
        assert [raw.read() for raw in raws] == [b"0", b"1", b"2"]
        assert [raw.is_new for raw in raws] == [True, False, True]
        assert len(server.requests) == 6
    assert "1 was not had again, what is there stays: the venue has none" in caplog.text
    assert "1 of 3 pieces are no longer served; what is there stays" in caplog.text
    assert receipt_of(feed_here, "1") == before
    assert not [path for path in (feed_here.root / ".parts").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("asked", "until", "status"),
    [
        (DAY[0] + HOUR_NS, SERVED, 404),  # what is there is not the whole period
        (AFTER, 2 * AFTER, 404),  # the venue should have it
        (AFTER, None, 404),
        (AFTER, SERVED, 500),  # it may have it another time
    ],
)
def test_what_may_still_be_had_is_an_error_when_it_is_not(server, feed_here, asked, until, status):
    wanted = piece(server, served_until_ns=until)
    had([wanted], feed_here, line(now_ns=lambda: asked))
    server.fault(PATH, status, times=99)
    with pytest.raises(TransportError, match=PATH):
        had([wanted], feed_here, refresh=True)
    assert had([wanted], feed_here, line(offline=True)) == [CSV]
