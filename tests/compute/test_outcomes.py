"""One piece of work per name: what fails, dies, or takes too long is named, and the others are done."""

import multiprocessing
import os
import signal
import threading
import time
from dataclasses import dataclass, field

import pytest

from assay.compute.executor import workers
from assay.compute.outcomes import outcomes
from assay.compute.params import ComputeParams
from assay.compute.worker import Outcome
from assay.errors import ComputeError

from .endless import endless


def work(item):
    if item == "fails":
        raise ValueError("no such\nthing")
    if item == "exits":
        raise SystemExit("enough")
    if item == "ends":
        os._exit(7)
    if item == "is killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if item == "hangs":
        endless(1)
    return item.upper()


ITEMS = {
    "a": "good",
    "b": "fails",
    "c": "hangs",
    "d": "also good",
    "e": "ends",
    "f": "is killed",
    "g": "good too",
    "h": "exits",
}
REMEDY = "free memory, set compute.n_workers lower, or correct what it runs"
DONE = [
    Outcome("a", "GOOD"),
    Outcome("b", error="ValueError: no such thing"),
    Outcome("c", error="c: must be done in 2 s; found more; allow it more time, or give it fewer rows", is_late=True),
    Outcome("d", "ALSO GOOD"),
    Outcome("e", error=f"e: its process must live; found exit status 7; {REMEDY}"),
    Outcome("f", error=f"f: its process must live; found killed by signal 9; {REMEDY}"),
    Outcome("g", "GOOD TOO"),
    Outcome("h", error="SystemExit: enough"),
]


@pytest.mark.slow
@pytest.mark.parametrize("n_workers", [1, 2, 9])
def test_each_has_its_own_outcome_in_the_order_of_the_items_and_a_kernel_is_stopped(n_workers):
    assert outcomes(n_workers, work, ITEMS, 2.0, "work") == DONE
    assert multiprocessing.active_children() == []


@dataclass
class Counts:
    """Work that keeps what it was given, as a catalogue is kept."""

    given: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.begun = os.getpid()

    def __call__(self, item):
        self.given.append(item)
        return [*self.given], os.getpid() != self.begun


def test_a_process_is_used_again_and_keeps_what_the_work_keeps():
    done = outcomes(1, Counts(), {"a": 1, "b": 2, "c": 3}, 60.0, "work")
    assert [outcome.value for outcome in done] == [([1], True), ([1, 2], True), ([1, 2, 3], True)]


class Unborn:
    """Work that ends the process it is sent to, before that is given anything."""

    def __reduce__(self):
        return os._exit, (5,)


def test_processes_that_cannot_start_end_it_all():
    with pytest.raises(ComputeError, match="work: needs worker processes that start; found exit status 5; free memory"):
        outcomes(2, Unborn(), {"a": 1, "b": 2, "c": 3}, 60.0, "work")
    assert multiprocessing.active_children() == []


class Unready:
    """Work that cannot be had before long."""

    def __reduce__(self):
        return time.sleep, (60,)


def test_a_process_that_does_not_start_in_time_ends_it_all(monkeypatch):
    monkeypatch.setattr("assay.compute.worker._START_S", 0.5)
    with pytest.raises(ComputeError, match=r"work: needs worker processes that start; found none in 0\.5 s; free"):
        outcomes(1, Unready(), {"a": 1}, 60.0, "work")
    assert multiprocessing.active_children() == []


class SlowToRead:
    """What its reader waits for; its process has ended by then."""

    def __reduce__(self):
        return time.sleep, (1.0,)


def ends_after(item):
    """Return, and end this process a moment later, while it has nothing to do."""
    if item == "last words":
        threading.Timer(0.1, os._exit, (7,)).start()
        return SlowToRead()
    return item, os.getpid()


@pytest.mark.slow
def test_the_item_after_which_a_process_ends_fails_no_other():
    first, second, third = outcomes(1, ends_after, {"a": "last words", "b": "next", "c": "one more"}, 60.0, "work")
    assert first == Outcome("a")
    assert (second.error, third.error) == ("", "")
    assert [second.value[0], third.value[0]] == ["next", "one more"]
    assert second.value[1] == third.value[1] != os.getpid()


@pytest.mark.parametrize("limit_s", [3e6, 1e300])
def test_a_limit_may_be_longer_than_the_system_waits_in_one_go(limit_s):
    assert outcomes(1, str.upper, {"a": "good"}, limit_s, "work") == [Outcome("a", "GOOD")]


def unsendable(item):
    return (one for one in item) if item == "generator" else item


def test_a_value_that_cannot_be_sent_is_a_failure_of_its_item_alone(capfd):
    done = outcomes(1, unsendable, {"a": "generator", "b": "text"}, 60.0, "work")
    assert done == [Outcome("a", error="TypeError: cannot pickle 'generator' object"), Outcome("b", "text")]
    assert "Traceback" not in capfd.readouterr().err


def variable(name):
    return os.environ.get(name)


def test_processes_have_the_environment_of_this_one_which_stays_as_it_is(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.setenv("NUMBA_CACHE_DIR", "somewhere")
    before = dict(os.environ)
    done = outcomes(1, variable, {"a": "OMP_NUM_THREADS", "b": "NUMBA_CACHE_DIR"}, 60.0, "work")
    assert [one.value for one in done] == ["3", "somewhere"]
    assert dict(os.environ) == before


def test_nothing_to_do_starts_nothing():
    assert outcomes(4, Unborn(), {}, 1.0, "work") == []


def waits(item):
    time.sleep(60)


def test_a_user_who_stops_it_leaves_no_process(monkeypatch):
    def interrupted(lines, timeout):
        raise KeyboardInterrupt

    monkeypatch.setattr("assay.compute.outcomes.wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        outcomes(2, waits, {"a": 1, "b": 2}, 60.0, "work")
    assert multiprocessing.active_children() == []


def test_how_many_processes_there_are_is_what_the_parameters_say():
    assert workers(ComputeParams(executor="serial", n_workers=4)) == 1
    assert workers(ComputeParams(executor="processes", n_workers=4)) == 4
    assert workers(ComputeParams()) >= 1
