"""Servers that misbehave, end to end: the right table after a retry, or one clear line; never a wrong table."""

import pytest

from assay.errors import DataError, TransportError
from tests.sources.bars_server import Aggregates
from tests.sources.conftest import bi5, records
from tests.sources.server import Server

RANGE = {"start": "2024-01-02", "end": "2024-01-09"}
QUOTES = [(i * 20_000, 114_500 + i % 7, 114_498, 1.5, 0.75) for i in range(150)]
HOURS = {f"/EURUSD/2024/00/02/{hour:02d}h_ticks.bi5": bi5(records(QUOTES)) for hour in (12, 13, 14)}


def bars_of(project, server, **data):
    project.run("AAPL", source="polygon", endpoint=server.url, **{"cache": "cache", **RANGE, **data})
    return project.outputs()


@pytest.fixture
def right(project, bars):
    """The outputs of an undisturbed run."""
    return bars_of(project, bars, cache="right")


def first_two(request):
    return request.path.startswith("/v2")


PASSING = [
    (429, {"retry_after": 0}),
    (500, {}),
    (503, {}),
    ("slow", {"seconds": 0.2}),
    ("cut", {}),
    ("reset", {}),
    ("chunked_cut", {}),
    ("wrong_length", {}),
    ("no_length", {}),
    ("wrong_type", {}),
    ("gzip", {}),
]


@pytest.mark.parametrize(("kind", "options"), PASSING, ids=str)
def test_what_passes_gives_the_right_table_after_a_retry(project, right, kind, options):
    with Server(Aggregates()) as server:
        server.fault(first_two, kind, times=2, **options)
        assert bars_of(project, server) == right
        assert len(server.requests) >= 3


LASTING = [
    (429, {"retry_after": 0}, "status 429.*tried 4 times.*set transport.requests_per_second lower"),
    (500, {}, "status 500.*tried 4 times.*ask again later"),
    (403, {}, r"status 403.*check the key in \$POLYGON_API_KEY"),
    ("slow", {"seconds": 3}, r"no answer within 0\.3 s.*tried 4 times"),
    ("cut", {"share": 0.0}, "must answer; found cut in the middle|connection was cut"),
    ("wrong_length", {}, "cut in the middle|must be whole|status 416"),
    ("wrong_type", {}, "must be application/json; found content type text/html.*tried 4 times"),
    ("redirect", {"to": "/v2/elsewhere"}, "has none|more than 5 redirections"),
]


@pytest.mark.parametrize(("kind", "options", "rule"), LASTING, ids=str)
def test_what_lasts_is_one_line_and_earlier_outputs_stay(project, right, kind, options, rule):
    with Server(Aggregates()) as server:
        server.fault(first_two, kind, times=float("inf"), **options)
        with pytest.raises(TransportError, match=rule) as caught:
            bars_of(project, server, transport={"timeout_seconds": 0.3})
    assert "\n" not in str(caught.value)
    assert project.outputs() == right
    assert not project.leftovers()


def test_a_redirection_is_followed_but_the_key_stays(project, bars, right):
    with Server({}) as front:
        front.fault(first_two, "redirect", times=float("inf"), to="")
        for fault in front._faults:
            fault.options = _Onward(front, bars)
        assert bars_of(project, front) == right
    assert all("Authorization" in request.headers for request in front.requests)
    sent_on = bars.requests[-len(front.requests) :]
    assert not any("Authorization" in request.headers for request in sent_on)


class _Onward(dict):
    """Options of a redirection to the same path elsewhere."""

    def __init__(self, front, to):
        self._front, self._to = front, to

    def __getitem__(self, _):
        return f"{self._to.url}{self._front.requests[-1].path}"


def hours_of(project, server, **data):
    project.run(
        "EURUSD", source="dukascopy", endpoint=server.url, cache="cache", **RANGE | {"end": "2024-01-03"}, **data
    )
    return project.manifest()["feeds"][0]["n_rows"]


@pytest.mark.parametrize("kind", ["corrupt", "garbage"])
def test_a_body_that_is_no_data_is_one_line_and_is_asked_for_again(project, kind):
    """A damaged body is known when it is decoded; then it is put aside, and the next run has the right one."""
    path = "/EURUSD/2024/00/02/13h_ticks.bi5"
    sent = HOURS[path][:40] if kind == "corrupt" else b"sorry, maintenance"
    with Server({**HOURS, path: sent}) as server:
        with pytest.raises(DataError, match=r"EURUSD/2024/00/02/13h_ticks\.bi5") as caught:
            hours_of(project, server)
        assert "\n" not in str(caught.value)
        assert not project.outputs()
        server.content[path] = HOURS[path]
        n_asked = len(server.requests)
        assert hours_of(project, server) == 3 * 150
        assert server.paths()[n_asked:] == [path]


def test_a_page_that_says_sorry_with_status_200_is_never_kept(project):
    with Server(HOURS) as server:
        server.fault("/EURUSD/2024/00/02/13h_ticks.bi5", "wrong_type", times=2)
        assert hours_of(project, server) == 3 * 150


def test_what_a_user_put_into_the_cache_is_never_put_aside(project, cache):
    bad = cache / "EURUSD/2019/01/04/12h_ticks.bi5"
    bad.write_bytes(b"sorry")
    with pytest.raises(DataError, match="12h_ticks"):
        project.run("EURUSD", source="dukascopy", cache=str(cache))
    assert bad.read_bytes() == b"sorry"


def test_bytes_that_changed_in_the_cache_are_asked_for_again(project, right, bars):
    (place, *_) = sorted((project.folder / "right/v2").rglob("*.json"))
    place.write_bytes(place.read_bytes()[:-5])
    n_asked = len(bars.requests)
    assert bars_of(project, bars, cache="right") == right
    assert len(bars.requests) == n_asked + 1
