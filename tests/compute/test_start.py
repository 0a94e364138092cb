"""Numba made ready without the packages that no kernel uses: kernels work, and so do those packages afterwards."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bars.test_without_jit import made

ROOT = Path(__file__).resolve().parents[2]
CODE = """
import sys
from assay.compute import start
start.quickly()
assert not {"scipy.linalg", "cffi"} & set(sys.modules)
import numpy as np
from assay.market.zones import local
print(local(np.array([0, 3_600 * 10**9]), "America/New_York").tolist())
assert not {"scipy.linalg", "cffi"} & set(sys.modules)
import cffi, scipy.linalg
start.load()
print(scipy.linalg is sys.modules["scipy.linalg"], float(scipy.linalg.det(np.diag([2.0, 3.0]))))
"""


def test_kernels_run_without_the_packages_that_can_be_imported_later():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[-18000000000000, -14400000000000]", "True 6.0"]


BARS = """
import sys
from assay.compute import start
start.quickly()
from tests.bars.test_without_jit import made
assert not {"scipy.linalg", "cffi"} & set(sys.modules)
open(sys.argv[1], "wb").write(made())
assert not {"scipy.linalg", "cffi"} & set(sys.modules)
"""


@pytest.mark.slow
def test_bars_of_every_type_need_nothing_that_is_left_out(tmp_path):
    """With no compiled kernel at hand: each is compiled without linear algebra, and makes the same bytes.

    They are not optimised, which changes no bit and takes a third of the time.
    """
    env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kernels"), "NUMBA_OPT": "0"}
    subprocess.run([sys.executable, "-c", BARS, str(tmp_path / "bytes")], check=True, cwd=ROOT, env=env)
    assert (tmp_path / "bytes").read_bytes() == made()


PLANTED = """
import sys
import numpy as np
from numba import njit
from assay.compute import start
start.quickly()
@njit
def planted(x):
    return np.linalg.det(x)
print("scipy.linalg" in sys.modules, planted(np.diag(np.array([2.0, 3.0]))), "scipy.linalg" in sys.modules)
"""


def test_a_kernel_with_linear_algebra_would_be_seen():
    """It works, but imports what is left out: the bars of the test above do not."""
    done = subprocess.run([sys.executable, "-c", PLANTED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "6.0", "True"]


def test_to_import_a_stage_changes_nothing_of_the_process():
    code = "import gc\nbefore = gc.get_threshold()\nfrom stages import bars\nprint(gc.get_threshold() == before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["True"]
