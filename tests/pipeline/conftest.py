"""Whole pipelines in folders of their own, small enough to run in the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from assay.sources.synthetic.params import SyntheticParams

ROOT = Path(__file__).resolve().parents[2]
STAGES = ["fetch", "bars", "features", "labels", "hmm", "train_base", "train_meta", "walkforward", "backtest"]
STAGES += ["montecarlo", "report"]

NO_NETWORK = """\
import sys

def refuse(event, args):
    if event in {"socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"}:
        raise RuntimeError(f"a stage opened the network: {event} {args}")

sys.addaudithook(refuse)
"""
SMALL: dict[str, Any] = {
    "instrument.symbol": "EURUSD",
    "data.source": "synthetic",
    "data.synthetic.start_price_ticks": 110_000,
    "data.synthetic.n_ticks": 60_000,
    "bars.types": {"tick": 40},
    "labels.triple_barrier.max_horizon_bars": 20,
    "labels.triple_barrier.min_horizon_bars": 1,
    "models.n_estimators": 15,
    "models.max_depth": 4,
    "models.meta.n_estimators": 15,
    "walkforward.n_splits": 3,
    "montecarlo.n_sims": 50,
}
"""A synthetic market and small models: the whole pipeline in half a minute."""
NOT_MADE = {f"data.synthetic.{name}": getattr(SyntheticParams(), name) for name in ("start_price_ticks", "n_ticks")}
"""What the small market sets of `data.synthetic`, at its defaults again: no other source reads it."""


def set_params(path: Path, changes: Mapping[str, Any]) -> None:
    """Change values of a params.yaml by their dotted paths; a path that is not there is an error."""
    yaml = YAML()
    tree = yaml.load(path.read_text())
    for key, value in changes.items():
        *parents, last = key.split(".")
        here = tree
        for part in parents:
            here = here[part]
        assert last in here, key
        here[last] = value
    with path.open("w") as file:
        yaml.dump(tree, file)


class Workspace:
    """A folder with params.yaml in which stages run as DVC would run them."""

    def __init__(self, folder: Path, changes: Mapping[str, Any], env: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        (folder / "data").mkdir(parents=True)
        (folder / "data" / "sample").symlink_to(ROOT / "data" / "sample")
        (folder / "params.yaml").write_text((ROOT / "params.yaml").read_text())
        set_params(folder / "params.yaml", changes)
        (folder / "guard").mkdir()
        (folder / "guard" / "sitecustomize.py").write_text(NO_NETWORK)
        self.env = dict(env or {})

    def stage(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run one stage in a fresh process that cannot reach the network."""
        path = os.pathsep.join([str(self.folder / "guard"), str(ROOT)])
        env = {**os.environ, "PYTHONPATH": path, **self.env}
        command = [sys.executable, "-m", f"stages.{name}"]
        return subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, check=False)

    def run(self, stages: list[str] = STAGES) -> Workspace:
        """Run stages one after another; the first failure fails the test with what it printed."""
        for name in stages:
            done = self.stage(name)
            assert done.returncode == 0, f"{name}: {done.stderr[-3000:]}"
        return self

    def files(self) -> dict[str, bytes]:
        """Return the bytes of every output, by its path."""
        roots = [self.folder / name for name in ("data", "models", "reports")]
        every = [path for root in roots for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink()]
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in every if "sample" not in path.parts}


@pytest.fixture(scope="session")
def make_workspace(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Workspace]:
    """Return a maker of workspaces: changes of params on top of the small market, and environment variables."""

    def make(changes: Mapping[str, Any] | None = None, env: Mapping[str, str] | None = None) -> Workspace:
        return Workspace(tmp_path_factory.mktemp("market") / "here", {**SMALL, **(changes or {})}, env)

    return make


@pytest.fixture(scope="session")
def finished(make_workspace: Callable[..., Workspace]) -> Workspace:
    """The small synthetic market after a whole run."""
    return make_workspace().run()
