import errno
import os

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


def nobody_listens() -> None:
    raise BrokenPipeError(32, "Broken pipe")


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


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENAMETOOLONG, "found file name too long; name a shorter one"),
        (errno.ENOSPC, "found no space left on device; free the disk"),
    ],
)
def test_what_the_system_refuses_is_told_with_the_file(ends, number, told):
    def refused() -> None:
        raise OSError(number, os.strerror(number), "data/ticks")

    assert ends(refused) == (1, f"fetch.py: data/ticks: must be readable and writable; {told}\n")


def test_a_stage_that_is_stopped_says_so_in_a_word(ends):
    def stopped() -> None:
        raise KeyboardInterrupt

    assert ends(stopped) == (130, "fetch.py: stopped\n")


def test_a_pipe_that_breaks_in_the_work_is_a_fault_like_any_other(ends):
    code, error = ends(nobody_listens)
    assert (code, error.count("\n")) == (1, 1)
    assert "a fault of the program; found BrokenPipeError [Errno 32] Broken pipe;" in error


def test_debug_shows_the_traceback(monkeypatch):
    monkeypatch.setattr("sys.argv", ["stages/fetch.py", "--debug"])
    with pytest.raises(DataError):
        run(fail)
