"""Many symbols at a high pace, and what a month of many ticks takes of memory."""

import logging
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from assay.market.instruments import InstrumentParams
from assay.sources.params import DataParams
from assay.sources.run.manifest import deliver
from assay.sources.transport.pace import Pace
from assay.store import read_parquet
from bench import thousand_symbols
from tests.sources.bars_server import KEY, Aggregates, price
from tests.sources.conftest import bi5, records
from tests.sources.feeds import ns
from tests.sources.project import ROOT
from tests.sources.server import TYPES, Server
from tests.sources.transport.conftest import line
from tests.sources.transport.test_pace import Clock, busiest

N = 40
NAMES = [f"S{i:04d}" for i in range(N)]


def test_forty_symbols_all_arrive_and_a_second_run_asks_for_what_is_new_only(tmp_path, monkeypatch):
    monkeypatch.setitem(TYPES, "", "application/json")
    monkeypatch.setattr(thousand_symbols, "SLOW_S", 0.0)
    with thousand_symbols.misbehaving(NAMES) as server:
        for name, kind in (("S0003", 500), ("S0011", "cut")):
            server.fault(lambda request, name=name: f"/{name}/" in request.path, kind)
        first = thousand_symbols.run(tmp_path, server, NAMES, 1000.0)
        second = thousand_symbols.run(tmp_path, server, [*NAMES, "NEW"], 1000.0)
    assert [feed["symbol"] for feed in first.manifest["feeds"]] == NAMES
    assert not first.manifest["failed"]
    assert all(feed["n_rows"] == 63 for feed in first.manifest["feeds"])
    assert N - 10 < first.n_first_try < N
    assert {path.split("/")[4] for path in second.paths} == {"NEW"}
    monkeypatch.setattr(thousand_symbols, "N_MORE", 1)
    assert list(thousand_symbols.goals(first, second, ["a took 5.5 s", "b took 5.6 s"]).values()) == [True] * 4
    assert list(thousand_symbols.goals(first, first, ["a took 5.5 s"]).values()) == [True, True, False, False]


def test_feeds_of_one_piece_each_are_under_way_at_once_but_not_more_than_allowed(project):
    with Server(Aggregates()) as server:
        under_way, most = Counter(), []

        def answer(path):
            asked = Aggregates.get(server.content, path)

            def slowly(request):
                under_way["now"] += 1
                most.append(under_way["now"])
                server.wait(0.05)
                under_way["now"] -= 1
                return asked(request)

            return slowly

        server.content = type("Slowly", (Aggregates,), {"get": lambda _, path: answer(path)})()
        data = {"source": "polygon", "symbols": NAMES[:12], "endpoint": server.url, "cache": "cache"}
        project.run(start="2024-01-03", end="2024-01-12", transport={"at_once": 3}, **data)
    assert max(most) == 3


SIXTY = [f"D{i:03d}" for i in range(60)]
RATE = 20.0
AT_ONCE = 4


class Day:
    """One day's run of sixty symbols at a pace that goes by a clock of its own; the server notes that clock's time.

    One answer in twenty-five fails, and one symbol's answers are slow.
    """

    def __init__(self, folder, server, day, end, slow):
        self.now = ns(f"{day}T15:20")
        server.content.until_ms = self.now // 10**6
        self.server, self.clock, self.asked_at, self.asked = server, Clock(), [], []
        draw = random.Random(day)
        server.fault(lambda _: self.asked_at.append(self.clock.now), "never")
        server.fault(lambda request: f"/{slow}/" in request.path, "slow", seconds=1.5)
        for kind in (500, "cut"):
            server.fault(lambda _: draw.random() < 0.02, kind, times=float("inf"))
        self.folders = {name: folder / day / name for name in ("ticks", "context")}
        asked = {"source": "polygon", "symbols": SIXTY, "start": "2023-12-30", "end": end, "calendar": "24/7"}
        asked |= {"endpoint": server.url, "cache": str(folder / "raw")}
        self.params = DataParams.model_validate(asked)

    def run(self):
        """Return the manifest."""
        n_before = len(self.server.requests)
        quick = {"requests_per_second": RATE, "at_once": AT_ONCE, "slow_seconds": 1.0, "retries": 5}
        with line(now_ns=lambda: self.now, environ={"POLYGON_API_KEY": KEY}, **quick) as transport:
            transport.pace = Pace(RATE, self.clock, self.clock.sleep)
            manifest = deliver(self.params, InstrumentParams(), self.folders, transport)[0]
        self.asked = self.server.paths()[n_before:]
        self.server._faults.clear()
        return manifest

    def windows(self):
        """Return what was asked for: symbol and first millisecond of each window."""
        return {(path.split("/")[4], int(path.split("/")[-2])) for path in self.asked}


def whole(manifest, day, end):
    """Check that all symbols arrived with the bars that there were by then."""
    assert [feed["symbol"] for feed in manifest["feeds"]] == SIXTY
    assert manifest["failed"] == []
    hours = (min(ns(f"{day}T15:00"), ns(end)) - ns("2023-12-30")) // 3_600_000_000_000
    assert {feed["n_rows"] for feed in manifest["feeds"]} == {hours}


@pytest.mark.slow
def test_sixty_symbols_a_day_later_ask_for_what_is_new_only_at_the_pace_with_slow_answers_named(
    tmp_path, monkeypatch, caplog
):
    """Windows of three days begin on 12-28, 12-31 and 01-03; some answers fail, one of each day is slow."""
    monkeypatch.setitem(TYPES, "", "application/json")
    first_window, second_window, third_window = (ns(day) // 10**6 for day in ("2023-12-28", "2023-12-31", "2024-01-03"))
    with Server(Aggregates()) as server:
        today = Day(tmp_path, server, "2024-01-02", "2024-01-03", slow="D007")
        whole(today.run(), "2024-01-02", "2024-01-03")
        said_first = [one.getMessage() for one in caplog.records if one.name == "assay.transport"]
        tomorrow = Day(tmp_path, server, "2024-01-03", "2024-01-04", slow="D041")
        whole(tomorrow.run(), "2024-01-03", "2024-01-04")
        said = [one.getMessage() for one in caplog.records if one.name == "assay.transport"][len(said_first) :]
    assert today.windows() == {(name, at) for name in SIXTY for at in (first_window, second_window)}
    assert tomorrow.windows() == {(name, at) for name in SIXTY for at in (second_window, third_window)}
    assert len(today.asked) > len(today.windows()) == len(tomorrow.windows()) == 120
    assert [line for line in said_first if "/D007/" in line and "took 1." in line]
    assert [line for line in said if "/D041/" in line and "took 1." in line]
    assert not [line for line in said if "/D007/" in line]
    for day in (today, tomorrow):
        assert len(day.asked_at) == len(day.asked)
        assert busiest(sorted(day.asked_at)) <= RATE + AT_ONCE
    last = read_parquet(Path(tomorrow.folders["ticks"]) / "polygon/D000/2024-01.parquet").row(-1, named=True)
    assert last["close"] == price("D000", ns("2024-01-03T15:00") // 10**6)


def test_slow_answers_are_named(project, bars, caplog):
    bars.fault(lambda request: "MSFT" in request.path, "slow", seconds=1.3)
    data = {"source": "polygon", "symbols": ["AAPL", "MSFT"], "endpoint": bars.url, "cache": "cache"}
    with caplog.at_level(logging.WARNING):
        project.run(start="2024-01-03", end="2024-01-06", transport={"slow_seconds": 1.0}, **data)
    (said,) = [record.getMessage() for record in caplog.records if record.name == "assay.transport"]
    assert "MSFT" in said
    assert "AAPL" not in said


N_QUOTES = 70_000
"""Quotes of an hour: that of the busiest markets."""
MEASURED = """
import resource, subprocess, sys
status = subprocess.run([sys.executable, "-m", "stages.fetch"]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(status)
"""


def busy_hour():
    """Return an hour of quotes as Dukascopy packs it."""
    draw = np.random.default_rng(3)
    bids = 110_000 + np.cumsum(draw.integers(-1, 2, N_QUOTES))
    times = np.arange(N_QUOTES) * 3_600_000 // N_QUOTES
    volumes = draw.integers(1, 40, (N_QUOTES, 2)) / 4
    rows = zip(times.tolist(), (bids + 2).tolist(), bids.tolist(), *volumes.T.tolist(), strict=True)
    return bi5(records(rows))


def peak_mb(project, hour, n_hours):
    """Return what the stage takes at most of memory to make a month of equal hours, MiB."""
    cache = project.folder / f"of {n_hours}"
    for number in range(n_hours):
        path = cache / f"EURUSD/2024/00/{1 + number // 24:02d}/{number % 24:02d}h_ticks.bi5"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.hardlink_to(hour)
    end = f"2024-01-{1 + n_hours // 24:02d}T{n_hours % 24:02d}:00"
    asked = {"source": "dukascopy", "start": "2024-01-01", "end": end, "cache": str(cache), "calendar": "24/7"}
    project.write("EURUSD", transport={"offline": True}, **asked)
    run = [sys.executable, "-c", MEASURED]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(run, cwd=project.folder, env=environ, capture_output=True, text=True, check=True)
    assert project.manifest()["feeds"][0]["n_rows"] == n_hours * N_QUOTES
    return int(done.stdout)


@pytest.mark.slow
def test_a_month_of_fifty_million_ticks_takes_no_more_memory_than_one_of_five(project):
    """The whole stage on a raw cache of real packed hours, all of them the same one."""
    hour = project.folder / "hour.bi5"
    hour.write_bytes(busy_hour())
    few, many = peak_mb(project, hour, 72), peak_mb(project, hour, 715)
    assert many < 1.3 * few
    assert many < 1_500
