"""What the commands about features say, in a line, of words they cannot take and of many markets that failed."""

from __future__ import annotations

import pytest

from assay.cli import main
from assay.cli.features_build import _failed
from assay.compute.worker import Outcome
from assay.errors import DataError


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "soon"])
def test_a_limit_is_a_number_of_seconds(text, capsys):
    with pytest.raises(SystemExit):
        main(["features", "build", "--seconds", text])
    rule = f"argument --seconds: must be a number of seconds above 0; found '{text}'; give one such as 600"
    assert capsys.readouterr().err == f"assay features build: {rule}; see assay features build --help\n"


@pytest.mark.parametrize("text", ["0", "1,-5", "soon", "1,,5", "1.5", ""])
def test_horizons_are_whole_numbers(text, capsys):
    with pytest.raises(SystemExit):
        main(["features", "report", "--horizons", text])
    rule = f"argument --horizons: must be whole numbers from 1; found '{text}'; give some such as 1,5,20"
    assert capsys.readouterr().err == f"assay features report: {rule}; see assay features report --help\n"


def test_many_that_failed_are_counted_and_the_first_named():
    failed = [Outcome(f"M{i}", error=f"ValueError: of {i}") for i in range(7)]
    assert str(_failed(DataError, failed, 9)) == (
        "features build: must build every market; found 7 of 9 failed: M0, M1, M2, M3, M4 and 2 more; "
        "mend what its line says of each"
    )


@pytest.mark.parametrize("option", ["--top", "--until"])
@pytest.mark.parametrize("text", ["-1", "1.5", "all", ""])
def test_how_many_are_printed_and_where_to_stop_are_whole_numbers(option, text, capsys):
    with pytest.raises(SystemExit):
        main(["features", "report", f"{option}={text}"])
    rule = f"argument {option}: must be a whole number from 0; found '{text}'; give one such as 40"
    assert capsys.readouterr().err == f"assay features report: {rule}; see assay features report --help\n"
