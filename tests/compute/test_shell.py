import pytest

from assay.compute.shell import PARTLY, run
from assay.errors import DataError, PartialError


def fail() -> None:
    raise DataError("file.bi5", "must be whole", "a cut", "fetch it again")


def fail_partly() -> None:
    raise PartialError("fetch", "must deliver every symbol", "1 of 10 failed", "mend it")


def denied() -> None:
    raise PermissionError(13, "Permission denied", "data/ticks")


def blunder() -> None:
    raise KeyError("threshold\n s")


@pytest.fixture
def ends(monkeypatch, capsys):
    """Run a stage that fails; return its exit status and what it wrote."""

    def ends(stage):
        monkeypatch.setattr("sys.argv", ["stages/fetch.py"])
        with pytest.raises(SystemExit) as caught:
            run(stage)
        return caught.value.code, capsys.readouterr().err

    return ends


def test_a_domain_error_is_one_line_and_status_1(ends):
    assert ends(fail) == (1, "fetch.py: file.bi5: must be whole; found a cut; fetch it again\n")


def test_a_part_delivered_is_status_3(ends):
    status, line = ends(fail_partly)
    assert status == PARTLY == 3
    assert line == "fetch.py: fetch: must deliver every symbol; found 1 of 10 failed; mend it\n"


def test_no_permission_is_one_line(ends):
    status, line = ends(denied)
    assert status == 1
    assert "data/ticks: must be readable and writable" in line


def test_a_fault_of_the_program_is_one_line_that_says_where(ends):
    status, line = ends(blunder)
    assert status == 1
    assert line.startswith("fetch.py: test_shell.py:")
    assert "found KeyError" in line
    assert "--debug" in line
    assert line.count("\n") == 1


def test_debug_shows_the_traceback(monkeypatch):
    monkeypatch.setattr("sys.argv", ["stages/fetch.py", "--debug"])
    with pytest.raises(DataError):
        run(fail)
