"""Documents: what they must hold, and one line where they do not."""

import pytest

from assay.errors import DataError
from assay.tables.document import check

SHAPE = {"n": int, "low": float | None, "inside": {"name": str}, "each": [{"x": int}]}
GOOD = {"n": 1, "low": None, "inside": {"name": "a"}, "each": [{"x": 1}, {"x": 2}], "more": []}


def test_a_document_with_its_members_and_more_is_returned_as_it_is():
    assert check(GOOD, SHAPE, "a.json") is GOOD


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "a.json: must be a JSON object; found NoneType; run the stage"),
        ([], "a.json: must be a JSON object; found list"),
        ({}, "a.json: must have n; found nothing"),
        ({**GOOD, "n": "1"}, "a.json, n: must be of type int; found str"),
        ({**GOOD, "low": "1"}, r"a.json, low: must be of type float \| None; found str"),
        ({**GOOD, "inside": []}, "a.json, inside: must be a JSON object; found list"),
        ({**GOOD, "inside": {"x": 1}}, "a.json, inside: must have name; found x"),
        ({**GOOD, "each": {}}, "a.json, each: must be of type list; found dict"),
        ({**GOOD, "each": [{"x": 1}, {}]}, "a.json, each 1: must have x; found nothing"),
        ({**GOOD, "each": [3]}, "a.json, each 0: must be a JSON object; found int"),
        ({**GOOD, "each": [{"x": "1"}]}, "a.json, each 0, x: must be of type int; found str"),
    ],
)
def test_another_shape_is_one_line(content, message):
    with pytest.raises(DataError, match=message):
        check(content, SHAPE, "a.json")
