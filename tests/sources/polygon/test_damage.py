"""Polygon's answers to the same question, and damaged ones."""

import json

import pytest

from assay.sources.polygon import VENUE
from tests.sources.feeds import fates
from tests.sources.fuzz import mutations
from tests.sources.polygon.answers import AT, REAL, aggregates, bar, question


@pytest.mark.parametrize("kind", VENUE.kinds)
def test_answers_to_the_same_question_are_steady_but_for_their_request(kind):
    piece, _ = question(kind)
    told = json.loads(REAL[kind])
    again = json.dumps(told | {"request_id": "0f", "status": "DELAYED"}).encode()
    assert VENUE.steady(again, piece) == VENUE.steady(REAL[kind], piece)
    assert json.loads(VENUE.steady(again, piece)) == told | {"request_id": "", "status": ""}
    assert len(REAL[kind]) - len(VENUE.steady(REAL[kind], piece)) == len(told["request_id"] + told["status"])


@pytest.mark.parametrize(
    "other",
    [
        aggregates(bar(AT, c=130.16)),
        aggregates(bar(AT), ticker="MSFT"),
        aggregates(bar(AT), queryCount=2),
        aggregates(bar(AT), status="ERROR"),
        aggregates(bar(AT)).replace(b", ", b","),
        aggregates(bar(AT)).replace(b"request_id", b"request"),
        aggregates(bar(AT, request_id="2")),
        aggregates(bar(AT))[:-1],
        b"",
        b"\xff\xfe",
    ],
)
def test_whatever_else_differs_stays_in_the_steady_bytes(other):
    piece, _ = question()
    assert VENUE.steady(other, piece) != VENUE.steady(aggregates(bar(AT)), piece)


def test_what_two_rows_name_like_a_mark_is_data():
    piece, _ = question()
    raw, *others = [aggregates(bar(AT, request_id=one), bar(AT, request_id="9")) for one in ("1", "2")]
    assert VENUE.steady(raw, piece) != VENUE.steady(others[0], piece)


def test_text_in_a_row_that_looks_like_a_mark_is_data():
    piece, _ = question()
    raw, other = [aggregates(bar(AT, note=f'"request_id": "{one}"')) for one in ("1", "2")]
    assert VENUE.steady(raw, piece) != VENUE.steady(other, piece)


@pytest.mark.parametrize("n_cases", [300, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", VENUE.kinds)
def test_mutated_answers_end_in_one_line_or_in_a_table(kind, n_cases):
    piece, wanted = question(kind)
    assert VENUE.decode(REAL[kind], piece, wanted)[0].height
    found = fates(VENUE, mutations(REAL[kind], 3, n_cases), piece, wanted)
    assert found["wrong"] == 0
    assert min(found["refused"], found["table"]) > 0
