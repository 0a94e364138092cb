"""One piece of work per name: what fails, or takes too long, is named, and the others are done."""

import signal
import time

import pytest

from assay.compute.executor import Processes, Serial
from assay.compute.outcomes import Outcome, outcomes


def work(item):
    if item == "fails":
        raise ValueError("no such\nthing")
    if item == "hangs":
        while True:
            time.sleep(0.01)
    return item.upper()


ITEMS = {"a": "good", "b": "fails", "c": "hangs", "d": "also good"}
DONE = [
    Outcome("a", "GOOD"),
    Outcome("b", error="ValueError: no such thing"),
    Outcome("c", error="ComputeError: c: must be done in 0.3 s; found more; allow it more time, or give it fewer rows"),
    Outcome("d", "ALSO GOOD"),
]


def test_each_has_its_own_outcome_in_the_order_of_the_items():
    began = time.monotonic()
    assert outcomes(Serial(), work, ITEMS, 0.3, "work") == DONE
    assert time.monotonic() - began < 2.0


@pytest.mark.slow
def test_other_processes_give_the_same():
    assert outcomes(Processes(2), work, ITEMS, 0.3, "work") == DONE


def test_the_alarm_is_put_back_and_none_is_left_ringing():
    before = signal.getsignal(signal.SIGALRM)
    outcomes(Serial(), work, ITEMS, 0.1, "work")
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_nobody_interrupts_a_user_who_stops_it():
    def stopped(item):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outcomes(Serial(), stopped, {"a": 1}, 1.0, "work")
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
