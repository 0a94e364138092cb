"""Progress: signs of life on a terminal, nothing where no one looks."""

import io
import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread

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


class Deaf(io.StringIO):
    """Standard error that nobody reads any more."""

    def write(self, text):
        raise BrokenPipeError(32, "Broken pipe")


@pytest.mark.parametrize(("stream", "seen"), [(io.StringIO(), "a\nb\n"), (Deaf(), ""), (None, "")])
def test_lines_are_told_to_who_reads_them(monkeypatch, stream, seen):
    monkeypatch.setattr("sys.stderr", stream)
    progress.told(["a", "b"])
    assert (stream.getvalue() if stream else "") == seen


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


def counting(n_items, seconds):
    """Return the screen after counted work in the first thread."""
    made = Screen(terminal=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stderr", made)
        patch.setattr(progress, "DELAY_S", 0.0)
        patch.setattr(progress, "PACE_S", 0.0)
        for _ in progress.counted(range(n_items), n_items, "EURUSD", unit=" files"):
            time.sleep(seconds)
    return made.getvalue()


def test_counted_work_shows_how_far_it_is_its_rate_and_the_time_that_remains():
    """Of 5 files 4 are done, at some 20 a second: less than a second remains."""
    (done, total, remains, rate) = re.findall(
        r"EURUSD: .* (\d)/(\d) \[00:00<(\S+), +([\d.]+) files/s\]", counting(5, 0.05)
    )[-1]
    assert (done, total, remains) in {("4", "5", "00:00"), ("5", "5", "00:00")}
    assert 0 < float(rate) <= 20


@contextmanager
def drawing(monkeypatch):
    """Give the screen of a terminal on which every change is drawn at once."""
    made = Screen(terminal=True)
    monkeypatch.setattr("sys.stderr", made)
    monkeypatch.setattr(progress, "DELAY_S", 0.0)
    monkeypatch.setattr(progress, "PACE_S", 0.0)
    yield made


def drawn(screen):
    """Return what a shared bar showed: parts that are over, of how many, items, of how many."""
    found = re.findall(r"(\d+)/(\d+) feeds: [^\r]*?(\d+)/(\d+) \[", screen.getvalue())
    return [tuple(map(int, one)) for one in found]


def test_parts_share_a_bar_of_their_items_and_those_that_have_not_begun_are_taken_to_be_alike(monkeypatch):
    with drawing(monkeypatch) as screen:
        bar = progress.Shared(2, "feeds", unit=" files")
        for n_items in (3, 1):
            with bar.part():
                assert list(bar.counted(range(n_items), n_items)) == list(range(n_items))
        bar.close()
    mine = [(0, 2, 1, 6), (0, 2, 2, 6), (0, 2, 3, 6), (1, 2, 3, 6), (1, 2, 4, 4), (2, 2, 4, 4)]
    assert drawn(screen) == mine
    assert re.search(r"4/4 \[00:00<00:00, +[\d.]+ files/s\]", screen.getvalue())
    assert screen.getvalue().endswith("\r")


def test_items_that_do_not_come_are_taken_off_the_shared_bar(monkeypatch):
    """Of a part that fails after one of five files, and of one that asks three times, such as for pages."""
    with drawing(monkeypatch) as screen:
        bar = progress.Shared(2, "feeds", unit=" files")
        with pytest.raises(ValueError, match="failed"), bar.part():
            for _ in bar.counted(failing(1), 5):
                pass
        with bar.part():
            for _ in range(3):
                list(bar.counted([1, 2], 2))
        bar.close()
    assert drawn(screen)[-1] == (2, 2, 7, 7)


def failing(n_items):
    yield from range(n_items)
    raise ValueError("failed")


def test_a_shared_bar_counts_the_items_of_all_threads(monkeypatch):
    with drawing(monkeypatch) as screen:
        bar = progress.Shared(8, "feeds", unit=" files")

        def work(n_items):
            with bar.part():
                return len(list(bar.counted(range(n_items), n_items)))

        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(work, [100] * 7 + [0])) == 700
        bar.close()
    assert drawn(screen)[-1] == (8, 8, 700, 700)


def test_a_shared_bar_of_another_thread_draws_nothing(monkeypatch):
    def work():
        bar = progress.Shared(1, "feeds")
        with bar.part():
            list(bar.counted(range(3), 3))
        bar.close()

    with drawing(monkeypatch) as screen, ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()
    assert screen.getvalue() == ""


def test_work_in_another_thread_draws_no_bar():
    made = []
    worker = Thread(target=lambda: made.append(counting(3, 0.01)))
    worker.start()
    worker.join()
    assert made == [""]
