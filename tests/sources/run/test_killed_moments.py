"""kill -9 at every step of the stage: what is seen is whole at any time, and a rerun ends where no kill would have.

The stage has fetched January, and is killed while it adds days of February: one source is asked, of the other the raw
files lie there. So what is there before, too, is decoded months, receipts, tables and a manifest.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

from assay.sources.months.decoded import FOLDER
from assay.sources.transport.places import PARTS, RECEIPT, RECEIPTS
from assay.sources.transport.receipts import Receipt
from stages import fetch
from tests.sources.bars_server import KEY, Aggregates
from tests.sources.conftest import HOUR, bi5, records
from tests.sources.project import ROOT, Project
from tests.sources.server import TYPES, Server

JANUARY, LONGER = "2024-02-01", "2024-02-03"
HOURS = {JANUARY: "2024-02-01T00:00", LONGER: "2024-02-01T01:00"}
CACHES = ("bars", "quotes")
STATUS = {"at_once": -signal.SIGKILL, "soon": -signal.SIGXFSZ}
EVERY = 6
MOMENTS = (
    ("call Cache.keep", "at_once"),
    ("open bars/.receipts", "soon"),
    ("os.rename bars/.receipts", "at_once"),
    ("call Polygon.decode", "at_once"),
    ("call Checker.finish", "at_once"),
    ("call TableWriter.write_checked", "soon"),
    ("os.rename data/.ticks.part/polygon/S0/.2024-02", "at_once"),
    ("open quotes/.decoded", "soon"),
    ("open data/..manifest.json", "soon"),
    ("os.rename data/.manifest.json.part", "at_once"),
)
"""Download, receipts, decode, check, table write, rename, a month that is kept, manifest, the end."""
WRITES = ("open ", "call TableWriter", "call DecodedMonths")


class Killed:
    """A project whose stage is killed, again and again, from the same state on."""

    def __init__(self, project, url):
        self.project, self.url, self.folder = project, url, project.folder
        for name in ("00/31/23", "01/01/00"):
            path = self.folder / f"quotes/EURUSD/2024/{name}h_ticks.bi5"
            path.parent.mkdir(parents=True)
            path.write_bytes(bi5(records(HOUR)))
        self.done(JANUARY)
        self.before = self.visible()
        self.start = self.folder.with_name("start")
        shutil.copytree(self.folder, self.start, symlinks=True)
        self.done(LONGER)
        self.after = self.visible()

    def done(self, end):
        """Let the stage come to its end."""
        self.write(end)
        fetch.main()

    def write(self, end):
        """Write params.yaml."""
        quotes = {
            "source": "dukascopy",
            "symbols": ["EURUSD"],
            "cache": "quotes",
            "endpoint": self.url,
            "end": HOURS[end],
        }
        self.project.write(
            symbol="S0",
            source="polygon",
            symbols=["S0"],
            endpoint=self.url,
            cache="bars",
            start="2024-01-29",
            end=end,
            calendar="24/7",
            more=[quotes],
            transport={"at_once": 1},
        )

    def visible(self):
        """Return all that others read: the outputs, and the raw files."""
        raw = [path for root in CACHES for path in (self.folder / root).glob("[!.]*/**/*") if path.is_file()]
        return self.project.outputs() | {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in raw}

    def killed(self, at, how):
        """Start anew and kill the stage; return its exit status and what it said."""
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(self.start, self.folder, symlinks=True, dirs_exist_ok=True)
        self.write(LONGER)
        command = [sys.executable, "-m", "tests.sources.dying", at, how]
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=environ, check=False, capture_output=True, text=True)
        return done.returncode, done.stdout

    def survives(self, at, how):
        """Kill the stage at a moment: then, and after a rerun, all that is seen is as it should be."""
        assert self.killed(at, how)[0] == STATUS[how], at
        self.is_whole()
        self.done(LONGER)
        assert self.visible() == self.after
        self.is_whole()
        assert not self.project.leftovers()
        left = [path for root in CACHES for path in (self.folder / root / PARTS).rglob("*") if path.is_file()]
        assert all(path.name.endswith(RECEIPT) for path in left)

    def is_whole(self):
        """Say of all that is seen that it is what it was or what it will be, and of receipts that they are true."""
        for name, content in self.visible().items():
            assert content in (self.before.get(name), self.after[name]), name
        for root in CACHES:
            receipts, folder = self.folder / root / RECEIPTS, self.folder / root
            for path in receipts.rglob("*.json"):
                receipt = Receipt.model_validate_json(path.read_text())
                raw = (folder / path.relative_to(receipts)).with_suffix("").read_bytes()
                assert receipt.sha256 == hashlib.sha256(raw).hexdigest()
                assert receipt.by_hand == (root == "quotes")
            for path in folder.glob(f"{FOLDER}/*/*.json"):
                table = path.with_suffix(".parquet").read_bytes()
                assert json.loads(path.read_text())["notes"]["sha256"] == hashlib.sha256(table).hexdigest()


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """A stage that can be killed."""
    with pytest.MonkeyPatch.context() as patch, Server(Aggregates()) as server:
        patch.setenv("POLYGON_API_KEY", KEY)
        patch.setitem(TYPES, "", "application/json")
        yield Killed(Project(tmp_path_factory.mktemp("killed") / "project", patch.chdir), server.url)


@pytest.mark.parametrize(("at", "how"), MOMENTS)
def test_killed_at_ten_steps(stage, at, how):
    stage.survives(at, how)


@pytest.mark.slow
def test_killed_at_every_sixth_step(stage):
    """At a sixth of all its moments, evenly spread, and inside the files that are written there."""
    status, said = stage.killed("none", "at_once")
    names = said.splitlines()
    assert (status, stage.visible()) == (0, stage.after)
    for at, _ in MOMENTS:
        assert any(at in name for name in names)
    for number, name in list(enumerate(names, 1))[::EVERY]:
        for how in ("at_once", "soon")[: 1 + name.startswith(WRITES)]:
            stage.survives(str(number), how)
