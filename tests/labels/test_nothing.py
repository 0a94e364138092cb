"""Where no label is left, the line names the parameter that is to blame."""

import pytest

from assay.errors import DataError
from assay.labels.build import build
from assay.labels.params import LabelParams

REMEDIES = {
    "session": (
        {"triple_barrier": {"session_exit_minutes": 1440}},
        r"^labels: needs an event before its session closes; .* lower labels\.triple_barrier\.session_exit_minutes",
    ),
    "cusum": (
        {"events": {"method": "cusum", "cusum_threshold": 1000.0}},
        r"^labels\.events: needs an event; .*n_events 0, .*; lower labels\.events\.cusum_threshold, take more bars",
    ),
    "cusum_window": (
        {"events": {"method": "cusum", "volatility_window": 400}},
        r"^labels\.events: needs an event; .*; lower labels\.events\.volatility_window, take more bars",
    ),
    "bands_window": (
        {"events": {"method": "bands", "window": 600}},
        r"^labels\.events: needs an event; .*; lower labels\.events\.window, take more bars",
    ),
    "one_day": (
        {"triple_barrier": {"sizing": "daily"}},
        r"^labels: needs an event whose barriers are known; .* take bars of more days, or set labels\.triple_barrier",
    ),
    "window": (
        {"triple_barrier": {"volatility_window": 100_000}},
        r"^labels: needs an event whose barriers are known; .* lower labels\.triple_barrier\.volatility_window",
    ),
    "horizon": (
        {"triple_barrier": {"max_horizon_bars": 100_000}},
        r"^labels: needs an event whose trade cannot outlast the data; .* lower labels\.triple_barrier\.max_horizon",
    ),
}


@pytest.mark.parametrize("cause", REMEDIES)
def test_no_label_is_one_line_that_names_its_cause(cause, walk_bars, instrument):
    given, line = REMEDIES[cause]
    with pytest.raises(DataError, match=line) as told:
        build(walk_bars(1, 400), LabelParams.model_validate(given), instrument)
    assert "\n" not in str(told.value)
