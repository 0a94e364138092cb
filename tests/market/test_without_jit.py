"""The kernels as plain Python: the same days and clocks as compiled."""

import numpy as np
import pytest

from assay.market import sessions, zones
from assay.market.sessions import Hours, days
from tests.sources.feeds import ns

AT = ns("2024-03-08") + np.arange(0, 5 * 86_400, 1_801) * 10**9
"""From Friday to Tuesday, over the change of the clocks."""


@pytest.mark.parametrize("weekend", [True, False])
@pytest.mark.parametrize(("start_s", "end_s"), [(61_200, 57_600), (34_200, 57_600)])
def test_without_jit_sessions_are_the_same(interpreted, start_s, end_s, weekend):
    hours = Hours("America/Chicago", start_s, end_s, 54_900, weekend_trading=weekend)
    compiled = days(AT, hours), zones.local(AT, hours.zone)
    interpreted(sessions, zones)
    assert days(AT, hours).tolist() == compiled[0].tolist()
    assert zones.local(AT, hours.zone).tolist() == compiled[1].tolist()
    assert np.unique(np.diff(compiled[1] - AT)).tolist() == [0, 3_600 * 10**9]
