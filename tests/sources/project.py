"""A project of its own: a folder with params.yaml in which the stage and the commands run as users run them."""

import json
import os
import subprocess
import sys
from pathlib import Path

from ruamel.yaml import YAML

from assay.cli import main
from assay.market.instruments import InstrumentParams
from assay.sources.params import DataParams
from assay.sources.transport.params import TransportParams
from stages import fetch

ROOT = Path(__file__).resolve().parents[2]
QUICK = {"backoff_seconds": 0.01, "requests_per_second": 1000.0, "timeout_seconds": 2.0, "retries": 3}


class Project:
    """A folder with the sample; `chdir` goes there."""

    def __init__(self, folder, chdir):
        self.folder = folder
        (folder / "data").mkdir(parents=True)
        (folder / "data" / "sample").symlink_to(ROOT / "data" / "sample")
        chdir(folder)

    def write(self, symbol="ES", transport=None, **data):
        """Write params.yaml with changes of the blocks."""
        blocks = {"data": DataParams.model_validate({**data}).model_dump(mode="json")}
        blocks["instrument"] = {**InstrumentParams().model_dump(), "symbol": symbol}
        blocks["transport"] = {**TransportParams().model_dump(), **QUICK, **(transport or {})}
        with (self.folder / "params.yaml").open("w") as file:
            YAML().dump(blocks, file)

    def run(self, symbol="ES", transport=None, **data):
        """Run the stage in this process; return the manifest."""
        self.write(symbol, transport, **data)
        fetch.main()
        return self.manifest()

    def stage(self, **environ):
        """Start the stage as dvc does; return the process."""
        return subprocess.Popen(
            [sys.executable, "-m", "stages.fetch"],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def staged(self, **environ):
        """Run the stage as dvc does; return the exit status and what it said on standard error."""
        with self.stage(**environ) as process:
            _, said = process.communicate(timeout=60)
        return process.returncode, said

    def manifest(self):
        return json.loads((self.folder / "data/manifest.json").read_text())

    def health(self):
        return json.loads((self.folder / "reports/data_health.json").read_text())

    def outputs(self):
        """Return all outputs of the stage by their paths."""
        places = [self.folder / "data" / name for name in ("ticks", "context")]
        files = [*places[0].rglob("*"), *places[1].rglob("*")]
        files += [self.folder / name for name in ("data/manifest.json", "reports/data_health.json")]
        names = sorted(path.relative_to(self.folder).as_posix() for path in files if path.is_file())
        return {name: (self.folder / name).read_bytes() for name in names}

    def leftovers(self):
        """Return what no run may leave behind among the outputs."""
        return [path for name in ("data", "reports") for path in (self.folder / name).rglob(".*")]


def command(capsys, *argv):
    """Run ``assay``; return the status, and what it said on standard output and error."""
    status = main(argv)
    said = capsys.readouterr()
    return status, said.out, said.err


def decoded(root):
    """Return the names of the decoded months below a raw cache."""
    return {path.stem for path in Path(root).rglob(".decoded/*/*.json")}
