"""One thread each and kernels of the sources as they are, before numba is imported, whoever imports it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assay.compute.environment import KERNELS, ROOT, THREADS, settings

ONE_EACH = dict.fromkeys(THREADS, "1")
INNER = "from numba import njit\n\n\n@njit(cache=True)\ndef inner(x):\n    return x + 1\n"
OUTER = """from assay.inner import inner
from numba import njit


@njit(cache=True)
def outer(x):
    return inner(x)


print(outer(1), sum(outer.stats.cache_hits.values()))
"""
WATCH = """
import os, sys


class Watch:
    def find_spec(self, name, path=None, target=None):
        if name in ("numba", "polars"):
            print(name, os.environ.get("NUMBA_CACHE_DIR"), os.environ.get("OMP_NUM_THREADS"))


sys.meta_path.insert(0, Watch())
import {module}
"""


@pytest.fixture
def checkout(tmp_path):
    """A folder with stages and a package of two kernels, one of which holds the code of the other."""
    (tmp_path / "stages").mkdir()
    (tmp_path / "stages/__init__.py").touch()
    (tmp_path / "assay").mkdir()
    (tmp_path / "assay/inner.py").write_text(INNER)
    (tmp_path / "assay/outer.py").write_text(OUTER)
    return tmp_path


def test_kernels_of_each_state_of_the_sources_are_apart(checkout):
    first = settings({}, checkout)
    folder = Path(first.pop(KERNELS))
    assert first == ONE_EACH
    assert folder.parent == checkout / ".numba"
    (checkout / "stages/__init__.py").write_text("# no kernel is here")
    assert settings({}, checkout)[KERNELS] == str(folder)
    seen = {folder.name}
    for change in ((INNER + "# more", OUTER), (INNER, OUTER + "# more"), (INNER + OUTER, "")):
        for name, text in zip(("inner", "outer"), change, strict=True):
            (checkout / f"assay/{name}.py").write_text(text)
        seen.add(Path(settings({}, checkout)[KERNELS]).name)
    assert len(seen) == 4


def test_a_folder_that_was_given_stays_and_threads_do_not(checkout):
    assert settings({KERNELS: "mine", "OMP_NUM_THREADS": "8"}, checkout) == ONE_EACH
    assert KERNELS in settings({KERNELS: ""}, checkout)


def test_a_package_that_is_installed_is_left_to_numba(checkout):
    (checkout / "stages/__init__.py").unlink()
    assert settings({}, checkout) == ONE_EACH


@pytest.mark.parametrize("there", [True, False])
def test_so_is_a_checkout_that_cannot_be_written(there, checkout, monkeypatch):
    asked = []

    def access(path, mode):
        asked.append(path)
        return False

    monkeypatch.setattr("assay.compute.environment.os.access", access)
    if there:
        (checkout / ".numba").mkdir()
    assert settings({}, checkout) == ONE_EACH
    assert asked == [checkout / ".numba" if there else checkout]


def process(code, folder, **env):
    """Return what a fresh process prints that was told nothing of threads or kernels but what is given."""
    told = {name: value for name, value in os.environ.items() if name not in {KERNELS, *THREADS}} | env
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=told, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_nothing_heavy_is_imported_for_it():
    code = "import sys, assay.compute.environment; print({'numpy', 'numba', 'polars'} & {*sys.modules})"
    assert process(code, ROOT) == "set()\n"


@pytest.mark.slow
@pytest.mark.parametrize("module", ["assay.cli", "stages.bars"])
def test_the_command_and_the_stages_are_told_before_numba_and_polars_are_imported(module):
    lines = process(WATCH.format(module=module), ROOT).splitlines()
    assert sorted(line.split()[0] for line in lines) == ["numba", "polars"]
    assert {line.partition(" ")[2] for line in lines} == {f"{settings({})[KERNELS]} 1"}


@pytest.mark.slow
def test_a_kernel_does_not_keep_old_code_of_another_file(checkout):
    """By itself numba runs the old code: the file of the outer kernel is as it was."""
    code = "import sys; sys.path.insert(0, '.'); import assay.outer"

    def told():
        return process(code, checkout), process(code, checkout, **settings({}, checkout))

    assert told() == ("2 0\n", "2 0\n")
    assert told() == ("2 1\n", "2 1\n")
    (checkout / "assay/inner.py").write_text(INNER.replace("x + 1", "x + 41"))
    assert told() == ("2 1\n", "42 0\n")
