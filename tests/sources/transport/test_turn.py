"""Turns of a venue's own client."""

import time

import pytest

from assay.errors import TransportError
from assay.sources.transport.turn import Turns
from tests.sources.transport.conftest import line


def test_a_request_that_is_slow_is_named_and_a_wait_for_its_turn_is_not(caplog):
    with line(requests_per_second=5.0, slow_seconds=0.1, timeout_seconds=7.0) as transport:
        turns = Turns(transport, "yahoo AAPL/1d/2014.json")
        began_at = time.monotonic()
        for seconds in (0.0, 0.0, 0.15):
            with turns.request():
                time.sleep(seconds)
        assert time.monotonic() - began_at >= 0.4
        assert turns.timeout_seconds == 7.0
        assert turns.bucket is transport.pace.of("yahoo")
        transport.report()
    (named,) = [record.getMessage() for record in caplog.records if " took " in record.getMessage()]
    assert named.startswith("yahoo AAPL/1d/2014.json took 0.")


def test_a_stopped_run_has_no_more_turns():
    with line() as transport:
        turns = Turns(transport, "yahoo AAPL")
        transport.stop()
        with pytest.raises(TransportError, match="stopped") as stopped, turns.request():
            pytest.fail("asked all the same")
    assert stopped.value.final
