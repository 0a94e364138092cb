"""Progress: signs of life on a terminal, nothing where no one looks."""

import io
from threading import Event

import pytest

from assay.compute import progress
from assay.compute.shell import run


class Screen(io.StringIO):
    """Standard error as a terminal, which tells when something was drawn."""

    def __init__(self, terminal):
        super().__init__()
        self.terminal, self.drawn = terminal, Event()

    def isatty(self):
        return self.terminal

    def write(self, text):
        self.drawn.set()
        return super().write(text)


@pytest.fixture
def screen(monkeypatch):
    """Return a function that shows a stage at work on a terminal or elsewhere, for two seconds at most."""
    monkeypatch.setattr(progress, "DELAY_S", 0.0)
    monkeypatch.setattr("sys.argv", ["stages/hmm.py"])

    def show(terminal):
        made = Screen(terminal)
        monkeypatch.setattr("sys.stderr", made)
        run(lambda: made.drawn.wait(2.0 if terminal else 0.3))
        return made.getvalue()

    return show


def test_a_stage_at_work_shows_its_name_and_time_and_clears_them(screen):
    shown = screen(True)
    assert "hmm: 00:0" in shown
    assert shown.endswith("\r")


def test_nothing_is_shown_where_there_is_no_terminal(screen):
    assert screen(False) == ""


def test_quick_work_shows_nothing(monkeypatch):
    made = Screen(terminal=True)
    monkeypatch.setattr("sys.stderr", made)
    with progress.timed("quick"):
        pass
    assert made.getvalue() == ""
