"""Wall clocks, against the standard library one instant at a time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.errors import ParamsError
from assay.market import zones

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = ["UTC", "America/Chicago", "America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe"]
SECONDS = st.integers(0, 4_000_000_000)


def on_the_clock(second, name):
    there = (EPOCH + timedelta(seconds=second)).astimezone(ZoneInfo(name))
    return int((there.replace(tzinfo=UTC) - EPOCH).total_seconds())


@given(seconds=st.lists(SECONDS, min_size=1, max_size=5), name=st.sampled_from(ZONES))
@settings(deadline=None, max_examples=40)
def test_local_time_is_that_of_zoneinfo(seconds, name):
    found = zones.local(np.array(seconds) * zones.SECOND_NS + 999_999_999, name)
    assert found.tolist() == [on_the_clock(s, name) * zones.SECOND_NS + 999_999_999 for s in seconds]


@pytest.mark.parametrize("change", ["2013-03-10T08:00", "2013-11-03T07:00"])
def test_the_second_at_which_chicago_changes_its_clocks(change):
    at = int(np.datetime64(change, "s").astype(np.int64))
    seconds = np.arange(at - 3, at + 3)
    expected = [on_the_clock(int(s), "America/Chicago") for s in seconds]
    assert (zones.local(seconds * zones.SECOND_NS, "America/Chicago") // zones.SECOND_NS).tolist() == expected


def test_no_instants():
    assert zones.local(np.array([], np.int64), "UTC").size == 0


@pytest.mark.parametrize("name", ["America/Chikago", "nowhere", "", "../zones", "America"])
def test_an_unknown_zone_is_one_line(name):
    with pytest.raises(ParamsError, match="zone must be a time zone"):
        zones.zone(name)
