"""Many pieces, threads and runs at once."""

import threading

import pytest

from assay.errors import TransportError
from assay.sources.transport.obtain import obtain
from tests.sources.server import Server
from tests.sources.transport.conftest import line, piece
from tests.sources.transport.obtained import had


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
        for i in range(0, 60, 6):
            server.fault(f"/{i}", 500)
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
        assert len(server.requests) == 70
        assert results == {first: [b"%d" % i for i in range(first, first + 20)] for first in (0, 20, 40)}


def test_a_stopped_run_ends_its_waits(feed_here):
    with Server({}) as server, line(backoff_seconds=600.0) as transport:
        server.fault(lambda _: True, 500, times=99)
        threading.Timer(0.3, transport.stop).start()
        with pytest.raises(TransportError, match="stopped"):
            obtain([piece(server)], feed_here, transport)


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
