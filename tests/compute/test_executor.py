import os
import signal

import pytest

from assay.compute import progress
from assay.compute.executor import Processes, Serial, executor
from assay.compute.params import ComputeParams
from assay.errors import ComputeError, FitError


def square(x: int) -> int:
    return x * x


def refuse(x: int) -> int:
    raise FitError(f"fold {x}", "needs two classes", "one", "take more rows")


def die(x: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return x


@pytest.mark.parametrize("pool", [Serial(), Processes(2), Processes(3)])
def test_results_keep_the_order_of_the_items_whoever_does_the_work(pool):
    assert pool.map(square, range(7), "squares") == [0, 1, 4, 9, 16, 25, 36]


@pytest.mark.parametrize("pool", [Serial(), Processes(2)])
def test_an_error_reaches_the_caller(pool):
    with pytest.raises(FitError, match=r"^fold 1: needs two classes; found one; take more rows$"):
        pool.map(refuse, [1], "errors")


def test_a_killed_worker_is_one_line():
    with pytest.raises(ComputeError, match="a sum: needs its worker processes to live"):
        Processes(2).map(die, [1, 2], "a sum")


@pytest.mark.parametrize(("parent", "disabled"), [(None, False), (object(), True)])
def test_a_worker_draws_no_progress(monkeypatch, parent, disabled):
    asked = {}
    monkeypatch.setattr(progress, "parent_process", lambda: parent)
    monkeypatch.setattr(progress, "tqdm", lambda items, **options: asked.update(options) or items)
    assert Serial().map(square, [2], "squares") == [4]
    assert asked["disable"] is disabled


def test_no_items_are_no_work():
    assert Processes(2).map(square, [], "none") == []


def test_one_worker_needs_no_pool():
    assert isinstance(executor(ComputeParams(n_workers=1)), Serial)
    assert isinstance(executor(ComputeParams(executor="serial", n_workers=4)), Serial)
    assert isinstance(executor(ComputeParams(n_workers=4)), Processes)
