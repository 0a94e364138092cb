"""The user's own words: dvc repro, dvc exp run -S, dvc exp show, dvc push and pull, in projects of their own."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline.conftest import ROOT, SMALL, set_params

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("dvc")]

BIN = Path(sys.executable).parent
STAGES = ["fetch", "bars", "features", "labels", "hmm", "train-base", "train-meta", "walkforward", "backtest"]
STAGES += ["montecarlo", "report"]
FREE = dict.fromkeys(["costs.spread_ticks", "costs.fee_per_lot", "costs.fee_bps"], 0.0)
"""Without costs some predictions of the small market are traded, so that each change reaches the trades."""


class Project:
    """A git and DVC project with the code of this one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sh(self, *command: str, **env: str) -> str:
        """Run a command that must succeed; return what it printed."""
        everything = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "NUMBA_CACHE_DIR": NUMBA, **env}
        done = subprocess.run(command, cwd=self.folder, env=everything, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
        return done.stdout + done.stderr

    def ran(self, *command: str) -> list[str]:
        """Run a DVC command and return the stages that it ran."""
        return re.findall(r"Running stage '([a-z-]+)'", self.sh("dvc", *command))

    def restore(self) -> None:
        """Go back to what was committed, outputs included."""
        self.sh("git", "reset", "-q", "--hard")
        self.sh("dvc", "checkout", "-q")

    def commit(self, message: str) -> None:
        self.sh("git", "add", "-A")
        self.sh("git", "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", message)


NUMBA = os.environ["NUMBA_CACHE_DIR"]


def files() -> list[str]:
    """Return the files of the project that git has or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with a small market, run once and committed."""
    folder = tmp_path_factory.mktemp("dvc") / "project"
    for name in files():
        if not name.startswith(("tests/", "reports/", "dvc.lock", "data/manifest")) or name == "reports/.gitignore":
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    set_params(folder / "params.yaml", {**SMALL, **FREE})
    made = Project(folder)
    made.sh("git", "init", "-q", "-b", "main")
    made.commit("Start")
    assert made.ran("repro") == STAGES
    made.commit("Run")
    return made


def test_a_second_repro_runs_nothing_and_changes_nothing(project):
    assert project.ran("repro") == []
    assert project.sh("git", "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("change", "stages"),
    [
        ("models.n_estimators=17", STAGES[STAGES.index("train-base") :]),
        ("models.meta.enabled=false", STAGES[STAGES.index("train-meta") :]),
        ("costs.slippage_ticks=0.5", ["labels", *STAGES[STAGES.index("walkforward") :]]),
        ("backtest.lots=2.0", STAGES[STAGES.index("backtest") :]),
        ("backtest.max_trades_per_session=5", STAGES[STAGES.index("backtest") :]),
        ("montecarlo.n_sims=60", STAGES[STAGES.index("montecarlo") :]),
        ("name=another", ["report"]),
        ("compute.n_workers=1", []),
        ("compute.executor=serial", []),
    ],
)
def test_an_experiment_reruns_what_uses_its_parameter_and_what_follows(project, change, stages):
    """Each change alters what every later stage reads: DVC skips a stage that reads the same bytes."""
    project.restore()
    assert project.ran("exp", "run", "-S", change) == stages


def test_experiments_compare(project):
    project.sh("dvc", "exp", "run", "-n", "cheaper", "-S", "costs.fee_bps=0.1")
    rows = list(csv.DictReader(io.StringIO(project.sh("dvc", "exp", "show", "--csv"))))
    metrics = json.loads((project.folder / "reports" / "metrics.json").read_text())
    assert 10 <= len(metrics) <= 16
    assert {name for name, value in metrics.items() if value is not None} <= set(rows[0])
    assert "cheaper" in {row["Experiment"] for row in rows}
    assert "signals_net_bps" in project.sh("dvc", "metrics", "diff", "HEAD")
    plots = json.loads(project.sh("dvc", "plots", "diff", "HEAD", "--json"))["data"]
    assert set(plots) == {"equity", "calibration", "folds"}
    assert all(plot["revisions"] == ["workspace", "HEAD"] for curves in plots.values() for plot in curves)


def test_a_misspelt_parameter_is_refused_before_anything_runs(project):
    with pytest.raises(AssertionError, match="n_estimator"):
        project.sh("dvc", "exp", "run", "-S", "models.n_estimator=400")


def test_what_dvc_takes_away_before_a_stage_that_fails_comes_back(project, tmp_path):
    """DVC removes the outputs of a stage before it runs it; git and DVC's cache hold them."""
    copy = Project(tmp_path / "copy")
    shutil.copytree(project.folder, copy.folder)
    copy.sh("git", "stash", "-q", "--include-untracked")
    copy.sh("dvc", "checkout", "-q")
    before = {path: path.read_bytes() for path in (copy.folder / "data").rglob("*.*") if path.is_file()}
    with pytest.raises(AssertionError, match="2030-01-01"):
        copy.sh("dvc", "exp", "run", "-S", "data.start='2030-01-01'")
    copy.sh("git", "checkout", "-q", "--", ".")
    copy.sh("dvc", "checkout", "-q")
    assert {path: path.read_bytes() for path in before if path.exists()} == before
    assert copy.ran("repro") == []


def pulled(project: Project, folder: Path, remote: str, **env: str) -> Project:
    """Push a project's results to a remote, clone it, and pull them."""
    project.sh("git", "stash", "-q", "--include-untracked") if project.sh("git", "status", "--porcelain") else None
    project.sh("dvc", "checkout", "-q")
    project.sh("dvc", "push", "-q", "-r", remote, **env)
    clone = Project(folder)
    project.sh("git", "clone", "-q", str(project.folder), str(folder))
    shutil.copy(project.folder / ".dvc" / "config.local", folder / ".dvc" / "config.local")
    clone.sh("dvc", "pull", "-q", "-r", remote, **env)
    return clone


def test_results_come_back_from_a_folder(project, tmp_path):
    project.sh("dvc", "remote", "add", "--local", "-f", "folder", str(tmp_path / "remote"))
    clone = pulled(project, tmp_path / "clone", "folder")
    assert (clone.folder / "reports" / "report.html").exists()
    assert clone.ran("repro") == []


@pytest.fixture
def s3() -> Iterator[str]:
    """A real S3 server on the loopback address, with a bucket."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([BIN / "moto_server", "-H", "127.0.0.1", "-p", str(port)], stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(port)


def test_results_come_back_from_s3(project, s3, tmp_path):
    keys = {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "us-east-1"}
    bucket = (
        "import boto3, sys; boto3.client('s3', endpoint_url=sys.argv[1], region_name='us-east-1',"
        " aws_access_key_id='k', aws_secret_access_key='s').create_bucket(Bucket='assay')"
    )
    project.sh(sys.executable, "-c", bucket, s3)
    project.sh("dvc", "remote", "add", "--local", "-f", "cloud", "s3://assay/results")
    project.sh("dvc", "remote", "modify", "--local", "cloud", "endpointurl", s3)
    clone = pulled(project, tmp_path / "clone", "cloud", **keys)
    assert clone.ran("repro") == []
