import pytest

from assay.compute.shell import run
from assay.errors import DataError


def fail() -> None:
    raise DataError("file.bi5", "must be whole", "a cut", "fetch it again")


def denied() -> None:
    raise PermissionError(13, "Permission denied", "data/ticks")


def test_a_domain_error_is_one_line_and_status_1(monkeypatch):
    monkeypatch.setattr("sys.argv", ["stages/fetch.py"])
    with pytest.raises(SystemExit) as caught:
        run(fail)
    assert caught.value.code == "fetch.py: file.bi5: must be whole; found a cut; fetch it again"


def test_no_permission_is_one_line(monkeypatch):
    monkeypatch.setattr("sys.argv", ["stages/fetch.py"])
    with pytest.raises(SystemExit, match="data/ticks: must be readable and writable"):
        run(denied)


def blunder() -> None:
    raise KeyError("threshold\n s")


def test_a_fault_of_the_program_is_one_line_that_says_where(monkeypatch):
    monkeypatch.setattr("sys.argv", ["stages/fetch.py"])
    with pytest.raises(SystemExit) as caught:
        run(blunder)
    line = str(caught.value.code)
    assert line.startswith("fetch.py: test_shell.py:")
    assert "found KeyError" in line
    assert "--debug" in line
    assert "\n" not in line


def test_debug_shows_the_traceback(monkeypatch):
    monkeypatch.setattr("sys.argv", ["stages/fetch.py", "--debug"])
    with pytest.raises(DataError):
        run(fail)
