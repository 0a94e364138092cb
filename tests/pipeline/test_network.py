"""No stage but fetch opens a socket; none does, in the runs of these tests."""

import subprocess
import sys

import pytest

from tests.pipeline.conftest import NO_NETWORK

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("market")]


def test_all_stages_run_where_the_network_is_refused(finished):
    assert (finished.folder / "reports" / "report.html").exists()


@pytest.mark.parametrize(
    "code", ["import socket; socket.create_connection(('127.0.0.1', 9))", "import socket; socket.getaddrinfo('a.b', 1)"]
)
def test_the_guard_fires(tmp_path, code):
    (tmp_path / "sitecustomize.py").write_text(NO_NETWORK)
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert "a stage opened the network" in done.stderr
