"""Every way in which a server can misbehave ends with the right bytes or with an error that says what happened."""

import hashlib
import socket
import time

import pytest

from assay.errors import TransportError
from assay.sources.transport.obtain import obtain
from tests.sources.server import Server
from tests.sources.transport.conftest import CSV, line, piece

PATH = "/spot/BTCUSDT/day.csv"
NAME = "VENUE_KEY"


def had(server, feed, transport=None, wanted=None, **options):
    with transport or line() as talking:
        return obtain([wanted or piece(server)], feed, talking, **options)[0].read()


def refused(server, feed, match, transport=None, wanted=None):
    with pytest.raises(TransportError, match=match) as caught:
        had(server, feed, transport, wanted)
    assert not [path for path in feed.root.rglob("*") if path.is_file() and ".parts" not in path.parts]
    return caught.value


def test_bytes_are_those_that_are_served(server, feed_here):
    assert had(server, feed_here) == CSV
    assert (feed_here.root / "spot/BTCUSDT/day.csv").read_bytes() == CSV
    assert not [path for path in (feed_here.root / ".parts").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (500, {}),
        (502, {}),
        (503, {"retry_after": 0}),
        (429, {"retry_after": 0}),
        (408, {}),
        ("cut", {}),
        ("cut", {"share": 0.0}),
        ("reset", {}),
        ("wrong_length", {}),
        ("chunked_cut", {}),
        ("wrong_type", {}),
    ],
)
def test_passing_faults_are_asked_again(server, feed_here, kind, options):
    server.fault(PATH, kind, times=2, **options)
    assert had(server, feed_here, wanted=piece(server, types=("text/csv",)) if kind == "wrong_type" else None) == CSV
    assert len(server.requests) >= 3


@pytest.mark.parametrize(
    ("kind", "match"),
    [
        (500, r"status 500 .*\(tried 4 times\).*ask again later, or set transport\.retries higher"),
        (429, r"status 429 .*\(tried 4 times\).*requests_per_second"),
        ("cut", r"cut.*tried 4 times.*transport\.retries"),
        ("wrong_length", r"tried 4 times.*transport\.retries"),
        ("wrong_type", r"must be text/csv.*text/html \(tried 4 times\)"),
    ],
)
def test_lasting_faults_end_in_an_error_that_says_how_often(server, feed_here, kind, match):
    server.resumes = False
    server.fault(PATH, kind, times=99)
    error = refused(server, feed_here, match, wanted=piece(server, types=("text/csv",)))
    assert PATH in error.where
    assert len(server.requests) == 4


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451, 304])
def test_final_statuses_are_not_asked_again(server, feed_here, status):
    server.fault(PATH, status, times=99)
    assert refused(server, feed_here, r"tried once").final
    assert len(server.requests) == 1


def test_a_key_that_is_refused_is_named_by_its_variable(server, feed_here):
    server.fault(PATH, 403)
    error = refused(server, feed_here, r"\$VENUE_KEY", line(environ={NAME: "abcd1234"}), piece(server, secret=NAME))
    assert error.final
    assert error.where == f"{server.url}{PATH}"
    assert "abcd1234" not in str(error)
    assert [request.headers["Authorization"] for request in server.requests] == ["Bearer abcd1234"]


@pytest.mark.parametrize("kind", [404, 410, 204])
def test_nothing_there_can_mean_a_closed_period(server, feed_here, kind):
    server.fault(PATH, kind)
    with line() as transport:
        raw = obtain([piece(server, when_missing="closed")], feed_here, transport)[0]
    assert (raw.read(), raw.closed, raw.n_bytes) == (b"", True, 0)
    assert (feed_here.root / "spot/BTCUSDT/day.csv").stat().st_size == 0


def test_silence_is_given_up(server, feed_here):
    server.fault(PATH, "slow", seconds=30, times=99)
    began_at = time.monotonic()
    error = refused(server, feed_here, "no answer within 0.2 s", line(timeout_seconds=0.2, retries=1))
    assert time.monotonic() - began_at < 15
    assert error.remedy.startswith("set transport.timeout_seconds higher, ask again later")
    assert len(server.requests) == 2


@pytest.mark.parametrize("kind", ["drip", "header_drip"])
def test_an_answer_that_drips_is_given_up_although_it_is_never_silent(server, feed_here, kind):
    server.fault(PATH, kind, seconds=0.02, times=99)
    began_at = time.monotonic()
    error = refused(server, feed_here, "bytes in|no answer within 0.4 s", line(timeout_seconds=0.4, retries=1))
    assert time.monotonic() - began_at < 20  # all of it would take 100 s and more
    assert error.where == f"{server.url}{PATH}"
    assert len(server.requests) == 2


def test_nobody_there_is_no_hang(feed_here):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/x"
    error = refused(
        None, feed_here, r"no connection( in time)? \(tried 2 times\)", line(retries=1), piece(None, url=url)
    )
    assert error.where == url
    assert "check the network" in error.remedy


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "file:///etc/passwd", "http://", "http://[::1/x", "127.0.0.1/x"])
def test_addresses_that_cannot_be_asked_are_final(feed_here, url):
    assert refused(None, feed_here, "tried once", wanted=piece(None, url=url)).final


def test_a_cut_answer_is_gone_on_with(server, feed_here):
    server.fault(PATH, "cut")
    assert had(server, feed_here) == CSV
    again = server.requests[1].headers
    assert int(again["Range"].removeprefix("bytes=").removesuffix("-")) == len(CSV) // 2
    assert again["If-Range"] == f'"{hashlib.sha256(CSV).hexdigest()[:16]}"'


def test_a_cut_answer_that_has_changed_meanwhile_is_begun_anew(server, feed_here):
    other = CSV.replace(b"1.25", b"1.26")
    server.content[PATH] = lambda _: CSV if len(server.requests) == 1 else other
    server.fault(PATH, "cut")
    assert had(server, feed_here) == other


def test_a_cut_answer_is_begun_anew_where_the_server_cannot_go_on(server, feed_here):
    server.resumes = False
    server.fault(PATH, "cut", times=2)
    assert had(server, feed_here) == CSV


def test_a_later_run_goes_on_with_what_an_earlier_one_left(server, feed_here):
    server.fault(PATH, "cut")
    refused(server, feed_here, "cut|whole", line(retries=0))
    assert had(server, feed_here) == CSV
    assert "Range" in server.requests[1].headers


def test_a_part_of_another_address_is_not_gone_on_with(server, feed_here):
    server.fault(PATH, "cut")
    refused(server, feed_here, "cut|whole", line(retries=0))
    server.content["/other.csv"] = b"another"
    assert had(server, feed_here, wanted=piece(server, url=f"{server.url}/other.csv")) == b"another"


def test_chunked_answers_say_their_end(server, feed_here):
    server.fault(PATH, "chunked")
    assert had(server, feed_here) == CSV


def test_an_answer_that_does_not_say_its_length_is_refused(server, feed_here):
    server.fault(PATH, "no_length", times=9)
    assert refused(server, feed_here, "must say its length; found no Content-Length").where == f"{server.url}{PATH}"
    assert len(server.requests) == 4


def test_an_answer_that_is_too_large_is_refused_before_it_is_taken(feed_here):
    with Server({"/big": bytes(1_500_000)}) as server:
        assert refused(
            server,
            feed_here,
            "must not exceed transport.largest_answer_mb; found .* 1,000,000 is the most",
            line(largest_answer_mb=1),
            piece(server, "big"),
        ).final


def test_an_answer_that_grows_too_large_is_refused_on_the_way(feed_here):
    with Server({"/big": bytes(1_500_000)}) as server:
        server.fault("/big", "chunked")
        error = refused(
            server,
            feed_here,
            "must not exceed transport.largest_answer_mb; found .* 1,000,000 is the most",
            line(largest_answer_mb=1),
            piece(server, "big"),
        )
        assert error.final
        assert "transport.largest_answer_mb" in error.remedy
        assert server.paths() == ["/big"]
    assert (feed_here.root / ".parts/big").stat().st_size == 0


def test_compression_on_the_way_is_undone(server, feed_here):
    server.fault(PATH, "gzip")
    assert had(server, feed_here) == CSV
    assert server.requests[0].headers["Accept-Encoding"] == "identity"


def test_compressed_files_stay_compressed(feed_here):
    with Server({"/day.csv.gz": b"\x1f\x8b as it is"}) as server:
        server.fault("/day.csv.gz", "encoded", encoding="gzip")
        assert had(server, feed_here, wanted=piece(server, "day.csv.gz")) == b"\x1f\x8b as it is"


def test_compression_that_is_a_bomb_is_refused(feed_here):
    with Server({"/x": bytes(3_000_000)}) as server:
        server.fault("/x", "gzip")
        error = refused(
            server,
            feed_here,
            "must not unpack to more than transport.largest_answer_mb; found over 1,000,000 bytes",
            line(largest_answer_mb=1),
            piece(server, "x"),
        )
        assert error.final
        assert server.paths() == ["/x"]
    assert (feed_here.root / ".parts/x").stat().st_size < 10_000


def test_compression_that_is_broken_is_asked_again_and_unknown_ones_are_refused(server, feed_here):
    server.fault(PATH, "encoded", encoding="gzip")
    assert had(server, feed_here) == CSV
    server.fault(PATH, "encoded", encoding="br")
    with pytest.raises(TransportError, match="encoding br") as caught:
        had(server, feed_here, refresh=True)
    assert caught.value.final
    assert (feed_here.root / "spot/BTCUSDT/day.csv").read_bytes() == CSV
    assert len(server.requests) == 3


def test_redirections_are_followed_without_the_key(server, feed_here):
    environ = {NAME: "abcd1234"}
    with Server({"/moved.csv": b"moved"}) as other:
        server.fault(PATH, "redirect", to=f"{other.url}/moved.csv")
        wanted = piece(server, secret=NAME)
        assert had(server, feed_here, line(environ=environ), wanted) == b"moved"
        assert server.requests[0].headers["Authorization"] == "Bearer abcd1234"
        assert "Authorization" not in other.requests[0].headers


def test_redirections_without_end_are_an_error(server, feed_here):
    server.fault(PATH, "redirect", times=99, to=PATH)
    error = refused(server, feed_here, "more than 5 redirections", line(retries=0))
    assert error.where == f"{server.url}{PATH}"
    assert len(server.requests) == 6


def test_connections_are_kept_open(feed_here):
    with Server({f"/{i}": b"x" for i in range(10)}) as server, line(at_once=1) as transport:
        obtain([piece(server, str(i)) for i in range(10)], feed_here, transport)
        assert len({request.client for request in server.requests}) == 1


def test_proxies_of_the_environment_are_used(server, feed_here, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.setenv("no_proxy", "")
    server.content["http://venue.invalid/day.csv"] = b"through"
    assert had(server, feed_here, wanted=piece(server, url="http://venue.invalid/day.csv")) == b"through"
