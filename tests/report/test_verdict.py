"""The verdict: one test per case, and the law that it never claims what the interval does not allow."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.report.verdict import Evidence, decide, trials

SCALE = 1e-2
EVERY = Evidence(n_forecasts=500, n_trades=300, n_days=80, mean=-2e-4, low=-3e-4, high=-1e-4, n_trials=0)


def evidence(**changes):
    given = {"n_forecasts": 500, "n_trades": 100, "n_days": 80, "mean": 2e-4, "low": 1e-4, "high": 3e-4, "n_trials": 50}
    return Evidence(**(given | changes))


def verdict(**changes):
    return decide(evidence(**changes), EVERY, min_trades=30, few_trials=20)


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"n_forecasts": 0, "n_trades": 0, "mean": None, "low": None, "high": None}, "untested", "Nothing was tested"),
        (
            {"n_trades": 0, "mean": None, "low": None, "high": None},
            "no trades",
            "The thresholded book made no trade: no signal was worth its costs.",
        ),
        ({"n_trades": 29}, "too few", "Too few trades to tell: the thresholded book made 29 trades"),
        ({"n_trades": 1, "low": None, "high": None}, "too few", "made 1 trade,"),
        ({"n_trades": 40, "low": None, "high": None}, "too few", "30 that are not all alike"),
        ({"low": -1e-4}, "none", "No evidence of an edge after costs"),
        ({"low": 0.0}, "none", "No evidence of an edge after costs"),
        ({"mean": -2e-4, "low": -3e-4, "high": -1e-4, "n_trials": 0}, "loss", "loses after costs"),
        ({"mean": -2e-4, "low": -3e-4, "high": 0.0, "n_trials": 0}, "none", "No evidence"),
        ({"n_trials": 19}, "weak", "Weak evidence of an edge after costs: .* after more than 19 independent trials"),
        ({"n_trials": 1}, "weak", "after more than 1 independent trial"),
        ({"n_trials": 0}, "none", "No evidence of an edge after costs: .* not be significant even as .* the only idea"),
        ({"n_trials": 20}, "edge", "Evidence of an edge after costs: .* stay so after 20 independent trials"),
    ],
)
def test_every_case_has_its_sentence(changes, kind, words):
    found = verdict(**changes)
    assert found.kind == kind
    assert re.search(words, found.headline)


def test_it_states_the_interval_the_trades_the_days_and_the_trials():
    assert verdict().grounds == (
        "100 non-overlapping trades on 80 out-of-sample days, mean net result +2.00 basis points per trade; "
        "95\u202f% interval +1.00 to +3.00 (autocorrelation allowed for). Independent trials it would survive: 50."
    )


def test_without_a_trade_it_tells_what_every_signal_gave():
    found = verdict(n_trades=0, mean=None, low=None, high=None)
    assert found.grounds.startswith("Traded all the same, every signal gave: 300 non-overlapping trades on 80 out-of")
    assert "\u22123.00 to \u22121.00" in found.grounds


@pytest.mark.parametrize(("n_days", "said"), [(59, True), (60, False)])
def test_fewer_than_sixty_days_are_not_annualised_and_it_says_so(n_days, said):
    assert ("nothing is annualised" in verdict(n_days=n_days).caveat) is said


def test_trials_in_words():
    assert [trials(n) for n in (0, 1, 1500, 10**12)] == ["none", "1", "1\u202f500", "more than a million"]


numbers = st.floats(-1, 1).map(lambda x: x * SCALE)
counts = st.integers(0, 10**6)


@given(
    st.lists(numbers, min_size=3, max_size=3).map(sorted),
    st.booleans(),
    st.tuples(counts, counts, counts, counts),
    st.integers(2, 1000),
    st.integers(1, 1000),
)
@settings(deadline=None, max_examples=300)
def test_law_evidence_is_claimed_only_above_zero(ordered, known, n, min_trades, few_trials):
    low, mean, high = ordered
    found = decide(
        Evidence(n[0], n[1], n[2], mean, low if known else None, high if known else None, n[3]),
        EVERY,
        min_trades,
        few_trials,
    )
    claimed = "evidence" in re.sub("no evidence", "", found.headline.lower())
    assert claimed is found.claims
    if claimed:
        assert known
        assert low > 0
        assert n[1] >= min_trades
        assert n[3] >= 1
    if found.kind == "edge":
        assert n[3] >= few_trials
