"""The health of the data in words: what speaks against it is said first, and nothing is said that is not so."""

import copy
import re
from typing import get_args

import pytest

from assay.errors import DataError
from assay.market.universe import Membership, survivorship
from assay.report import health
from assay.report.params import ReportParams
from assay.report.summarize import summarize
from assay.sources.rules.laws import knobs
from assay.tables.kinds import Kind

HOUR = 3600.0


@pytest.fixture
def feed(full):
    """The receipt and the health of a feed, to be changed."""
    return copy.deepcopy((full.reports["manifest"]["feeds"][0], full.reports["health"]["feeds"][0]))


def history(feed, **changes):
    receipt, found = feed
    return health.histories([receipt | {"rules": changes.pop("rules", receipt["rules"])}], [found | changes])[0]


def gap(hours, begin="2024-01-03T10:00:00.5Z", end="2024-01-03T12:00:00.5Z"):
    return {"begin": begin, "end": end, "open_seconds": hours * HOUR}


def gaps(*hours, n=None, least=60.0):
    listed = [gap(one) for one in hours]
    return {"least_seconds": least, "n": n or len(hours), "open_seconds": sum(hours) * HOUR, "longest": listed}


WELL = {"findings": [], "n_crossed": 0, "outliers": {"n": 0, "first": []}, "gaps": gaps(), "rules": {}}


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_rule_of_every_kind_has_words(kind):
    assert set(knobs(kind)) <= set(health.RULES)


def test_what_is_well_has_no_fault(feed):
    assert history(feed, **WELL).faults == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"findings": ["clock: funding at 1"]}, "Clock: funding at 1."),
        ({"n_crossed": 2}, "Bid above the ask in 2 rows."),
        ({"outliers": {"n": 1, "first": []}}, "Far from the rows before and after, a jump that comes back: 1 price."),
        (
            {"rules": {"locked_quotes_dropped": 70}},
            "70 rows of 7\u202f001 (1.00\u202f%) broke a rule and were dropped.",
        ),
        ({"rules": {"unsorted_times_sorted": 1}}, "1 row of 7\u202f001 (0.01\u202f%) came later than newer ones and"),
        (
            {"gaps": gaps(2, 0.5)},
            "1 gap of 1\u202fh or more while the market was open; the longest has 2\u202fh of open",
        ),
        ({"gaps": gaps(2, 1, n=9)}, "At least 2 gaps of 1\u202fh or more"),
        ({"gaps": gaps(26, 12, least=12 * HOUR)}, "2 gaps of 12\u202fh or more"),
        ({"gaps": gaps(2)}, "2024-01-03 10:00:00 to 2024-01-03 12:00:00 UTC."),
    ],
)
def test_every_fault_has_its_sentence(feed, changes, words):
    (found,) = history(feed, **WELL | changes).faults
    assert words in found


@pytest.mark.parametrize("rule", ["out_of_range_dropped", "duplicate_rows_flagged", "rows_in", "other_symbols_dropped"])
def test_what_was_not_wanted_or_is_kept_is_no_fault(feed, rule):
    assert history(feed, **WELL | {"rules": {rule: 5}}).faults == []


def test_gaps_shorter_than_an_hour_are_only_counted(feed):
    assert history(feed, **WELL | {"gaps": gaps(0.9, 0.5)}).faults == []


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ({"by_calendar": {}}, ["The calendar says nothing about the clock: the market never closes"]),
        ({"by_calendar": {"winter": {"shift_hours": 0.0, "closed_share": 0.002}}}, ["0.20\u202f% of the rows lie in"]),
        ({"by_calendar": {"winter": {"shift_hours": -1.0, "closed_share": 0.2}}}, []),
        ({"by_calendar": {}, "by_funding": {"shift_hours": 0.0}}, ["never closes", "hours of funding: 0, 8 and 16"]),
        ({"by_calendar": {}, "by_funding": {"shift_hours": 2.0}}, ["never closes"]),
    ],
)
def test_the_clock_is_said_to_be_right_only_where_something_says_so(feed, clock, words):
    notes = history(feed, **WELL | {"clock": clock}).notes
    assert len(notes) == len(words)
    assert all(word in note for word, note in zip(words, notes, strict=True))


def test_rules_and_counts_of_decoders_are_told_apart(feed):
    rules = {"rows_in": 9, "rows_out": 7, "outliers_dropped": 2, "outliers_flagged": 1, "missing_values_dropped": 0}
    found = history(feed, rules=rules | {"closed_files": 4, "something_new": 3, "another": 0})
    assert [(rule.n, rule.done) for rule in found.rules] == [(0, None), (2, "dropped"), (1, "kept, flagged")]
    assert found.counted == [(health.COUNTED["closed_files"], 4), ("Something new", 3)]


def test_rows_in_less_those_dropped_are_rows_out(run):
    for one in summarize(run.inputs, ReportParams()).data.histories:
        n_dropped = sum(rule.n for rule in one.rules if rule.done == "dropped")
        assert one.health["rows"]["in"] - n_dropped == one.health["rows"]["out"]


def pair(shift, **more):
    return {"symbol": "X", "left": "a", "right": "b", "shift_hours": shift, "n_minutes": 200} | more


@pytest.mark.parametrize(
    ("found", "words", "is_fault"),
    [
        (pair(None), "X: a and b have too little in common", False),
        (pair(0.0, correlation=0.93), "the clocks of a and b agree; .* correlate 0.93 over 200 minutes", False),
        (
            pair(-1.0, correlation=0.9, correlation_unshifted=0.1),
            "differ by 1 h; with \u22121.0 h on the times of a their one-minute returns .* 0.90, as they are 0.10",
            True,
        ),
    ],
)
def test_two_sources_in_a_sentence(full, found, words, is_fault):
    (said,) = health.told(full.reports["manifest"], full.reports["health"] | {"pairs": [found]}).pairs
    assert re.search(words, said.text)
    assert said.is_fault is is_fault


def test_what_failed_is_named_with_its_reason(full):
    one = {"source": "polygon", "symbol": "AAPL", "kind": "open_interest", "error": "no key"}
    found = health.told(full.reports["manifest"] | {"failed": [one]}, full.reports["health"]).failed
    assert found == ["AAPL open interest from polygon could not be fetched: no key."]


def test_receipts_and_health_of_different_feeds_are_one_line(feed):
    receipt, found = feed
    for receipts, healths in (([receipt], []), ([], []), ([receipt], [found | {"symbol": "OTHER"}])):
        with pytest.raises(DataError, match=r"data_health\.json: must be of") as error:
            health.histories(receipts, healths)
        assert "\n" not in str(error.value)


def section(page):
    """The words of the section about the data."""
    start = page.index('<section id="data"')
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page[start : page.index("</section>", start)]))


def test_the_page_says_what_was_found_and_what_was_looked_for(full_page):
    said = section(full_page)
    assert re.search(r"a jump that comes back: \d price", said)
    assert re.search(r"Equal to the row before in every column \(duplicate\) kept, flagged 1 0\.01", said)
    assert re.search(r"Without a value that must be there none", said)
    assert "Files that are empty because the market was closed 3" in said
    assert said.index("Far from the rows before and after") < said.index("Rows in and out")


def test_without_findings_it_says_so(maker, full):
    inputs = maker.inputs()
    inputs.reports["health"] = copy.deepcopy(full.reports["health"])
    inputs.reports["health"]["feeds"][0] |= {name: value for name, value in WELL.items() if name != "rules"}
    assert "Nothing was found against this data" in section(maker.page(inputs))
    assert "Nothing was found against this data" not in section(maker.page(full))


def test_several_feeds_are_told_with_what_failed_and_what_two_sources_say(maker):
    said = section(maker.page(maker.inputs(several=True)))
    assert "WALK funding from third could not be fetched: no answer." in said
    assert "WALK: the clocks of made and other agree" in said
    assert said.index("WALK trades from made") < said.index("Further feeds") < said.index("WALK quotes from other")
    assert "Median spread by hour of the day, ticks" in said


def test_words_of_a_venue_are_only_text(maker):
    inputs = copy.deepcopy(maker.inputs(several=True))
    hostile = "<script>alert(1)</script>"
    inputs.reports["manifest"]["failed"][0]["error"] = hostile
    inputs.reports["manifest"]["feeds"][0]["found"] = {hostile: hostile}
    inputs.reports["health"]["feeds"][0]["findings"] = [hostile]
    assert "<script" not in maker.page(inputs)


def test_a_universe_of_survivors_and_the_rolls_are_on_the_page(maker):
    inputs = copy.deepcopy(maker.inputs())
    survivors = survivorship([Membership("A", 0), Membership("B", 0)], 10**18)
    one = {"source": "yahoo", "kind": "ohlcv", "n_symbols": 2, "n_left": 0, "n_fetched": 2}
    inputs.reports["health"]["universes"] = [one | {"findings": [survivors]}, one | {"findings": []}]
    made = [{"at": "2014-03-13T00:00:00.000000000Z", "from": "ESH4", "to": "ESM4", "step": -7.25}]
    inputs.reports["bars"]["rolls"] = {"rule": "volume", "n_ticks_not_held": 12, "made": made}
    said = section(maker.page(inputs))
    assert said.count(f"Universe of 2 symbols from yahoo: {survivors}") == 1
    assert "Rolls from contract to contract 1 roll" in said
    assert re.search(r"ESH4.*ESM4.*\u22127\.25", said)
    assert "Rolls from" not in section(maker.page(maker.inputs()))


def test_rows_of_a_month_that_their_file_does_not_cover_speak_against_it(feed):
    faults = history(feed, **WELL | {"rules": {"outside_piece_dropped": 2}}).faults
    assert faults == ["2 rows of a month that their file does not cover: dropped."]


def test_the_calendar_says_which_days_are_closed_and_which_are_missing(maker):
    inputs = copy.deepcopy(maker.inputs())
    feed = inputs.reports["health"]["feeds"][0]
    assert "No day is missing on which the market was open" in section(maker.page(inputs))
    feed["days"] = {"first": "2024-01-05", "n_rows": [7, 0, 0, 0, 7], "without_row": ["2024-01-08"]}
    said = section(maker.page(inputs))
    assert "Pale: closed all day by the calendar 24/5 . Red: open, and no row came, on 1 day; " in said
    assert re.search(r"5 Jan\s+7\s+6 Jan\s+closed\s+7 Jan\s+closed\s+8 Jan\s+missing\s+9 Jan\s+7 ", said)
    feed["days"]["without_row"] = None
    assert "Pale: no row; such rows come when something happens." in section(maker.page(inputs))
