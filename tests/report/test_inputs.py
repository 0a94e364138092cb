"""What the report reads: files of another shape are one line."""

import pytest

from assay.errors import DataError
from assay.report.inputs import REPORTS, SHAPES, checked


def test_every_report_of_every_kind_of_run_has_its_shape(run):
    assert SHAPES.keys() == REPORTS.keys() == run.inputs.reports.keys()
    for name, content in run.inputs.reports.items():
        assert checked(name, content) is content


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("content", [None, [], 7, {}, {"n_rows": 1}])
def test_another_shape_is_one_line_with_the_file(name, content):
    with pytest.raises(DataError, match=str(REPORTS[name])) as error:
        checked(name, content)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", REPORTS)
def test_every_member_that_is_needed_is_asked_for(name, full):
    for member in SHAPES[name]:
        without = {key: value for key, value in full.reports[name].items() if key != member}
        with pytest.raises(DataError, match=f"must have {member}"):
            checked(name, without)
        with pytest.raises(DataError, match=f"{member}"):
            checked(name, {**full.reports[name], member: object()})


def test_a_book_of_another_shape_is_named(full):
    with pytest.raises(DataError, match=r"backtest\.json, selected: must have n_trades"):
        checked("backtest", {**full.reports["backtest"], "selected": {}})


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("manifest", {"feeds": [{}]}, r"manifest\.json, feeds 0: must have n_rows"),
        ("manifest", {"feeds": [None]}, r"manifest\.json, feeds 0: must be a JSON object"),
        ("manifest", {"failed": [{"source": "x"}]}, r"manifest\.json, failed 0: must have symbol"),
        ("health", {"feeds": [{}]}, r"data_health\.json, feeds 0: must have source"),
        ("health", {"pairs": [{}]}, r"data_health\.json, pairs 0: must have symbol"),
        ("schema", {"features": [{"name": "r"}]}, r"schema\.json, features 0: must have definition"),
    ],
)
def test_an_entry_of_another_shape_is_named(full, name, content, message):
    with pytest.raises(DataError, match=message):
        checked(name, {**full.reports[name], **content})


def test_what_the_page_misses_deeper_down_is_one_line(maker):
    inputs = maker.inputs()
    inputs.reports["walkforward"].pop("overall")
    with pytest.raises(DataError, match=r"must have what the page shows; found .*overall"):
        maker.page(inputs)
